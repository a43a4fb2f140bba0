"""Measures as bytes: what is packed can be unpacked, small, and by those who wrote it before."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer.measures import Measure, Measures, Tally, Tile, UnknownFormat, pack, unpack
from tests.marks import histories, mark

NAMES = st.text(max_size=30)
IDS = st.text("0123456789abcdef", min_size=16, max_size=16)
MEASURES = histories.map(lambda added: told(added))


def told(added):
    tally = Tally(Measure())
    for each in added:
        tally.add(mark(*each))
    return tally.measure()[0]


@given(st.dictionaries(NAMES, MEASURES, max_size=6), st.dictionaries(IDS, MEASURES | st.just(Measure()), max_size=3))
def test_what_is_packed_can_be_unpacked(events, registered):
    assert unpack(pack(events, registered)) == (events, registered)


@given(st.dictionaries(NAMES, MEASURES, max_size=6), st.data())
def test_what_is_not_changed_is_passed_on_as_it_came(events, data):
    """Also in a measure that nobody has looked at."""
    packed = pack(events, {})
    name, other = data.draw(NAMES), data.draw(MEASURES)

    assert pack(*unpack(packed)) == packed
    changed = unpack(packed).events.changed({name: other})
    assert pack(changed, {}) == pack(events | {name: other}, {})
    assert dict(changed.only({name})) == {name: other}


@given(st.dictionaries(st.text(max_size=10), MEASURES, min_size=1, max_size=3), st.data())
def test_measures_cut_short_or_too_long_are_refused(events, data):
    packed = pack(events, {})

    with pytest.raises(UnknownFormat):
        unpack(packed[: data.draw(st.integers(1, len(packed) - 1))])
    with pytest.raises(UnknownFormat):
        unpack(packed + b"\0")


@given(MEASURES)
def test_a_measure_with_bytes_left_over_is_refused_when_it_is_looked_at(measure):
    whole = unpack(pack({"x": measure}, {})).events.packed()["x"]

    with pytest.raises(UnknownFormat):
        Measures({"x": whole + b"\0"})["x"]


DAILY = Measure(3, 5, (9_000_000_000, 40, 5), {"EUR": 1250}, {"EUR": 2}, 1, {104: Tile(2, {"EUR": 1250}), 0: Tile(1)})


@pytest.mark.parametrize("measure", [DAILY, Measure(30, -(10**13), (10**13, 7, -9)), Measure(1, 7, (7,)), Measure()])
def test_so_is_one_that_is_cut_short(measure):
    whole = unpack(pack({"x": measure}, {})).events.packed()["x"]
    assert Measures({"x": whole})["x"] == measure

    bare = 19  # bytes of what has a tail of three alone: where sums stand behind it, it is whole without them
    for end in set(range(len(whole))) - {bare}:
        with pytest.raises(UnknownFormat):
            Measures({"x": whole[:end]})["x"]


@pytest.mark.parametrize(
    "sums",
    [
        [0, [["EUR", 1, 5, b"B\5\6"]], 9, b"", b""],
        [0, [], 9, b"", b"B\1\2"],
        [0, [], 9, b"?\1", b""],
        [0, [], 9, b"", b"f\0\0\0\0"],
        [0, [], 9, b"H\1", b""],
        [0, [], 9, b""],
        [0, [], 9, b"", b"", 1],
    ],
)
def test_so_is_one_whose_days_make_no_sense(sums):
    once = unpack(pack({"x": Measure(1, 7, (7,))}, {})).events.packed()["x"]

    with pytest.raises(UnknownFormat):
        Measures({"x": once + msgspec.msgpack.encode(sums)})["x"]


def test_a_format_of_another_version_is_refused():
    with pytest.raises(UnknownFormat, match="format 9"):
        unpack(b"\x09\x00\x00")


def test_no_bytes_are_no_measures():
    assert unpack(b"") == ({}, {})


# Three views, the first at 1,000 ms and the last at 4,000; two orders of 5 and 7.50 dollars; one of 3 euros without
# another that said no amount. Made by the code that wrote format 1.
FORMAT_1 = bytes.fromhex(
    "0103"
    "054d69786564" "03d00fe80701" "0203455552d80403555344" "02"
    "0f4f7264657220436f6d706c65746564" "02d00fe80700" "0103555344c413"
    "0e50726f6475637420566965776564" "03d00fb81700" "00"
)  # fmt: skip


def test_what_was_packed_before_there_were_tails_is_read():
    events, registered = unpack(FORMAT_1)

    assert events == {
        "Product Viewed": Measure(3, 1000, (4000,)),
        "Order Completed": Measure(2, 1000, (2000, 1000), {"USD": 1250}, {"USD": 2}),
        "Mixed": Measure(3, 1000, (2000,), {"EUR": 300, "USD": 1}, {"EUR": 1, "USD": 1}, 1),
    }
    assert registered == {}
    assert unpack(pack(events, registered)) == (events, {})


@pytest.mark.parametrize("cut", range(1, len(FORMAT_1)))
def test_what_was_packed_before_is_not_read_in_part(cut):
    with pytest.raises(UnknownFormat):
        unpack(FORMAT_1[:cut])


# As much again, made by the code that wrote format 2: with tails and days, and registered measures.
FORMAT_2 = bytes.fromhex(
    "0203" "054d69786564" "12" "0301a01fe8070102a91901d804a76d010200"
    "000d" "24" "030380aaea5580dddb0185b899290002a91901d704a76d02c41302050200c41304d70400"
    "0002" "08" "0303c03ed00fe807"
    "02" "00112233445566fe" "02" "0000" "00112233445566ff" "08" "1e02904ee807991f"
)  # fmt: skip


def test_what_was_packed_as_varints_is_read_and_packed_anew():
    events, registered = unpack(FORMAT_2)

    assert events == {
        "Product Viewed": Measure(3, 1000, (4000, 2000, 1000)),
        "Order Completed": Measure(
            3,
            -5,
            (90_000_000, 86_400_000, -5),
            {"EUR": -300, "USD": 1250},
            {"EUR": 1, "USD": 2},
            0,
            {1: Tile(2, {"USD": 1250}), -1: Tile(1, {"EUR": -300})},
        ),
        "Mixed": Measure(3, 1000, (2000,), {"EUR": 300, "USD": 1}, {"EUR": 1, "USD": 1}, 1),
    }
    assert registered == {"00112233445566ff": Measure(30, 7, (5000, 4000)), "00112233445566fe": Measure()}
    assert pack(events, registered)[0] == 3
    assert unpack(pack(events, registered)) == (events, registered)


@pytest.mark.parametrize("cut", range(1, len(FORMAT_2)))
def test_nor_is_that_read_in_part(cut):
    with pytest.raises(UnknownFormat):
        unpack(FORMAT_2[:cut])


DAY = 86_400_000
NOON = 1_735_732_800_000  # 2025-01-01


def packed_bytes(measure):
    return len(unpack(pack({"": measure}, {})).events.packed()[""])


@pytest.mark.parametrize(
    ("measure", "most"),
    [
        (Measure(1, NOON, (NOON,)), 9),
        (Measure(12, NOON - 11 * DAY, tuple(NOON - n * DAY for n in range(12))), 53),
        (Measure(100_000, 0, tuple(NOON - n * 3_600_000 for n in range(24))), 113),
        (told([(NOON - 30 * n * DAY, 20_000 - 30 * n, "USD", 2933, False) for n in range(12)]), 111),
        (told([(NOON - n * DAY, 20_000 - n, "USD", 2933, False) for n in range(5_000)]), 1_341),
    ],
    ids=["once", "each day for a while", "all the time", "an order a month", "an order a day for years"],
)
def test_a_measure_takes_few_bytes(measure, most):
    assert most * 0.9 <= packed_bytes(measure) <= most


def test_what_was_known_once_is_asked_for():
    measure = told([(at, at // DAY, "USD", 100, False) for at in (NOON, NOON - DAY, NOON - DAY, NOON - 3 * DAY)])
    day = NOON // DAY

    assert [measure.nth_newest(n) for n in (1, 3, 4, 5)] == [NOON, NOON - DAY, NOON - 3 * DAY, None]
    assert measure.over(day - 1, day) == Tile(3, {"USD": 300})
    assert measure.over(day - 3, day - 3) == Tile(1, {"USD": 100})
    assert measure.over(day + 1, day + 9) == Tile()


def test_a_usual_name_takes_one_byte_and_any_other_its_text():
    assert pack({"Page Viewed": Measure()}, {}).hex() == "03928101c4010080"
    assert pack({"Tea Poured": Measure()}, {}).hex() == "039281aa54656120506f75726564c4010080"
    for place in range(23):
        (name,) = unpack(bytes([3, 0x92, 0x81, place, 0xC4, 1, 0, 0x80])).events
        assert pack({name: Measure()}, {}) == bytes([3, 0x92, 0x81, place, 0xC4, 1, 0, 0x80])


@pytest.mark.parametrize("place", [23, 0xFF])  # the second is minus one
def test_a_name_from_a_longer_list_than_ours_is_not_guessed(place):
    with pytest.raises(UnknownFormat, match="place"):
        unpack(bytes([3, 0x92, 0x81, place, 0xC4, 1, 0, 0x80]))


@pytest.mark.parametrize("packed", [pack({"Mixed": Measure()}, {}), FORMAT_1, FORMAT_2], ids=[3, 1, 2])
def test_a_name_that_is_no_text_is_refused(packed):
    with pytest.raises(UnknownFormat, match="utf-8"):
        unpack(packed.replace(b"Mixed", b"\xffixed"))
