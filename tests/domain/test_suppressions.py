"""What people here say of an address, beside what SES says: whatever comes of both in whatever order."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper import clock
from shopkeeper.consent import suppressions
from shopkeeper.consent.contact import BY_HAND, IN, OUT, Block, Suppression, Word
from tests.mutants import put_into

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(minutes):
    return clock.to_text(NOON + timedelta(minutes=minutes))


def bounce(minutes):
    return Block(OUT, at(minutes), "hard_bounce")


def heard(held, *said):
    """As the table keeps what is said."""
    for each in said:
        held = each if each.prevails(held) else held
    return held


@given(st.lists(st.integers(-9, 9)), st.integers(-9, 9), st.data())
def test_a_release_holds_against_all_reports_of_before_and_none_of_after_it(minutes, released_at, data):
    reports = [bounce(each) for each in minutes]
    held = heard(None, *reports) or bounce(-10)
    lifted = suppressions.release(Suppression(held), "jo", NOON + timedelta(minutes=released_at)).block

    again = data.draw(st.permutations(reports))
    block = heard(heard(held, lifted), *again)

    assert lifted.prevails(held)
    assert (block.is_ == OUT) == any(each.at > lifted.at for each in reports)


@given(st.integers(-9, 9), st.integers(-9, 9))
def test_what_is_added_by_hand_stays_whatever_ses_says(added_at, reported_at):
    added = suppressions.added("jo", "asked by phone", NOON + timedelta(minutes=added_at))

    assert heard(bounce(reported_at), added) == heard(added, bounce(reported_at)) == added
    assert (added.cause, added.by, added.reason) == (BY_HAND, "jo", "asked by phone")


def test_an_adding_that_arrives_after_its_release_does_not_undo_it():
    added = suppressions.added("jo", "asked by phone", NOON)
    lifted = suppressions.release(Suppression(added), "al", NOON + timedelta(minutes=1)).block

    assert heard(added, lifted, added) == lifted


def test_a_release_lifts_what_there_is_and_names_who_did_it():
    complaint, left = Word(OUT, at(5), "complaint"), {"news": Word(OUT, at(0), "unsubscribe:s")}
    block = bounce(0)

    assert suppressions.release(Suppression(block, complaint, left), "jo", NOON) == suppressions.Release(
        Block(IN, "2026-03-01T12:00:00.001Z", BY_HAND, "jo"), Word(IN, "2026-03-01T12:05:00.001Z", "api:jo")
    )
    lifted = Suppression(Block(IN, at(1), BY_HAND, "jo"), Word(IN, at(6), "api:jo"), left)
    assert suppressions.release(lifted, "jo", NOON) == suppressions.Release(None, None)


@pytest.mark.parametrize(
    ("held", "kept"),
    [
        (Suppression(), "nothing"),
        (Suppression(bounce(0)), "everything"),
        (Suppression(Block(IN, at(0), BY_HAND)), "nothing"),
        (Suppression(marketing=Word(OUT, at(0), "complaint")), "marketing"),
        (Suppression(bounce(0), Word(OUT, at(0), "complaint")), "everything"),
        (Suppression(topics={"news": Word(OUT, at(0), "unsubscribe:s")}), "nothing"),
    ],
)
def test_what_is_kept_from_an_address(held, kept):
    assert suppressions.kept_from(held, NOON) == kept


MUTANTS = {
    "a release is of now": ("after(now, held.block)", "clock.to_text(now)"),
    "a complaint stays": (
        'Word(IN, after(now, held.marketing), f"api:{by}") if _is_out(held.marketing) else None',
        "None",
    ),
    "a release of nothing is said": ("if _is_out(held.block) else None", "if held.block else None"),
    "nobody has done it": ("BY_HAND, by)", 'BY_HAND, "")'),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_the_suite_catches(name):
    with put_into(suppressions, *MUTANTS[name]), pytest.raises(AssertionError):
        test_a_release_lifts_what_there_is_and_names_who_did_it()
