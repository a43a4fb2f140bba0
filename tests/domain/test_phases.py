"""Where a customer stands in the decision to buy: by the phases there are from the start, and by those of a shop."""

import pytest

from shopkeeper.customer.instants import to_ms
from shopkeeper.segment import phases
from tests.interactions import identified, ordered, said
from tests.rules import count, in_list
from tests.segment_worlds import customer_of

NOW = to_ms("2026-06-30T12:00:00.000Z")
TODAY, LAST_WEEK = "2026-06-30T11:00:00.000Z", "2026-06-24T12:00:00.000Z"
A_MONTH_AGO, IN_SPRING = "2026-05-30T12:00:00.000Z", "2026-03-01T12:00:00.000Z"
LAST_AUTUMN, LONG_AGO = "2025-10-01T12:00:00.000Z", "2024-10-01T12:00:00.000Z"


def did(name, *instants):
    return [said("user:jo", name + at, name=name, at=at) for at in instants]


def bought(*instants):
    return [ordered("user:jo", at, at, 10, at=at) for at in instants]


def phase_of(told, said_phases=phases.DEFAULT, now=NOW):
    return phases.phase_of(customer_of(told), now, phases.compiled(said_phases))


@pytest.mark.parametrize(
    ("told", "phase"),
    [
        ([], "unaware"),
        ([identified("user:jo", "m", {"city": "Ulm"})], "unaware"),
        (did("Email Opened", LONG_AGO), "aware"),
        (did("Product Viewed", TODAY), "aware"),
        (did("Product Viewed", A_MONTH_AGO, IN_SPRING), "aware"),
        (did("Product Viewed", TODAY, LAST_WEEK), "considering"),
        (did("Products Searched", LAST_WEEK), "considering"),
        (did("Product Added", LAST_WEEK), "deciding"),
        (did("Configuration Saved", TODAY), "deciding"),
        (did("Product Added", A_MONTH_AGO), "unaware"),
        ([*did("Checkout Started", LAST_WEEK), *bought(TODAY)], "customer"),
        ([*did("Checkout Started", TODAY), *bought(LONG_AGO)], "deciding"),
        (bought(IN_SPRING), "customer"),
        (bought(IN_SPRING, LONG_AGO), "repeat"),
        (bought(LAST_AUTUMN), "lapsing"),
        (bought(LAST_AUTUMN, LONG_AGO), "lapsing"),
        ([*bought(LONG_AGO), *did("Product Viewed", TODAY, LAST_WEEK)], "lapsed"),
    ],
)
def test_the_phases_there_are_from_the_start(told, phase):
    assert phase_of(told) == phase


def test_a_phase_passes_by_itself_at_the_instant():
    """Half a year is 180 days."""
    order, day = bought("2026-01-01T00:00:00.000Z"), 24 * 60 * 60 * 1000
    since = to_ms("2026-01-01T00:00:00.000Z")
    assert [phase_of(order, now=since + days * day - 1) for days in (180, 365)] == ["customer", "lapsing"]
    assert [phase_of(order, now=since + days * day) for days in (180, 365)] == ["lapsing", "lapsed"]


def test_the_first_phase_that_fits_counts_and_who_fits_none_is_in_none():
    own = [
        {"id": "regular", "when": count(2)},
        {"id": "buyer", "when": count(1)},
        {"id": "vip", "when": in_list("vip")},
    ]
    assert [phase_of(bought(*days), own) for days in ((TODAY, LAST_WEEK), (TODAY,), ())] == ["regular", "buyer", ""]
    assert phase_of(bought(TODAY), own[::-1]) == "buyer"
    assert phase_of([], [*own, {"id": "rest"}]) == "rest"
