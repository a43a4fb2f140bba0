"""Lives of customers around the days that calendars are odd on, and rules that ask for time in every way there is."""

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product
from json import dumps, loads
from typing import NamedTuple

from hypothesis import strategies as st

from shopkeeper.segment import evaluate, rule
from shopkeeper.segment.leaves.counted import needed
from shopkeeper.zones import zone as zone_of
from tests import segment_letters as letters
from tests.interactions import identified, ordered, said
from tests.rules import ORDERS, count
from tests.segment_oracle import holds
from tests.segment_worlds import customer_of

# Half hours, clocks that change by half an hour, and midnights that are left out.
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Beirut"]
# Clocks change that night or the next in one zone or another; ends of months and years, leap days.
DAYS = [
    "2026-03-29",
    "2026-10-25",
    "2026-04-05",
    "2026-03-08",
    "2024-02-29",
    "2026-02-28",
    "2025-12-31",
    "2026-03-31",
    "2026-07-01",
]
HOUR = 3600
DAY = 24 * HOUR
# Of the day in UTC: midnights of the zones among them.
HOURS = [0, 1, 4, 5, 9, 13, 13.5, 18.5, 22, 23]
# The first is what a search falls back on.
DAYS_AWAY = [-1, 0, 1, *range(-9, -1), -2, -2, -1, 0, 0, -31, -59, -200]
EVENTS = ["Looked", "Order Completed", "Left", "letter", "identify"]
# What lives are made of: a little of everything, or letters and what came of them.
LETTERS = ["letter", "letter", "letter", "Order Completed"]
OF = [EVENTS, EVENTS, LETTERS]
LOOKED, OPENED, LEFT = {"event": "Looked"}, {"event": "Email Opened"}, {"event": "Left"}
MUCH = {"prop": "price", "currency": "USD", "cmp": "ge", "x": "5.00"}
DEAR = LOOKED | {"where": [{"prop": "price", "cmp": "ge", "value": 5}]}


class Life(NamedTuple):
    """`base` is in milliseconds since 1970; the zone is the workspace's."""

    zone: str
    base: int
    told: tuple


def ms(text):
    return int(datetime.fromisoformat(text + "T00:00:00+00:00").timestamp()) * 1000


def text(at):
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)).isoformat(timespec="milliseconds")[:-6] + "Z"


@st.composite
def instants(draw, base):
    day, hour = draw(st.sampled_from(DAYS_AWAY)), draw(st.sampled_from(HOURS))
    return base + int((day * DAY + hour * HOUR) * 1000) + draw(st.sampled_from([-1, 0, 1]))


def dates_around(base):
    day = text(base)[:10]
    return ["2000-02-29", "1990" + day[4:], day, f"{day}T00:30:00", f"{day}T12:00:00Z", "soon", "2026-13-01"]


@st.composite
def tellings(draw, base, of):
    at, price = text(draw(instants(base))), draw(st.sampled_from([1, 5, "20.50"]))
    match draw(st.sampled_from(of)):
        case "Order Completed":
            return lambda id_: ordered("user:jo", id_, None, price, draw(st.sampled_from(["USD", "EUR"])), at=at)
        case "identify":
            known = {"day": draw(st.sampled_from(dates_around(base)))}
            where = {"zone": draw(st.sampled_from(ZONES))} if draw(st.booleans()) else {}
            return lambda id_: identified("user:jo", id_, known, at=at, context=where)
        case "letter":
            name = draw(st.sampled_from(letters.TOLD))
            about = draw(letters.properties(name))
            return lambda id_: said("user:jo", id_, name=name, source="tracking", properties=about, at=at)
        case name:
            about = {"price": price, "currency": "USD", "tags": draw(st.sampled_from([None, "bo", ["Bonn", 7]]))}
            return lambda id_: said("user:jo", id_, name=name, properties=about, at=at)


@st.composite
def lives(draw, of=OF):
    base = ms(draw(st.sampled_from(DAYS)))
    size = draw(st.integers(0, 10))
    told = draw(st.lists(tellings(base, draw(st.sampled_from(of))), min_size=size, max_size=size))
    return Life(draw(st.sampled_from(ZONES)), base, tuple(each(f"m{n:02}") for n, each in enumerate(told)))


