"""The tests of launches bite: each of these small wrongs, put into the code, is caught by the test that is named."""

from contextlib import contextmanager

import pytest

from shopkeeper.campaign import (
    by_hand,
    deciding,
    failing,
    gate,
    launch,
    launching,
    own_hours,
    recount,
    settle,
    tally,
)
from tests import launch_world
from tests.domain import (
    test_campaign_cancelling,
    test_campaign_count,
    test_campaign_failures,
    test_campaign_gate,
    test_campaign_limit,
    test_campaign_pausing,
    test_campaign_pinning,
    test_campaign_recount,
)
from tests.mutants import put_into

# Where classes of the code were imported to by their names.
USERS = (by_hand, recount, settle, launch_world)


@contextmanager
def standing(module, right, wrong):
    """Classes are made anew with it, and known as such to whoever uses them."""
    with put_into(module, right, wrong), pytest.MonkeyPatch.context() as monkeypatch:
        for user in USERS:
            for name, value in list(vars(user).items()):
                if isinstance(value, type) and value.__module__ == module.__name__ and user is not module:
                    monkeypatch.setattr(user, name, vars(module)[name])
        yield


def with_monkeypatch(test):
    def catch():
        with pytest.MonkeyPatch.context() as monkeypatch:
            test(monkeypatch)

    return catch


