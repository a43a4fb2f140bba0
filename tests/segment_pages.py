"""Pages of customers asked by columns, beside the one evaluator that is asked of each customer by itself."""

from functools import cache
from json import dumps
from random import Random
from typing import NamedTuple

from shopkeeper.segment import evaluate, rule
from shopkeeper.segment.columnar import evaluate as columnar
from shopkeeper.zones import zone as zone_of
from tests.rules import all_of, any_of, at_least, count, in_list, negated
from tests.segment_asked import DAY, HOUR, KINDS, LOOKED, asked, between
from tests.segment_kept import LISTS, TOPICS, Around, page
from tests.segment_lives import DAYS, ZONES, ms
from tests.segment_worlds import COUNTED, PATHS, about

# Beside those of other searches, a zone that once had no 30th of December.
WORLDS = [(zone, ms(day)) for zone in ZONES for day in DAYS] + [("Pacific/Apia", ms("2011-12-31"))] * 6
SEGMENTS = {"lookers": {"op": "count", "measure": LOOKED, "window": "ever", "cmp": "ge", "n": 1}}
SEGMENTS["vip"] = SEGMENTS["lookers"] | {"n": 3}
SEGMENTS["vip@2"] = all_of(in_list("vip"), {"op": "in_segment", "id": "lookers"})


def _consents(_base):
    yield from ({"op": "consent", "topic": topic, "is": is_} for topic in TOPICS for is_ in ("in", "out"))
    yield from ({"op": "consent", "channel": "email", "is": is_} for is_ in ("in", "out"))


def _places(_base):
    yield from ({"op": "place", "country": its} for its in (["DE"], ["FR", "BAYERN"]))
    yield from ({"op": "place", kind: ["bayern", "Bonn", "köln"]} for kind in ("region", "city"))


def _scores(_base):
    for dim in ("r", "f", "m"):
        yield from ({"op": "rfm", "dim": dim, "cmp": cmp, "value": 3} for cmp in ("ge", "gt", "le", "lt", "eq", "ne"))
        yield from ({"op": "rfm", "dim": dim, "cmp": cmp, "values": [1, 5]} for cmp in ("in", "not_in"))
    yield from ({"op": "rfm", "dim": "cell", "cmp": cmp, "value": "541"} for cmp in ("eq", "ne"))


def _buckets(_base):
    shares = [(0, 5_000), (5_000, 10_000), (2_500, 2_501)]
    yield from ({"op": "bucket", "salt": salt, "from_bp": low, "to_bp": high} for salt in "ab" for low, high in shares)


def _more_counts(base):
    """By whole days, in all ways; and windows that begin before all calendars do."""
    windows = [{"days": {"n": 3}}, {"months": {"n": 2}}, between(base)[2], {"calendar": "last_month"}]
    for window in [*windows, {"calendar": "yesterday"}, {"calendar": "last_week"}]:
        yield from ({"op": "count", "measure": LOOKED, "window": window} | {"cmp": c, "n": n} for c, n in _BY_DAYS)
    for window in ({"calendar": "today"}, {"calendar": "this_month"}):
        yield from (its | {"window": window} for its in (count(1, event="Looked"), count(2, "eq", "Looked")))
    for window in ({"days": {"n": 3}}, {"rolling": {"seconds": 36 * HOUR}}):
        yield from (count(0, cmp, "Looked") | {"window": window} for cmp in ("ge", "eq", "le"))
    for begin in ("0001-01-01", "0001-01-03"):
        its = {"op": "count", "measure": LOOKED, "window": {"between": {"from": begin}}}
        yield from (its | {"cmp": cmp, "n": n} for cmp, n in (("ge", 1), ("le", 0), ("eq", 1), ("ge", 17)))


_BY_DAYS = [("ge", 17), ("le", 16), ("eq", 16), ("eq", 17)]


def _more_totals(base):
    for window in [{"days": {"n": 3}}, {"weeks": {"n": 4}}, between(base)[2], {"calendar": "last_week"}]:
        its = {"op": "total", "measure": {"event": "Order Completed"}, "currency": "USD", "fn": "sum", "window": window}
        yield from (its | {"cmp": cmp, "x": x} for cmp in ("ge", "gt", "le", "lt", "eq") for x in ("0", "0.01", "-1"))