SINCE = [
    {"rolling": {"seconds": 36 * HOUR}},
    {"days": {"n": 1}},
    {"days": {"n": 3}},
    {"weeks": {"n": 1}},
    {"months": {"n": 2}},
    {"calendar": "this_week"},
    {"calendar": "this_year"},
]
ENDED = [{"calendar": name} for name in ("yesterday", "last_week", "last_month")]


def between(base):
    return [
        {"between": {"from": text(base - 3 * DAY * 1000)[:10]}},
        {"between": {"from": text(base - 3 * DAY * 1000 + 1)}},
        {"between": {"from": text(base - 3 * DAY * 1000)[:10], "to": text(base)[:10]}},
    ]


def asked(op, base):
    """Every leaf of this kind that a test uses."""
    return list(_ASKED[op](base))


def _counts(base):
    for window in [*SINCE, *between(base)[:2]]:
        yield from (
            count(n, cmp, "Looked") | {"window": window} for n, cmp in ((1, "ge"), (2, "ge"), (1, "eq"), (0, "le"))
        )
        yield count(1, "ge", "Looked") | {"window": window, "measure": DEAR}
        yield count(1, "ge", "Looked") | {"window": window, "measure": LOOKED | {"amount": MUCH}}
    for window in [*ENDED, between(base)[2], {"days": {"n": 3}}]:
        yield count(1, "le") | {"window": window, "measure": ORDERS | {"amount": MUCH | {"prop": "total", "cmp": "lt"}}}
        yield from (count(n, cmp) | {"window": window} for n, cmp in ((1, "ge"), (2, "eq"), (17, "le")))
    yield count(1, "ge", "Looked") | {"window": {"calendar": "yesterday"}}


def _totals(base):
    total = {"op": "total", "measure": ORDERS, "cmp": "ge"}
    for window in [*SINCE[1:], *ENDED, between(base)[0], between(base)[2]]:
        for cmp, x in (("ge", "20.5"), ("lt", "6"), ("eq", "6")):
            yield total | {"currency": "USD", "fn": "sum", "window": window, "cmp": cmp, "x": x}
        yield total | {"fn": "active_days", "window": window, "x": 2}
        yield total | {"measure": DEAR, "prop": "price", "currency": "USD", "fn": "sum", "window": window, "x": "20.5"}
    for window in [*SINCE[:3], *ENDED[:2], "ever"]:
        for fn, cmp in product(("min", "max"), ("ge", "gt", "le", "lt", "eq")):
            yield total | {"currency": "USD", "fn": fn, "window": window, "cmp": cmp, "x": "5"}
        yield total | {"measure": DEAR, "prop": "price", "currency": "USD", "fn": "max", "window": window, "x": "20.5"}
    for cmp, x in (("ge", "3"), ("lt", "3"), ("eq", "5")):
        yield total | {"currency": "USD", "fn": "avg", "window": "ever", "cmp": cmp, "x": x}


def _firsts(base):
    windows = [*SINCE, *ENDED, *between(base), "ever"]
    yield from ({"op": "first", "measure": its, "window": window} for window in windows for its in (LOOKED, DEAR))


def _lasts(_base):
    for its in (LOOKED, DEAR):
        asked = {"op": "last", "measure": its, "prop": "tags"}
        yield from (asked | {"cmp": cmp, "value": "Bonn"} for cmp in ("eq", "ne", "contains", "le"))
        yield asked | {"cmp": "exists"}
        yield from (asked | {"cmp": cmp, "values": ["bo", 7.5]} for cmp in ("in", "not_in"))
        yield from (asked | {"cmp": "ge", "value": 7, "prop": prop} for prop in ("tags", "price", "tags.x"))
    yield {"op": "last", "measure": ORDERS, "prop": "total", "cmp": "le", "value": 3}


def _sequences(base):
    for window in [*SINCE, *ENDED, *between(base), "ever"]:
        for a, b in ((LOOKED, ORDERS), (LOOKED, LOOKED), (ORDERS, DEAR)):
            for hours in (1, 72):
                yield {"op": "sequence", "a": a, "b": b, "within": {"seconds": hours * HOUR}, "window": window}


def _abandoned(_base):
    for did, without in ((LOOKED, ORDERS), (DEAR, LEFT)):
        for hours in (1, 30):
            yield {"op": "abandoned", "did": did, "without": without, "grace": {"seconds": hours * HOUR}}


def _regular(_base):
    for unit in ("days", "weeks", "months"):
        for k, n in ((1, 1), (2, 2), (2, 4)):
            for its in (ORDERS, LOOKED):
                yield {"op": "regular", "measure": its, "at_least": k, "of_last": n, "unit": unit}


