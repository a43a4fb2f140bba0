import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer.measures import Measure, UnknownFormat, pack, unpack

MS = st.integers(-(10**14), 10**14)
TOTALS = st.dictionaries(st.sampled_from(["USD", "EUR", "JPY"]), st.integers(-(10**18), 10**18))
MEASURES = st.builds(
    lambda count, first, length, totals, unpriced: Measure(count, first, first + length, totals, unpriced),
    st.integers(1, 10**9),
    MS,
    st.integers(0, 10**13),
    TOTALS,
    st.integers(0, 10**6),
)


@given(st.dictionaries(st.text(max_size=30), MEASURES, max_size=8))
def test_what_is_packed_can_be_unpacked(measures):
    assert unpack(pack(measures)) == measures


@given(st.dictionaries(st.text(max_size=10), MEASURES, min_size=1, max_size=3), st.data())
def test_measures_cut_short_or_too_long_are_refused(measures, data):
    packed = pack(measures)

    with pytest.raises(UnknownFormat):
        unpack(packed[: data.draw(st.integers(1, len(packed) - 1))])
    with pytest.raises(UnknownFormat):
        unpack(packed + b"\0")


def test_a_format_of_another_version_is_refused():
    with pytest.raises(UnknownFormat, match="format 9"):
        unpack(b"\x09\x00")


def test_no_bytes_are_no_measures():
    assert unpack(b"") == {}


@given(MEASURES, MEASURES, MEASURES)
def test_adding_is_commutative_and_associative(one, two, three):
    assert one + two == two + one
    assert (one + two) + three == one + (two + three)


def test_the_orders_of_a_year_take_few_bytes():
    """Fourteen of them are the name of the event."""
    orders = {"Order Completed": Measure(12, 1735689600000, 1764547200000, {"USD": 123456})}

    assert len(pack(orders)) <= 45