MORE = {
    "count": lambda base: [*_more_counts(base), *(each for each in COUNTED if each["op"] == "count")],
    "total": lambda base: [*_more_totals(base), *(each for each in COUNTED if each["op"] == "total")],
    "first": lambda _base: [{"op": "first", "measure": LOOKED, "window": {"calendar": "last_year"}}],
    "trait": lambda _base: [each for path in (*PATHS, "home.x", "age") for each in about(path)],
    "in_list": lambda _base: [in_list(each) for each in LISTS],
    "in_segment": lambda _base: [
        {"op": "in_segment", "id": "lookers"},
        {"op": "in_segment", "id": "vip", "version": 2},
    ],
    "consent": _consents,
    "place": _places,
    "near": lambda _base: [{"op": "near", "lat": 52, "lon": 13, "km": km} for km in (50, 500)],
    "reachable": lambda _base: [{"op": "reachable", "channel": "email"}],
    "rfm": _scores,
    "bucket": _buckets,
    "date": lambda _base: [
        {"op": "date", "path": "day", "cmp": cmp, "ref": {"now": now}} for cmp in ("before", "after") for now in _FAR
    ],
}
_FAR = (10**9, -(10**9), HOUR)
OPS = sorted({*KINDS, *MORE})


@cache
def leaves(op, base):
    return [*(asked(op, base) if op in KINDS else []), *MORE.get(op, lambda _base: [])(base)]


def ruled(random, op, base, ops=OPS):
    """A rule with a leaf of this kind in it, and perhaps of others. Behind the kind may stand what is to be in it."""
    op, _, part = op.partition(" ")
    first = random.choice([each for each in leaves(op, base) if part in dumps(each)])
    if random.random() < 0.5:
        return first
    of = [first, *(random.choice(leaves(random.choice([op, *ops]), base)) for _ in range(random.choice([1, 2, 3])))]
    of = [negated(each) if random.random() < 0.2 else each for each in of]
    random.shuffle(of)
    match random.randrange(4):
        case 0:
            return all_of(*of)
        case 1:
            return any_of(*of)
        case 2:
            return at_least(random.randrange(1, len(of) + 1), *of)
    return all_of(any_of(*of[:2]), at_least(1, *of[1:]))


class World(NamedTuple):
    """`kinds` and `customers` are of a page; each of `nows` is one of all of them, or one of each."""

    zone: str
    base: int
    rules: dict
    kinds: list
    customers: list
    nows: list


def world(seed, op, many=(0, 1, 2, 7, 7, 25)):
    random = Random(f"{op} {seed}")
    zone, base = random.choice(WORLDS)
    asked_ = [ruled(random, op, base) for _ in range(random.choice([1, 1, 2, 4]))]
    rules = {str(place): rule.read(each) for place, each in enumerate(asked_)}
    reads = compiled(rules, zone).reads
    around = Around(base, zone_of(zone), tuple(ZONES), tuple(sorted(reads.events)), tuple(sorted(reads.registered)))
    kinds, customers = page(random, around, random.choice(many))
    return World(zone, base, rules, kinds, customers, [*_nows(random, base, 3), _nows(random, base, len(customers))])


def _nows(random, base, many):
    steps = [0, 0, 1, 999, HOUR * 1000, 12 * HOUR * 1000, DAY * 1000 - 1, DAY * 1000, 3 * DAY * 1000, 33 * DAY * 1000]
    return [base + random.choice([*steps, -DAY * 1000, random.randrange(DAY * 1000)]) for _ in range(many)]


def compiled(rules, zone):
    return evaluate.compile_all(rules, zone_of(zone), segments())


@cache
def segments():
    return {name: rule.read(each) for name, each in SEGMENTS.items()}


def said_of(its):
    """What columns say of the page at each instant."""
    by_columns = columnar.compile_all(its.rules, compiled(its.rules, its.zone).reads, zone_of(its.zone), segments())
    page = by_columns.page(its.customers)
    return [by_columns.evaluate(page, now) for now in its.nows]


def alone(evaluator, stored, now):
    """None of whom nothing can be said."""
    try:
        return evaluator.evaluate(evaluator.reads.glance(stored), now)
    except Exception:
        return None


def faults(its):
    """Where columns say something else than the evaluator, and of whom they should say something and do not."""
    evaluator = compiled(its.rules, its.zone)
    for now, said in zip(its.nows, said_of(its), strict=True):
        nows = now if isinstance(now, list) else [now] * len(its.customers)
        assert len(said.bits) == len(said.flips_at) == len(said.unusual) == len(its.customers)
        for place, is_unusual in enumerate(said.unusual):
            expected = alone(evaluator, its.customers[place], nows[place])
            found = None if is_unusual else (said.bits[place], said.flips_at[place])
            if not _is_fine(its.kinds[place], expected, found, has_all=nows[place] >= its.base):
                yield {
                    "expected": expected,
                    "found": found,
                    "now": nows[place],
                    "zone": its.zone,
                    "rules": [rule.to_json(each) for each in its.rules.values()],
                    "kind": its.kinds[place],
                    "customer": its.customers[place],
                }


def _is_fine(kind, expected, found, *, has_all):
    """`has_all`: nothing is ahead of the clock of those who are ordinary. Of them, something must be said."""
    if found is None:
        return not (has_all and kind in ("ordinary", "nobody") and expected)
    is_whole = found[1] is None or type(found[1]) is int
    return is_whole and (found == expected or (kind == "odd" and expected is None))
