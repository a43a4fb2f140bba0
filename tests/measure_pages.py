"""Pages of customers with packed measures, and what is said of them by columns and by the bytes of each."""

from itertools import pairwise
from random import Random

import msgspec
from hypothesis import strategies as st

from shopkeeper.customer.measures import Measure, Tally, Tile, columns, pack
from shopkeeper.customer.measures.measure import TAIL, TILES, Newest
from shopkeeper.customer.measures.packing import some
from tests.marks import histories, mark

DAY, FAR = 86_400_000, 2**40
CURRENCIES = ["EUR", "JPY", "USD"]
EVENTS = [
    "Page Viewed",
    "Order Completed",
    "",
    "Tea Poured",
    "Tea Poured Twice",
    "Tröt",
    "Tee Poured",
    "Long " * 7,
    "Longer " * 40,
]
IDS = ["00112233445566ff", "00112233445566fe"]

distances = st.integers(0, 9) | st.integers(0, 60 * DAY) | st.integers(2**32 - 2, 2**32 + 2) | st.integers(0, FAR - 1)
units = st.integers(-300, 300) | st.integers(-(2**33), 2**33)


def told(added):
    tally = Tally(Measure())
    for each in added:
        tally.add(mark(*each))
    return tally.measure()[0]


@st.composite
def tails(draw):
    tail = [draw(st.integers(-(10**13), 10**13))]
    for distance in draw(st.lists(distances, max_size=TAIL - 1)):
        tail.append(tail[-1] - distance)
    older = draw(st.sampled_from([0, 0, 1, 10**9]))
    return Measure(len(tail) + older, tail[-1] - (older and draw(distances)), tuple(tail))


@st.composite
def with_days(draw):
    """Their sums need not agree with one another: each stands for itself."""
    currencies, many = (
        draw(st.lists(st.sampled_from(CURRENCIES), unique=True)),
        draw(st.sampled_from([1, 2, 2, 5, 5, 400])),
    )
    random = Random(draw(st.integers(0, 2**16)))
    widest, longest, often = (
        draw(units),
        draw(st.sampled_from([1, 40, 300, 70_000])),
        draw(st.sampled_from([1, 9, 999])),
    )
    day, tiles = draw(st.integers(-(10**6), 10**6)), {}
    for _ in range(min(many, TILES)):
        sums = {each: random.randint(min(0, widest), max(0, widest)) for each in currencies}
        tiles[day] = Tile(random.randint(1, often), {each: units for each, units in sums.items() if units})
        day -= random.randint(1, longest)
    amounts = dict.fromkeys(currencies, draw(units)), dict.fromkeys(currencies, draw(st.integers(0, FAR)))
    return msgspec.structs.replace(draw(tails()), totals=amounts[0], priced=amounts[1], tiles=tiles)


newests = st.builds(Newest, st.text(max_size=5), st.tuples(st.text(max_size=9) | st.booleans() | st.integers(-9, 9)))
said = st.builds(
    lambda measure, newest: msgspec.structs.replace(measure, newest=newest), tails() | with_days(), newests
)
measures = st.one_of(st.just(Measure()), histories.map(told), tails(), with_days(), said)


def packed(events, registered, others):
    """With what happened otherwise, of which nobody asks."""
    once = Measure(1, 7, (7,))
    return pack({f"Thing {number}": once for number in range(others)} | events, registered)


packs = st.builds(
    packed,
    st.dictionaries(st.sampled_from(EVENTS), measures, max_size=4),
    st.dictionaries(st.sampled_from(IDS), measures, max_size=2),
    st.sampled_from([0, 0, 0, 0, 14, 40, 41]),
)
pages = st.lists(packs | st.just(b""), max_size=5)
asked = st.tuples(st.lists(st.sampled_from(EVENTS), unique=True), st.lists(st.sampled_from(IDS), unique=True))


def said_of_all(page, asked):
    """By columns, of each customer, all that can be asked; None of who is unusual."""
    found = columns.read(page, *asked)
    each = [
        [{name: shown(column, at) for name, column in its.items() if column.has[at]} for its in found[:2]]
        for at in range(len(page))
    ]
    return [None if is_unusual else tuple(its) for its, is_unusual in zip(each, found.unusual.tolist(), strict=True)]


def shown(column, at):
    tail = part(column.instants, column.starts[at], column.length[at])
    days = column.days
    where = days.day_starts[at], days.day_length[at]
    by_currency = [part(days.units(currency), *where) for currency in CURRENCIES]
    newest_first = [column.nth(n)[at] for n in range(1, len(tail) + 2)]
    assert newest_first == [*tail, columns.NONE]
    return (
        (int(column.count[at]), int(column.first[at]), tail),
        [(int(column.totals(each)[at]), int(column.priced(each)[at])) for each in CURRENCIES],
        list(zip(part(days.day, *where), part(days.counts, *where), *by_currency, strict=True)),
        column.newest[at],
    )


def part(numbers, start, length):
    assert numbers.dtype == "int64"
    return numbers[start : start + length].tolist()


def expected(packed, asked):
    """By the bytes alone; None of whom columns leave to them."""
    found = some(*map(frozenset, asked))(packed)
    tails = [measure.tail for its in found for measure in its.values()]
    if any(newer - older >= FAR for tail in tails for newer, older in pairwise(tail)):
        return None
    return tuple({name: of(measure) for name, measure in its.items()} for its in found)


def of(measure):
    return (
        (measure.count, measure.first, list(measure.tail)),
        [(measure.totals.get(each, 0), measure.priced.get(each, 0)) for each in CURRENCIES],
        [(day, each.count, *(each.totals.get(its, 0) for its in CURRENCIES)) for day, each in measure.tiles.items()],
        measure.newest,
    )
