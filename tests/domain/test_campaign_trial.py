"""The variants go to some first; the best of them goes to all others, once it is known."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper import clock
from shopkeeper.campaign import outcomes, recount, report, trial
from shopkeeper.campaign.trial import Score, Trial
from shopkeeper.mail import ledger
from shopkeeper.mail.variants import Variant
from tests.domain.test_campaign_variants import PEOPLE, SAID, SHOP, TESTED
from tests.launch_fakes import Definitions
from tests.launch_story import launched, to_the_end

HOUR = Trial(after_minutes=60, test_percent=40, least=5)
WON = {"by": "human_clicks", "after_minutes": 60, "test_percent": 40, "least": 5}
ABC = [Variant(id=name, template=f"{name}#1", share=share) for name, share in (("a", 34), ("b", 33), ("c", 33))]
TRIED = {each for each in PEOPLE[:60] if trial.is_tried_on(HOUR, "campaign:spring", each)}
OTHERS = set(PEOPLE[:60]) - TRIED


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([(100, 10), (100, 11), (100, 9)], ("b", "most_clicks")),
        ([(1000, 11), (100, 10), (100, 9)], ("b", "most_clicks")),
        ([(100, 9), (100, 10), (200, 20)], ("b", "tie")),
        ([(100, 0), (100, 0), (100, 0)], ("a", "tie")),
        ([(100, 1), (4, 4), (100, 3)], ("a", "too_few")),
        ([(5, 1), (5, 2), (5, 0)], ("b", "most_clicks")),
        ([(0, 0), (0, 0), (0, 0)], ("a", "too_few")),
    ],
)
def test_the_winner_is_whom_most_people_followed_by_exact_shares(scores, expected):
    counts = {f"{name}/{what}": n for name, each in zip("abc", scores, strict=True) for what, n in pairs(each)}

    found = trial.winner(HOUR, ABC, counts, "now")

    assert (found.variant, found.why, found.as_of) == (*expected, "now")
    assert found.scores == {name: Score(*each) for name, each in zip("abc", scores, strict=True)}


def test_by_conversions_it_is_the_letter_behind_which_the_greatest_share_ordered():
    counts = {"a/sent": 100, "a/clicked": 9, "a/ordered": 2, "b/sent": 50, "b/clicked": 1, "b/ordered": 2}
    by_orders = Trial(after_minutes=60, test_percent=40, least=5, by="conversions")

    found = trial.winner(by_orders, ABC[:2], counts, "now")

    assert (found.variant, found.why, found.scores["b"]) == ("b", "most_orders", Score(50, 1, 2))
    assert trial.winner(HOUR, ABC[:2], counts, "now").variant == "a"


def pairs(score):
    return zip(("sent", "clicked"), score, strict=True)


@given(st.lists(st.tuples(st.integers(5, 30), st.integers(0, 5)), min_size=3, max_size=3))
def test_nobody_did_better_than_the_winner_nor_as_well_and_came_before(scores):
    counts = {f"{name}/{what}": n for name, each in zip("abc", scores, strict=True) for what, n in pairs(each)}
    won = "abc".index(trial.winner(HOUR, ABC, counts, "now").variant)

    shares = [clicked / sent for sent, clicked in scores]
    assert shares[won] == max(shares)
    assert shares.index(max(shares)) == won


def spring(crash_at=None, **more):
    definitions = Definitions(TESTED | {"variants": SAID, "winner": WON} | more)
    return launched(SHOP, crash_at=crash_at, definitions=definitions)


def click(world, variant, share=2):
    """Every other one who got that letter follows a link."""
    sent = [row for row in world.sends.values() if row.variant == variant and row.state == ledger.ACCEPTED]
    for row in sent[::share]:
        world.sends[row.send_id] = replace(row, clicked_at=row.clicked_at or clock.to_text(world.now))


def all_others_go(world):
    world.deliver()
    click(world, "long")
    world.wake()


def letters(world):
    return {row.customer_id: row.template for row in world.sends.values() if row.state == ledger.ACCEPTED}


def test_only_those_who_are_tried_on_get_a_letter_before_the_decision():
    world = spring()

    def look():
        world.deliver()
        if not world.launch.winner:
            assert world.mails.keys() <= TRIED
            assert {row.customer_id for row in world.sends.values() if not row.template} == OTHERS
        all_others_go(world)

    to_the_end(world, look)

    assert 10 < len(TRIED) < 40
    assert world.mails == dict.fromkeys(PEOPLE[:60], 1)


def test_the_best_letter_goes_to_all_others_and_what_it_rests_on_is_kept():
    world = spring()
    to_the_end(world, lambda: all_others_go(world))
    won, sent = world.launch.winner, letters(world)

    assert (won.variant, won.why) == ("long", "most_clicks")
    assert won.as_of >= world.launch.decides_at
    assert sum(each.sent for each in won.scores.values()) == len(TRIED)
    assert won.scores["short"].clicked == 0 < won.scores["long"].clicked
    assert {sent[each] for each in OTHERS} == {"two#3"}
    assert {sent[each] for each in TRIED} == {"one#3", "two#3"}
    assert all(row.content_ref and row.variant for row in world.sends.values())


def test_it_is_decided_within_a_minute_of_its_time_though_no_execution_looks():
    world = spring(winner=WON | {"after_minutes": 65})
    chosen = []

    def clock_alone():
        world.deliver()
        for _ in range(75 * (not chosen)):
            world.pass_time(60)
            world.wake()
            chosen.extend([world.now] if world.launch.winner and not chosen else [])

    to_the_end(world, clock_alone)

    late = chosen[0] - clock.from_text(world.launch.decides_at)
    assert timedelta() <= late < timedelta(minutes=1)
    assert world.launch.winner.why == "tie"
    assert world.mails == dict.fromkeys(PEOPLE[:60], 1)


def test_clicks_that_come_later_change_nothing():
    world = spring()
    to_the_end(world, lambda: all_others_go(world))
    won = world.launch.winner
    click(world, "short", share=1)

    recount.ask(world.recounting, "spring-1", world.now)
    world.pass_time(60)
    world.wake()

    assert world.launch.outcomes["short/clicked"] > won.scores["short"].clicked
    assert world.launch.winner == won


@pytest.mark.parametrize("at", range(0, 420, 19))
def test_whatever_call_it_dies_at_everybody_gets_one_letter_and_all_others_the_same(at):
    world = spring(crash_at=at)
    to_the_end(world, lambda: all_others_go(world))

    assert world.mails == dict.fromkeys(PEOPLE[:60], 1)
    winning = world.launch.winner.variant
    assert {row.variant for row in world.sends.values() if row.customer_id in OTHERS} == {winning}


def test_called_off_before_nobody_else_gets_one_and_nothing_is_decided():
    world = spring()

    def calling_off():
        world.deliver()
        if world.launch.state == "running":
            world.launcher.cancel("spring")

    to_the_end(world, calling_off)

    assert world.mails == dict.fromkeys(TRIED, 1)
    assert world.launch.winner is None
    rest = {row.customer_id: row.reason for row in world.sends.values() if row.state == ledger.NOT_SENT}
    assert rest == dict.fromkeys(OTHERS, "other:stopped")


def test_a_pause_does_not_shorten_the_trial():
    world = spring()
    looks = []

    def pausing():
        world.deliver()
        looks.append(world.launch.decides_at)
        if len(looks) == 1:
            world.launcher.pause("spring")
            world.pass_time(3600 * 5)
            world.wake()
            assert world.launch.winner is None
            world.launcher.resume("spring")
            world.wake()
        else:
            all_others_go(world)

    to_the_end(world, pausing)

    later = clock.from_text(world.launch.decides_at) - clock.from_text(looks[0])
    assert later == timedelta(hours=5)
    assert world.mails == dict.fromkeys(PEOPLE[:60], 1)


def test_a_rate_holds_for_both_parts():
    world = spring(rate=6)
    to_the_end(world, lambda: all_others_go(world), rounds=80)

    assert world.mails == dict.fromkeys(PEOPLE[:60], 1)
    assert world.launch.winner.variant == "long"


def test_the_report_shows_who_waits_and_then_all_by_the_letter_they_got():
    world = spring()
    seen = []

    def look():
        world.deliver()
        seen.append(report.shown(report.report(world.launch, world, world.now), lambda ref: []))
        all_others_go(world)

    to_the_end(world, look)
    first, last = seen[0], report.shown(report.report(world.launch, world, world.now), lambda ref: [])

    assert (first["pending"], sum(each["targeted"] for each in first["variants"])) == (len(OTHERS), len(TRIED))
    assert sum(each["sent"] for each in last["variants"]) == last["sent"] == 60
    assert [each["broken"] for each in (first, last)] == [[], []]
    assert outcomes.violations(world.launch.outcomes) == []
