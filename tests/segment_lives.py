"""Lives of customers around the days that calendars are odd on, and what rules say of them."""

from datetime import datetime
from functools import cache
from json import dumps, loads
from typing import NamedTuple

from hypothesis import strategies as st

from shopkeeper.segment import evaluate, rule
from shopkeeper.segment.leaves.counted import needed
from shopkeeper.zones import zone as zone_of
from tests import segment_letters as letters
from tests.interactions import identified, ordered, said
from tests.segment_asked import DAY, HOUR, KINDS, asked, text
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
# Of the day in UTC: midnights of the zones among them.
HOURS = [0, 1, 4, 5, 9, 13, 13.5, 18.5, 22, 23]
# The first is what a search falls back on.
DAYS_AWAY = [-1, 0, 1, *range(-9, -1), -2, -2, -1, 0, 0, -31, -59, -200]
EVENTS = ["Looked", "Order Completed", "Left", "letter", "identify"]
# What lives are made of: a little of everything, or letters and what came of them.
LETTERS = ["letter", "letter", "letter", "Order Completed"]
OF = [EVENTS, EVENTS, LETTERS]


class Life(NamedTuple):
    """`base` is in milliseconds since 1970; the zone is the workspace's."""

    zone: str
    base: int
    told: tuple


def ms(text):
    return int(datetime.fromisoformat(text + "T00:00:00+00:00").timestamp()) * 1000


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


def lasts(said_rule, life, hops=4, by=program):
    """The truth is what the oracle says, from now until it may flip, and so on from there."""
    its, now = by(said_rule, life.zone), life.base - 2 * DAY * 1000
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