def _engaged(_base):
    for n, cmp in ((1, "ge"), (0, "le"), (2, "eq")):
        for window in (SINCE[0], SINCE[2], "ever"):
            opened = {"op": "engaged", "kind": "opened", "scope": "any", "window": window, "cmp": cmp, "n": n}
            yield opened
            yield opened | {"kind": "clicked", "scope": {"activity": letters.SPRING}}
            yield opened | {"scope": {"activity": letters.SPRING, "step": "second"}}


def _outcomes(base):
    return letters.outcomes(["ever", SINCE[0], SINCE[2], ENDED[1], between(base)[0]])


def _dates(base):
    day, calendars = text(base)[:10], ("today", "yesterday", "tomorrow", "this_week", "next_month", "last_year")
    spans = [{"days": 1}, {"weeks": -1}, {"months": -1}, {"months": 1, "days": -1}, {"years": -36}, {}]
    for cmp in ("before", "after"):
        yield {"op": "date", "path": "day", "cmp": cmp, "ref": {"instant": text(base + 12 * HOUR * 1000)}}
        yield from ({"op": "date", "path": "day", "cmp": cmp, "ref": {"now": now}} for now in (0, -5 * HOUR, 3 * DAY))
    for cmp in ("before", "after", "on"):
        yield {"op": "date", "path": "day", "cmp": cmp, "ref": {"day": day}}
        yield from ({"op": "date", "path": "day", "cmp": cmp, "ref": {"today": span}} for span in spans)
        yield from ({"op": "date", "path": "day", "cmp": cmp, "ref": {"calendar": name}} for name in calendars)


def _anniversaries(_base):
    yield from ({"op": "anniversary", "path": "day", "within_days": days} for days in (0, 1, 7, 365))


def _ages(_base):
    for cmp in ("ge", "lt"):
        yield from ({"op": "profile_age", "cmp": cmp, "span": {"seconds": days * DAY}} for days in (1, 30))


_ASKED = {
    "count": _counts,
    "total": _totals,
    "first": _firsts,
    "last": _lasts,
    "sequence": _sequences,
    "abandoned": _abandoned,
    "regular": _regular,
    "engaged": _engaged,
    "outcome": _outcomes,
    "date": _dates,
    "anniversary": _anniversaries,
    "profile_age": _ages,
}
KINDS = sorted(_ASKED)


@cache
def own():
    """What a shop must count by itself for all of these."""
    rules = [rule.read(each) for op in KINDS for each in asked(op, 0)]
    return tuple({each.id: each for its in rules for each in needed(its)}.values())


def customer(life, counted=None):
    return customer_of(life.told, zone_of(life.zone), own() if counted is None else counted)


@cache
def _compiled(written, zone):
    return evaluate.compile_rule(rule.read(loads(written)), zone_of(zone))


def forget():
    _compiled.cache_clear()
    own.cache_clear()


def program(said_rule, zone):
    return _compiled(dumps(said_rule), zone)


def moments(life, now, until):
    """When anything might change, and just before and after, between the two."""
    ats = [int(datetime.fromisoformat(each.at).timestamp() * 1000) for each in life.told] + [now, life.base]
    steps = (0, HOUR, 24 * HOUR, 30 * HOUR, 36 * HOUR, 5 * DAY, 30 * DAY)
    found = {at + step * 1000 + by for at in ats for step in steps for by in (-1, 0, 1)}
    half_hours = {life.base + int((day * 24 + half / 2) * HOUR * 1000) for day in range(-2, 4) for half in HALVES}
    return sorted(at for at in found | half_hours if now <= at < until)


HALVES = range(0, 48, 3)
END = 40 * DAY * 1000


def lasts(said_rule, life, hops=4):
    """The truth is what the oracle says, from now until it may flip, and so on from there."""
    its, now = program(said_rule, life.zone), life.base - 2 * DAY * 1000
    seen = customer(life, its.reads.registered.values())
    for _ in range(hops):
        truth, flips_at = its.evaluate(seen, now)
        assert flips_at is None or flips_at > now
        until = life.base + END if flips_at is None else min(flips_at, life.base + END)
        probed = [now, *moments(life, now, until)[::5], max(now, until - 1)]
        assert [at for at in probed if holds(said_rule, life.told, at, life.zone) != truth] == []
        if flips_at is None or flips_at >= life.base + END:
            return
        now = flips_at