MUTANTS = {
    "each part of a count is judged as of its own instant": (
        tally,
        "as_of = tally.as_of or clock.to_text(now)",
        "as_of = clock.to_text(now)",
        with_monkeypatch(test_campaign_count.test_all_parts_are_judged_as_of_the_instant_at_which_the_count_began),
    ),
    "a recount stops nothing": (
        tally,
        'if launch.state == "cancelled":\n        return STOPPED',
        "if False:\n        return STOPPED",
        test_campaign_cancelling.test_a_row_that_shows_even_later_is_stopped_when_the_launch_is_counted_again,
    ),
    "what has expired waits on while it is paused": (
        tally,
        "if moves.has_expired(row, now):\n        return EXPIRED",
        "if False:\n        return EXPIRED",
        test_campaign_pausing.test_what_expires_while_it_is_paused_is_not_sent_and_says_so,
    ),
    "nobody who is paused is told so": (
        launch,
        'return "paused" if status == "running" and (self.paused_at or self.awaits_approval) else status',
        "return status",
        test_campaign_pausing.test_what_is_paused_half_way_rests_and_then_goes_to_all_others_once,
    ),
    "what goes on is not queued": (
        settle,
        'if launch.status != "running" or launch.pins',
        "if not watch.waiting or launch.pins",
        test_campaign_pausing.test_going_on_queues_what_waits_at_once_also_behind_the_mails_of_others,
    ),
    "whoever is behind the gate is queued as well": (
        own_hours,
        "return launch.lets_go(row) and moves.wants_delivery(row, now)",
        "return moves.wants_delivery(row, now)",
        test_campaign_gate.test_the_first_go_and_all_others_wait_until_somebody_says_so,
    ),
    "all may go before the first have": (
        by_hand,
        "if not launch.gate.first_gone_at:",
        "if not launch.gate.first_at:",
        test_campaign_gate.test_the_others_cannot_be_let_go_before_the_first_have_gone,
    ),
    "a day of a ramp has no end": (
        gate,
        " or on.fresh + is_fresh > on.most_fresh",
        "",
        test_campaign_gate.test_each_day_of_a_ramp_lets_go_so_many_more,
    ),
    "what waits from before is let go beside what is new": (
        gate,
        "sum(on.wants) + wanted > on.most",
        "on.fresh + is_fresh > on.most",
        test_campaign_gate.test_what_was_let_go_and_got_lost_counts_among_what_goes_next,
    ),
    "what is not sent makes no room under a limit": (
        gate,
        "row.state not in _TAKES_NOTHING",
        "True",
        test_campaign_limit.test_who_turns_out_not_to_get_it_makes_room_for_somebody_else,
    ),
    "who is first is decided before all are known": (
        settle,
        "(flow.first or flow.is_limited) and not _knows_all(launch, tally)",
        "False",
        test_campaign_gate.test_nobody_is_among_the_first_before_the_index_shows_all,
    ),
    "a page of a count is lost": (
        tally,
        "Counter(tally.counts) + Counter(row.state for row in rows)",
        "Counter(tally.counts) | Counter(row.state for row in rows)",
        test_campaign_recount.test_what_comes_of_mails_after_the_last_has_gone_shows_in_the_stored_count,
    ),
    "who asks during a count is not heard": (
        recount,
        "following = now if recount.asked else next_count(launch, now)",
        "following = next_count(launch, now)",
        with_monkeypatch(
            test_campaign_recount.test_whoever_asks_during_a_count_gets_another_one_and_asking_twice_is_asking_once
        ),
    ),
    "the last count comes before the last mail is unopened": (
        recount,
        "last = over + max(outcomes.WINDOW, launch.pins.conversion.window) + SELDOM",
        "last = over + max(outcomes.WINDOW, launch.pins.conversion.window) - SELDOM",
        test_campaign_recount.test_what_comes_of_mails_after_the_last_has_gone_shows_in_the_stored_count,
    ),
    "a launch that is over is not counted": (
        recount,
        "recount.has_begun or recount.asked or bool(launch.finished_at)",
        "recount.has_begun or recount.asked",
        test_campaign_recount.test_what_comes_of_mails_after_the_last_has_gone_shows_in_the_stored_count,
    ),
    "a count goes backwards": (
        deciding,
        "if as_of <= launch.as_of:",
        "if False:",
        test_campaign_recount.test_a_count_that_a_later_look_has_overtaken_is_not_written_down,
    ),
    "nobody waits for stragglers": (
        settle,
        " and tally.as_of >= _end_of_stragglers(launch)",
        "",
        lambda: test_campaign_cancelling.test_rows_that_are_put_after_a_launch_was_called_off_are_stopped_as_well(300),
    ),
    "who is at work does not say so": (
        launch,
        "return launch if is_fresh or not launch.due_at else due(launch, now + ALIVE)",
        "return launch",
        test_campaign_failures.test_a_freeze_may_take_as_long_as_it_takes_while_somebody_is_at_work_at_it,
    ),
    "a failure counts as often as it is noted": (
        failing,
        'if not launch.due_at or launch.state == "failed":',
        "if not launch.due_at:",
        test_campaign_failures.test_a_failure_that_is_noted_twice_counts_once,
    ),
    "a launch that failed stays so": (
        launch,
        '    if launch.state == "failed":\n        return going_on(launch, now)\n',
        '    if launch.state == "failed":\n        return launch\n',
        lambda: test_campaign_failures.test_a_launch_that_failed_goes_on_by_itself_where_it_stopped(
            test_campaign_failures.STEPS[0]
        ),
    ),
    "an execution never hands over": (
        settle,
        "turns=watch.turns + (_turns_to_queue(launch) if queues else 0),",
        "turns=0,",
        test_campaign_failures.test_an_execution_hands_over_to_another_long_before_its_history_is_full,
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_the_suite_catches(name):
    module, right, wrong, catcher = MUTANTS[name]
    with standing(module, right, right):
        catcher()

    with standing(module, right, wrong), pytest.raises((Exception, pytest.fail.Exception)):
        catcher()


def test_another_wish_that_is_silently_answered_with_the_launch_there_is_is_noticed(monkeypatch):
    monkeypatch.setattr(launching, "differences", lambda *_: [])

    with pytest.raises(pytest.fail.Exception):
        test_campaign_pinning.test_a_launch_that_waits_no_more_says_what_it_is_pinned_to_and_goes_on_as_it_was(
            "running"
        )
    with pytest.raises(AssertionError):
        test_campaign_pinning.test_a_launch_that_waits_takes_over_a_version_and_an_instant_that_are_named()
