"""Whatever happens to its sends, in whatever order, the numbers of a report add up, and say what the rows say."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.campaign import outcomes
from shopkeeper.mail import attempts, feedback, moves, ses_events
from tests import ses_reports as ses
from tests.outcome_oracle import NOW, PEOPLE, PLANNED, RECEIVED, any_row, every_row, expected

HELD_OUT = replace(PLANNED, state="held_out", rank=10)


def test_every_row_counts_under_what_the_definitions_say():
    for row in every_row():
        named = list(outcomes.names(row, outcomes.overdue(NOW)))
        assert set(named) == expected(row), row
        assert len(named) == len(set(named))


@given(st.lists(any_row, max_size=20))
def test_the_numbers_add_up_whatever_the_rows_say(rows):
    counts = outcomes.count(rows, NOW)

    assert outcomes.violations(counts) == []
    assert Counter({name: counts[name] for name in outcomes.NAMES if counts[name]}) == Counter(
        name for row in rows for name in expected(row)
    )
    for variant in ("a", "b"):
        own = [row for row in rows if row.variant == variant]
        assert Counter(outcomes.of_variant(counts, variant)) == Counter(
            dict.fromkeys(outcomes.NAMES, 0) | Counter(name for row in own for name in expected(row))
        )


@given(st.lists(any_row, max_size=8), st.integers(0, 8))
def test_counts_of_parts_add_up_to_those_of_the_whole(rows, cut):
    parts = outcomes.count(rows[:cut], NOW), outcomes.count(rows[cut:], NOW)

    assert outcomes.added(*parts) == outcomes.count(rows, NOW)


UNTIL = NOW + timedelta(minutes=1)
OURS = {
    "claim": lambda row: moves.claim(row, "d-1", NOW, UNTIL, "address:1"),
    "accept": lambda row: moves.accept(row, "m-1", NOW),
    "lose": lambda row: moves.lose(row, 1),
    "release": lambda row: moves.release(row, UNTIL, 1),
    "defer": lambda row: moves.defer(row, UNTIL, 1),
    "no consent": lambda row: moves.give_up(row, "do_not_contact:no_consent", NOW),
    "no address": lambda row: moves.give_up(row, "malformed:no_address", NOW),
    "stopped": lambda row: moves.give_up(row, "other:stopped", NOW),
    "resubmit": lambda row: attempts.resubmit(row, NOW, 1),
}
ONLY = {"lose": lambda row: row.call_started_at, "resubmit": attempts.is_malformed}


def moved(row, step):
    """One thing that may happen to a send; where it cannot, nothing does."""
    if step in PEOPLE:
        return replace(row, **{step: RECEIVED})
    if step in REPORTS:
        return heard(row, REPORTS[step])
    if not ONLY.get(step, bool)(row):
        return row
    change = OURS[step](row)
    return change.applied(row) if change.fits(row) else row


def heard(row, report):
    event = ses_events.read(report, RECEIVED)
    change = feedback.hear(row, event, feedback.judge(event))
    return change.applied(row) if change else row


REPORTS = {
    "sent": ses.sent(),
    "delivered": ses.delivered(),
    "delayed": ses.delayed(),
    "bounced": ses.bounced(),
    "bounced softly": ses.bounced("Transient", "MailboxFull", "4.2.2", feedback="b-0"),
    "suppressed": ses.bounced(subtype="OnAccountSuppressionList", status="5.1.1", feedback="b-3"),
    "complained": ses.complained(),
    "rejected": ses.rejected(),
}
steps = st.one_of(
    st.lists(st.sampled_from([*OURS, *PEOPLE, *REPORTS]), max_size=12),
    st.lists(st.sampled_from([*PEOPLE, *REPORTS]), max_size=6).map(lambda later: ["claim", "accept", *later]),
)


@given(st.lists(st.tuples(st.sampled_from([PLANNED, HELD_OUT]), steps), min_size=1, max_size=5))
def test_the_numbers_add_up_after_each_step_of_any_history(histories):
    rows = [row for row, _ in histories]
    for step in range(15):
        for place, (_, happened) in enumerate(histories):
            if step < len(happened):
                rows[place] = moved(rows[place], happened[step])
        counts = outcomes.count(rows, NOW)
        assert outcomes.violations(counts) == []
        assert counts["targeted"] + counts["held_out"] == len(rows)
        assert counts["malformed_ever"] == sum(row.attempt > 1 or attempts.is_malformed(row) for row in rows)


def after(*happened):
    row = PLANNED
    for step in happened:
        row = moved(row, step)
    return list(outcomes.names(row, outcomes.overdue(NOW + timedelta(hours=1))))


@pytest.mark.parametrize(
    ("happened", "where"),
    [
        ([], "pending"),
        (["claim"], "in_flight"),
        (["claim", "lose"], "unknown"),
        (["claim", "release"], "pending"),
        (["claim", "accept"], "waiting"),
        (["claim", "accept", "opened_machine_at"], "waiting"),
        (["claim", "accept", "delivered", "opened_at"], "opened"),
        (["claim", "accept", "clicked_at"], "opened"),
        (["claim", "accept", "delivered", "bounced"], "bounced"),
        (["claim", "accept", "opened_at", "bounced"], "opened"),
        (["claim", "accept", "suppressed"], "do_not_contact"),
        (["claim", "accept", "rejected"], "other_failures"),
        (["claim", "accept", "complained"], "waiting"),
        (["claim", "lose", "sent"], "waiting"),
        (["claim", "lose", "opened_at"], "opened"),
        (["no consent"], "do_not_contact"),
        (["no address"], "malformed"),
        (["stopped"], "other_failures"),
        (["no address", "resubmit"], "pending"),
        (["no address", "resubmit", "no address"], "malformed"),
        (["no address", "resubmit", "stopped"], "other_failures"),
        (["no address", "resubmit", "claim", "accept", "opened_at"], "opened"),
    ],
)
def test_where_a_send_stands(happened, where):
    assert after(*happened)[0] == where


@pytest.mark.parametrize("later", [[], ["no consent"], ["claim", "accept"], ["no address", "resubmit"]])
def test_who_was_malformed_once_stays_counted_whatever_came_of_the_next_attempt(later):
    named = after("no address", "resubmit", *later)

    assert ("malformed" in named, "malformed_ever" in named, "resubmitted_malformed" in named) == (False, True, True)
    assert [name for name in after("no address") if "malformed" in name] == ["malformed", "malformed_ever"]


def test_a_complaint_and_an_opt_out_of_the_same_person_count_once():
    named = after("claim", "accept", "unsubscribed_at", "complained")

    assert (named.count("unsubscribed"), named.count("complained")) == (1, 1)


def test_a_mail_is_unopened_from_the_end_of_its_window_until_somebody_opens_it():
    row = replace(PLANNED, state="delivered", rank=6, accepted_at=RECEIVED)
    end = NOW + outcomes.WINDOW

    def standing(row, instant):
        return next(outcomes.names(row, outcomes.overdue(instant)))

    assert standing(row, end - timedelta(milliseconds=1)) == "waiting"
    assert standing(row, end) == "unopened"
    assert standing(replace(row, opened_at=RECEIVED), end) == "opened"


def test_reasons_stand_by_their_rungs_the_commonest_first():
    rows = [
        replace(PLANNED, state="not_sent", reason=reason)
        for reason in (
            "do_not_contact:no_consent",
            "do_not_contact:complaint",
            "do_not_contact:no_consent",
            "other:a:b",
        )
    ]
    rows.append(replace(PLANNED, state="soft_bounced", reason="transient/mailboxfull 4.2.2"))

    found = outcomes.reasons(outcomes.count(rows, NOW))

    assert found == {
        "bounced": {"soft transient/mailboxfull 4.2.2": 1},
        "malformed": {},
        "do_not_contact": {"no_consent": 2, "complaint": 1},
        "other_failures": {"a:b": 1},
        "held_out": {},
    }
    assert list(found["do_not_contact"]) == ["no_consent", "complaint"]


def unrendered(number):
    return replace(PLANNED, state="not_sent", reason=f"other:render: traits.a{number:02}")


def test_what_templates_missed_is_counted_by_name():
    found = outcomes.reasons(outcomes.count([unrendered(7), unrendered(7), unrendered(3)], NOW))

    assert found["other_failures"] == {"render: traits.a07": 2, "render: traits.a03": 1}


@given(st.lists(st.integers(0, 40).map(unrendered), max_size=80), st.integers(0, 80), st.integers(0, 80))
def test_a_report_names_few_details_the_same_ones_in_whatever_parts_it_was_counted(rows, cut, other):
    low, high = sorted((cut, other))
    whole = outcomes.count(rows, NOW)
    parts = (outcomes.count(part, NOW) for part in (rows[low:high], rows[high:], rows[:low]))
    reasons = outcomes.reasons(whole)["other_failures"]

    assert reduce(outcomes.added, parts) == whole
    assert outcomes.violations(whole) == []
    assert len(reasons.keys() - {"render"}) == min(len({row.reason for row in rows}), outcomes.MOST_DETAILS)


def test_numbers_that_do_not_add_up_are_named():
    counts = outcomes.count([PLANNED], NOW)

    assert outcomes.violations(counts | {"sent": 1}) == [
        "targeted is 1, and pending + in_flight + unknown + sent + not_sent is 2",
        "sent is 1, and opened + unopened + waiting + bounced is 0",
    ]
    assert outcomes.violations(counts | {"delivered": 1}) == ["delivered is 1, more than sent"]
    assert outcomes.violations(counts | {"bounced:hard": 1}) == ["bounced is 0, and bounced:hard is 1"]
    assert outcomes.violations(counts | {"a/sent": 1}) == [
        "a: targeted is 0, and pending + in_flight + unknown + sent + not_sent is 1",
        "a: sent is 1, and opened + unopened + waiting + bounced is 0",
        "sent of the variants is 1",
    ]
