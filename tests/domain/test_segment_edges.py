"""Where things just hold and just do not: the last day, the same instant, the end of a share, the exact amount."""

import hashlib
from datetime import UTC, datetime

import pytest

from shopkeeper.customer.document import Customer
from shopkeeper.customer.requests import BadRequest
from shopkeeper.segment import evaluate, rule
from tests.interactions import identified, ordered, said
from tests.rules import count, total
from tests.segment_worlds import customer_of


def ms(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def holds(asked, told=(), now="2026-03-01T12:00:00", **segments):
    customer = told if isinstance(told, Customer) else customer_of(told)
    named = {name: rule.read(each) for name, each in segments.items()}
    return evaluate.compile_rule(rule.read(asked), segments=named).evaluate(customer, ms(now)).truth


def dated(day):
    return [identified("user:jo", "m1", {"day": day})]


def date(cmp, **ref):
    return {"op": "date", "path": "day", "cmp": cmp, "ref": ref}


@pytest.mark.parametrize(
    ("ref", "said_day", "before", "on"),
    [
        ({"day": "2026-03-01"}, "2026-02-28", True, False),
        ({"day": "2026-03-01"}, "2026-03-01", False, True),
        ({"day": "2026-03-01"}, "2026-03-02", False, False),
        ({"calendar": "this_month"}, "2026-02-28", True, False),
        ({"calendar": "this_month"}, "2026-03-01", False, True),
        ({"calendar": "this_month"}, "2026-03-31", False, True),
        ({"calendar": "this_month"}, "2026-04-01", False, False),
    ],
)
def test_before_ends_where_on_begins_and_after_begins_where_on_ends(ref, said_day, before, on):
    words = {cmp: holds(date(cmp, **ref), dated(said_day)) for cmp in ("before", "on", "after")}

    assert words == {"before": before, "on": on, "after": not before and not on}


@pytest.mark.parametrize("ref", [{"instant": "2026-03-01T13:00:00Z"}, {"now": 3600}])
def test_the_same_instant_is_neither_before_nor_after(ref):
    for at, found in (("12:59:59.999Z", ["before"]), ("13:00:00Z", []), ("13:00:00.001Z", ["after"])):
        told = dated(f"2026-03-01T{at}")
        assert [cmp for cmp in ("before", "after") if holds(date(cmp, **ref), told)] == found


@pytest.mark.parametrize(
    ("today", "by", "day"),
    [
        ("2026-03-31", {"months": -1}, "2026-02-28"),
        ("2024-03-31", {"months": -1}, "2024-02-29"),
        ("2026-03-30", {"months": 1}, "2026-04-30"),
        ("2026-03-29", {"months": -1, "days": 1}, "2026-03-01"),
        ("2024-02-29", {"years": -1}, "2023-02-28"),
        ("2024-02-29", {"years": 4}, "2028-02-29"),
        ("2026-01-31", {"months": -11}, "2025-02-28"),
        ("2026-12-31", {"months": 2}, "2027-02-28"),
    ],
)
def test_from_the_end_of_a_month_it_is_the_last_day_of_a_shorter_one(today, by, day):
    assert holds(date("on", today=by), dated(day), f"{today}T12:00:00")


@pytest.mark.parametrize(
    ("day", "today", "within", "truth"),
    [
        ("1990-03-01", "2026-03-01", 0, True),
        ("1990-03-01", "2026-03-02", 365, True),
        ("1990-03-01", "2026-03-02", 363, False),
        ("1990-03-01", "2026-02-28", 0, False),
        ("1990-03-08", "2026-03-01", 7, True),
        ("1990-03-09", "2026-03-01", 7, False),
        ("2000-02-29", "2026-02-28", 0, True),
        ("2000-02-29", "2026-03-01", 0, False),
        ("2000-02-29", "2028-02-28", 0, False),
        ("2000-02-29", "2028-02-29", 0, True),
        ("1990-12-31", "2026-12-31", 0, True),
        ("1990-01-01", "2026-12-31", 1, True),
        ("2026-03-01", "2026-03-01", 0, True),
        ("2027-03-01", "2026-03-01", 0, False),
        ("2027-03-01", "2026-03-01", 365, True),
    ],
)
def test_a_day_of_the_year_is_kept_on_its_day_and_so_many_before(day, today, within, truth):
    asked = {"op": "anniversary", "path": "day", "within_days": within}

    assert holds(asked, dated(day), f"{today}T12:00:00") == truth


def test_an_average_is_of_those_with_an_amount():
    told = [ordered("user:jo", f"m{n}", str(n), each) for n, each in enumerate((10, 20.01, None))]
    asked = {cmp: total("15.005" if cmp == "ge" else "15.01", cmp) | {"fn": "avg"} for cmp in ("le", "lt", "gt", "eq")}

    assert [cmp for cmp, each in asked.items() if holds(each, told)] == ["le", "lt"]
    assert holds(total("15.00", "gt") | {"fn": "avg"}, told)
    assert [cmp for cmp in asked if holds(total("10", cmp) | {"fn": "avg"}, told[:1])] == ["le", "eq"]
    assert not any(holds(total("0", cmp) | {"fn": "avg"}) for cmp in ("ge", "le", "eq", "lt", "gt"))
    assert not any(holds(total("0", cmp, "EUR") | {"fn": "avg"}, told) for cmp in ("ge", "le", "eq"))


def test_a_share_has_its_first_and_not_its_last():
    place = int(hashlib.sha256(b"spring:" + b"c" * 32).hexdigest()[:16], 16) % 10_000
    shares = [(place, place + 1), (place + 1, 10_000), (0, place), (place - 1, place), (0, place + 1)]

    found = [{"op": "bucket", "salt": "spring", "from_bp": first, "to_bp": last} for first, last in shares]
    assert [holds(each) for each in found] == [True, False, False, False, True]


def test_who_is_in_a_segment_is_whom_its_rule_holds_for():
    told = [said("user:jo", "m1", name="Looked")]

    for n, truth in ((1, True), (2, False)):
        assert holds({"op": "in_segment", "id": "lookers"}, told, lookers=count(n, event="Looked")) == truth


BERLIN, HAMBURG, AUCKLAND = (52.52, 13.405), (53.551, 9.994), (-36.85, 174.763)


@pytest.mark.parametrize(
    ("here", "there", "km"),
    [
        (BERLIN, HAMBURG, 255.2),
        (BERLIN, AUCKLAND, 17_747),
        ((0, 179.5), (0, -179.5), 111.2),
        ((90, 0), (90, 180), 0),
        ((-90, 0), (90, 0), 20_015),
    ],
)
def test_near_is_as_the_crow_flies(here, there, km):
    told = [identified("user:jo", "m1", {"location": {"lat": there[0], "lng": there[1]}})]
    asked = {"op": "near", "lat": here[0], "lon": here[1]}

    assert holds(asked | {"km": km * 1.001 + 0.1}, told)
    assert km == 0 or not holds(asked | {"km": km * 0.999}, told)


@pytest.mark.parametrize("ahead", [[], ["2026-03-01T14:00:00.000Z"]], ids=["past", "ahead of the clock"])
def test_exactly_so_often_is_neither_more_nor_less(ahead):
    ats = ["2026-03-01T11:00:00.000Z", "2026-03-01T11:30:00.000Z", "2026-03-01T11:45:00.000Z", *ahead]
    told = [said("user:jo", f"m{n}", name="Looked", at=at) for n, at in enumerate(ats)]
    asked = {n: count(n, "eq", "Looked") | {"window": {"rolling": {"seconds": 3600}}} for n in range(4)}
    program = {n: evaluate.compile_rule(rule.read(each)) for n, each in asked.items()}
    seen, half, later, out = (
        customer_of(told),
        ms("2026-03-01T12:30:00"),
        ms("2026-03-01T12:45:00"),
        ms("2026-03-01T14:00:00"),
    )

    now = ms("2026-03-01T12:00:00")
    assert {n: each.evaluate(seen, now) for n, each in program.items()} == {
        0: (False, later),
        1: (False, half),
        2: (True, half),
        3: (False, out if ahead else None),
    }


@pytest.mark.parametrize(("x", "currency"), [("0.001", "USD"), ("1.5", "JPY"), ("0.00001", "KWD")])
def test_what_is_finer_than_money_is_no_amount(x, currency):
    with pytest.raises(BadRequest) as refused:
        rule.read(total(x, "ge", currency))
    assert refused.value.findings == [("audience.x", f"is finer than the smallest unit of {currency}")]
