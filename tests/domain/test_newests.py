"""What the newest said is a function of what is left: of neither the order it came in, nor of what was taken back."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shopkeeper.customer.measures import Measure, Tally, pack, unpack
from shopkeeper.customer.measures.measure import Newest
from shopkeeper.customer.measures.registered import LONGEST_TEXT, MOST_VALUES, Registered
from shopkeeper.customer.measures.tally import Mark

# Of few instants, so that some are of one.
marks = st.builds(
    lambda at, by, value: Mark(at, newest=Newest(by, value)),
    st.integers(0, 3),
    st.sampled_from("abcdef"),
    st.sampled_from([(), ("x",), (1, True)]),
)
some = st.lists(marks, max_size=8, unique_by=lambda each: (each.at, each.newest.by))


def newest(told):
    if not told:
        return None
    return max(told, key=lambda each: (each.at, *each.newest.rank)).newest


def changed(before, added=(), removed=()):
    tallied = Tally(before)
    for each in added:
        tallied.add(each)
    for each in removed:
        tallied.remove(each)
    return tallied.measure()


def parted(told, data):
    place = data.draw(st.integers(0, len(told)))
    return told[:place], told[place:]


@given(some, st.data())
def test_the_newest_of_all_stands_whatever_came_first(told, data):
    first, second = parted(told, data)
    both = changed(changed(Measure(), first)[0], second)[0]

    assert both.newest == newest(first + second)
    assert changed(Measure(), second + first)[0].newest == both.newest


@given(some, st.data())
def test_of_two_customers_it_is_the_newer_one(told, data):
    first, second = parted(told, data)
    assert (changed(Measure(), first)[0] + changed(Measure(), second)[0]).newest == newest(first + second)


@given(some, st.data())
def test_what_is_taken_back_leaves_the_one_before_or_says_that_rows_must_tell(told, data):
    first, second = parted(told, data)
    gone = data.draw(st.lists(st.sampled_from(first + second), unique_by=id) if first + second else st.just([]))
    left = [each for each in first + second if not any(each is other for other in gone)]

    measure, is_lossy = changed(changed(Measure(), first)[0], second, gone)

    assert is_lossy or measure.newest == newest(left)
    assert not is_lossy or gone


def test_an_order_that_says_something_else_now_is_still_the_newest():
    kept, _ = changed(Measure(), [told(1, "a"), told(2, "b")])

    assert changed(kept, [Mark(2, newest=Newest("b", (5,)))], [told(2, "b")]) == (
        replace(kept, newest=Newest("b", (5,))),
        False,
    )


def test_where_nobody_knows_it_any_more_only_what_is_newer_is_the_newest():
    kept, is_lossy = changed(changed(Measure(), [told(1, "a"), told(2, "b")])[0], removed=[told(2, "b")])
    assert (kept.newest, is_lossy, kept.tail) == (None, True, (1,))

    assert changed(kept, [told(0, "c")])[0].newest is None
    assert changed(kept, [told(1, "c")])[0].newest is None
    assert changed(kept, [told(3, "c")])[0].newest == Newest("c", ("c",))
    unknown = kept + changed(Measure(), [told(1, "z")])[0]
    assert unknown.newest is None


def test_of_one_instant_nobody_knows_who_was_second():
    kept, _ = changed(Measure(), [told(1, "b"), told(1, "c")])

    assert changed(kept, [told(1, "a")], [told(1, "c")])[1]
    assert not changed(kept, [told(1, "d")], [told(1, "c")])[1]


def test_of_one_instant_the_one_counts_whose_id_ends_highest():
    asked = Registered(event="Looked", last="price")
    keys = [("user:jo", name) for name in ("z" * 20 + "a" * 12, "m1", "m12", "m2")]

    assert sorted(keys, key=lambda key: asked.newest({}, key).rank) == keys
    assert len({asked.newest({}, (subject, "m1")).by for subject in ("user:jo", "user:al")}) == 2


def told(at, by):
    return Mark(at, newest=Newest(by, (by,)))


@given(some)
def test_it_is_packed_with_its_measure(first):
    measure, _ = changed(Measure(), first)

    assert dict(unpack(pack({}, {"00" * 8: measure})).registered) == {"00" * 8: measure}


def test_what_is_long_is_kept_in_part_and_what_is_no_value_is_none():
    asked = Registered(event="Looked", last="a.b")

    def values(said):
        return asked.newest(said, ("user:jo", "m1")).values

    assert values({"a": {"b": "x" * 500}}) == ("x" * LONGEST_TEXT,)
    assert values({"a": [{"b": n} for n in range(50)]}) == tuple(range(MOST_VALUES))
    assert values({"a": {"b": {"c": "secret"}}}) == ({},)
    assert values({"a": {"b": 10**30}}) == (1e30,)
    assert values({"a": {"b": [None, " ", True]}}) == (True,)
    assert values({"a": 1}) == ()
