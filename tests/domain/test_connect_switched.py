"""Whatever order the messages of some runs come in, late and twice: what is on in the end is what the runs left on."""

from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.connect import switched
from shopkeeper.connect.switched import MOST_ENDED, Holder, Switched


def nothing():
    return Switched(kind="slot", customer_id="jo")


@st.composite
def lives(draw):
    """Of each run the visits at which it switched `mat` on, of which all but the last one are over; and whether that
    is. Messages of all that, shuffled, some twice."""
    said, stays = [], {}
    for run in draw(st.sets(st.sampled_from("abc"))):
        visits = sorted(draw(st.sets(st.integers(1, 9), min_size=1, max_size=4)))
        is_over = draw(st.booleans())
        said += [("on", run, visit) for visit in visits]
        said += [("off", run, visit) for visit in (visits if is_over else visits[:-1])]
        stays |= {} if is_over else {run: visits[-1]}
    twice = draw(st.lists(st.sampled_from(said), max_size=4)) if said else []
    return draw(st.permutations(said + twice)), stays


@given(lives())
def test_what_is_on_in_the_end_does_not_depend_on_the_order(life):
    said, stays = life
    state = nothing()
    for what, run, visit in said:
        state = state.on("mat", Holder(run, visit)) if what == "on" else state.off("mat", run, visit)

    assert {each.run: each.visit for each in state.switch("mat").holders} == stays
    assert switched.from_json(switched.to_json(state)) == state


def test_the_newest_holder_is_shown_and_behind_it_the_one_before():
    state = nothing().on("mat", Holder("a", 1, "cart")).on("mat", Holder("b", 1, "sale"))
    assert [each.content for each in state.switch("mat").holders] == ["cart", "sale"]

    state = state.off("mat", "b", 1)
    assert [each.content for each in state.switch("mat").holders] == ["cart"]
    assert state.switch("other").holders == ()


def test_what_is_over_is_remembered_for_a_while():
    state = nothing()
    for run in range(3 * MOST_ENDED):
        state = state.off("mat", str(run), 1)

    assert len(state.switch("mat").ended) == MOST_ENDED
    assert len(switched.to_json(state)) < 1024
