"""An address is held for a while by what bounced, whatever the order and however often that is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper import clock
from shopkeeper.consent import bounces, suppressions
from shopkeeper.consent.bounces import SOFT, SUPPRESSED, Bounces, Held
from shopkeeper.consent.contact import Suppression

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(day, hours=0):
    return clock.to_text(NOON + timedelta(days=day, hours=hours))


def soft(*instants, forgiven_at=""):
    """As the table keeps them: of each slot the last."""
    kept = {}
    for each in instants:
        kept[bounces.slot(each)] = max(each, kept.get(bounces.slot(each), ""))
    return Bounces(soft=kept, forgiven_at=forgiven_at)


def swallowed(*instants, forgiven_at=""):
    return Bounces(suppressed_first=min(instants), suppressed_last=max(instants), forgiven_at=forgiven_at)


@pytest.mark.parametrize(
    ("told", "until"),
    [
        ([], None),
        ([at(0), at(1)], None),
        ([at(0), at(0, 1), at(0, 2), at(1)], None),
        ([at(0), at(1), at(2)], at(32)),
        ([at(0), at(1), at(29)], at(59)),
        ([at(0), at(1), at(30)], None),
        ([at(0), at(20), at(30), at(40)], at(70)),
        ([at(0), at(1), at(2), at(2, 5)], at(32, 5)),
        ([at(0), at(0, 13), at(1, 13)], at(31, 13)),
    ],
)
def test_three_days_of_thirty_hold_an_address_for_thirty_days(told, until):
    assert bounces.soft_hold(soft(*told)) == (Held(SOFT, until) if until else None)


@given(st.lists(st.integers(0, 2000), max_size=8), st.data())
def test_the_order_and_the_copies_of_reports_change_nothing(hours, data):
    told = [at(0, each) for each in hours]
    again = data.draw(st.permutations(told + told[:3]))

    assert bounces.soft_hold(soft(*again)) == bounces.soft_hold(soft(*told))


def test_what_a_hold_rests_on_stays_there_while_it_lasts():
    told = [at(0), at(1), at(29)]
    for day in range(30, 59):
        assert bounces.held(soft(*told, at(day)), NOON + timedelta(days=day)).until >= at(59)


@pytest.mark.parametrize(
    ("told", "until"),
    [
        ([at(0)], at(14)),
        ([at(0), at(3)], at(14)),
        ([at(0), at(14)], ""),
        ([at(0), at(90)], ""),
    ],
)
def test_what_ses_suppresses_for_all_is_tried_again_after_a_fortnight_and_then_no_more(told, until):
    assert bounces.suppressed_hold(swallowed(*told)) == Held(SUPPRESSED, until)


def test_a_hold_ends_by_itself_or_when_it_is_forgiven_and_the_longer_one_counts():
    both = replace(swallowed(at(1)), soft=soft(at(0), at(1), at(2)).soft)

    assert bounces.held(both, NOON + timedelta(days=3)) == Held(SOFT, at(32))
    assert bounces.held(swallowed(at(1)), NOON + timedelta(days=15)) is None
    assert bounces.held(replace(both, forgiven_at=at(2)), NOON + timedelta(days=3)) is None
    assert bounces.held(swallowed(at(0), at(20), forgiven_at=at(5)), NOON + timedelta(days=21)) == Held(
        SUPPRESSED, at(34)
    )
    assert bounces.held(swallowed(at(0), at(20)), NOON + timedelta(days=900)) == Held(SUPPRESSED, "")
    assert bounces.held(Bounces(), NOON) is None


def test_a_release_forgives_what_bounced_until_then_and_nothing_later():
    told = [at(0), at(1), at(2)]
    now = NOON + timedelta(days=1)
    found = suppressions.release(Suppression(bounces=soft(*told)), "jo", now)

    assert found == suppressions.Release(None, None, at(2))
    assert suppressions.kept_from(Suppression(bounces=soft(*told)), now) == "everything"
    assert bounces.held(soft(*told, forgiven_at=found.forgives), now) is None
    assert bounces.held(soft(*told, at(3), at(4), at(5), forgiven_at=found.forgives), now).until == at(35)
