"""A page of customers decoded at once says of each what his bytes alone say, or that it takes them to tell."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.customer.measures import Measure, Tile, UnknownFormat, columns, pack, piece
from shopkeeper.customer.measures.measure import Newest
from tests.measure_pages import EVENTS, FAR, IDS, asked, expected, packs, pages, said_of_all


@settings(max_examples=60)
@given(pages, asked)
def test_of_each_customer_of_a_page_it_says_what_his_bytes_say(page, asked):
    assert said_of_all(page, asked) == [expected(packed, asked) for packed in page]


def true_or_unusual(packed, said, asked):
    try:
        return said in (None, expected(packed, asked))
    except UnknownFormat:
        return said is None


@settings(max_examples=60)
@given(pages, packs, asked, st.data())
def test_whose_bytes_are_damaged_is_unusual_and_nobody_else_is_for_that(page, packed, asked, data):
    damaged = bytearray(packed)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    at = data.draw(st.integers(0, len(page)))

    said = said_of_all([*page[:at], bytes(damaged), *page[at:]], asked)

    assert true_or_unusual(damaged, said.pop(at), asked)
    assert said == [expected(each, asked) for each in page]


RICH = {
    "Order Completed": Measure(
        30,
        -(10**12),
        (10**12, 10**12 - 1, 10**12 - 2**33, 10**12 - 2**33 - 2**39),
        {"EUR": -70_000, "USD": 2},
        {"EUR": 3, "USD": 1},
        1,
        {20_000: Tile(2, {"EUR": -70_000}), 19_999: Tile(1, {"USD": 2}), 10_000: Tile(1)},
        Newest("x", ("a", 1)),
    ),
    "Page Viewed": Measure(3, 1, (9, 9, 1)),
}
ALL = EVENTS, IDS


@pytest.mark.parametrize("end", [*range(1, len(pack(RICH, {IDS[0]: RICH["Page Viewed"]})) + 1)])
def test_so_is_whose_bytes_are_cut_short(end):
    whole = pack(RICH, {IDS[0]: RICH["Page Viewed"]})

    before, said, after = said_of_all([whole, whole[:end], whole], ALL)

    assert before == after == expected(whole, ALL)
    assert said == (before if end == len(whole) else None)


@pytest.mark.parametrize("measure", RICH.values())
def test_so_is_who_has_one_wrong_byte_in_a_measure_or_misses_some_of_it(measure):
    """As many customers as there are ways, side by side."""
    whole = piece.written(measure)
    cut = [whole[:end] for end in range(len(whole))]
    others = [0, 1, 31, 32, 33, 64, 96, 127, 128, 160, 192, 224, 255, *b"BHIiqQfdw?"]
    changed = [whole[:at] + bytes([other]) + whole[at + 1 :] for at in range(len(whole)) for other in others]
    page = [holding(each) for each in (*cut, *changed, whole + b"\0", whole)]

    said = said_of_all(page, (["Page Viewed"], []))

    assert all(map(true_or_unusual, page, said, [ALL] * len(page)))
    assert said[-1] is not None
    assert sum(each is not None for each in said) > len(whole)


def holding(measure):
    """A customer who has this piece of bytes."""
    return b"\3" + msgspec.msgpack.encode(({1: measure}, {}))


def summed(*sums):
    return piece.written(Measure(1, 7, (7,))) + msgspec.msgpack.encode(sums)


def on_a_day(count=b"", amount=b"B\5", total=5, day=9):
    return summed(0, [("EUR", 1, total, amount)], day, b"", count)


def once(at):
    return piece.written(Measure(1, at, (at,)))


def of_eight(number):
    return b"q" + number.to_bytes(8, "little", signed=True)


@pytest.mark.parametrize(
    "packed",
    [
        holding(once(2**53 + 1)),
        holding(once(-(2**53) - 1)),
        holding(once(-(2**63))),
        holding(piece.written(Measure(2, 2**53 + 1, (7,)))),
        holding(piece.written(Measure(2, 7 - FAR, (7, 7 - FAR)))),
        holding(on_a_day(total=2**53 + 1)),
        holding(on_a_day(total=2**63 + 5)),
        holding(on_a_day(amount=of_eight(FAR + 1))),
        holding(on_a_day(amount=of_eight(-FAR - 1))),
        holding(on_a_day(count=of_eight(FAR + 1))),
        holding(on_a_day(day=FAR + 1)),
        holding(summed(0, [], 9, of_eight(FAR + 1), b"")),
        holding(summed(0, [], 9, b"B\0", b"")),
        pack(RICH, {}) + b"\0",
        b"\1\0",
        b"\2\0\0",
        b"\4\x92\x80\x80",
        b"\3",
        holding(b""),
        holding(on_a_day() + msgspec.msgpack.encode(Newest("x"))),
        holding(b"\0\0"),
        holding(b"\0" + summed(0, [], None, b"", b"")[9:]),
    ],
)
def test_what_is_no_shops_or_of_another_format_is_unusual(packed):
    page = [holding(once(7)), packed, b""]

    there, unusual, nowhere = said_of_all(page, (["Page Viewed"], []))

    assert unusual is None
    assert there == expected(page[0], (["Page Viewed"], []))
    assert nowhere == ({}, {})


@pytest.mark.parametrize(
    "measure",
    [
        once(2**52),
        once(-(2**52)),
        piece.written(Measure(2, -(2**53), (7,))),
        piece.written(Measure(24, 7 - 23 * (FAR - 1), tuple(7 - n * (FAR - 1) for n in range(24)))),
        on_a_day(amount=of_eight(-FAR), count=of_eight(FAR), day=-FAR, total=-(2**53)),
        summed(1, [], 9, of_eight(FAR), b""),
    ],
)
def test_what_is_only_just_within_bounds_is_not(measure):
    asked = ["Page Viewed"], []

    assert said_of_all([holding(measure)], asked) == [expected(holding(measure), asked)]


def test_what_has_sums_is_decoded_only_when_it_is_asked_for():
    page = [holding(on_a_day(amount=b"B")), holding(once(7) + b"\0")]

    found = columns.read(page, ["Page Viewed"], [])
    column = found.events["Page Viewed"]

    assert found.unusual.tolist() == [False, False]
    assert (column.totals("EUR").tolist(), found.unusual.tolist()) == ([5, 0], [False, True])
    assert (column.days.day_length.tolist(), found.unusual.tolist()) == ([0, 0], [True, True])


def test_nobody_of_a_usual_shop_is_read_alone(monkeypatch):
    """It would be right, and slow."""
    once = Measure(1, 7, (7,))
    names = [name for name in EVENTS if name.isascii() and len(name) < 256]
    page = [pack(dict.fromkeys(names, once) | RICH, {IDS[0]: once}), pack({}, {})]
    page += [pack({f"Thing {number}": once for number in range(many)}, {}) for many in (1, 15, 16, 40)]
    monkeypatch.setattr(columns.pieces, "_pieces", lambda *alone: pytest.fail("alone"))

    assert said_of_all(page * 2, ALL) == [expected(packed, ALL) for packed in page * 2]


@pytest.mark.parametrize("page", [[], [b""], [pack(RICH, {})]])
def test_nobody_and_nothing_can_be_asked(page):
    assert said_of_all(page, ([], [])) == [({}, {})] * len(page)
    assert len(said_of_all(page, ALL)) == len(page)
