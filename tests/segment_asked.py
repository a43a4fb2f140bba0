"""Rules that ask for time, and for what happened, in every way there is: those that the searches draw from."""

from datetime import UTC, datetime, timedelta
from itertools import product

from tests import segment_letters as letters
from tests.rules import ORDERS, count

HOUR = 3600
DAY = 24 * HOUR
LOOKED, OPENED, LEFT = {"event": "Looked"}, {"event": "Email Opened"}, {"event": "Left"}
MUCH = {"prop": "price", "currency": "USD", "cmp": "ge", "x": "5.00"}
DEAR = LOOKED | {"where": [{"prop": "price", "cmp": "ge", "value": 5}]}


def text(at):
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)).isoformat(timespec="milliseconds")[:-6] + "Z"


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
        for cmp, x in (("ge", "20.5"), ("lt", "6"), ("eq", "6"), ("gt", "6"), ("le", "6")):
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
