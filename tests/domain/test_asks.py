"""What a customer asks about: counted under its mark, half as much after thirty days, in whatever order it comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer import asks
from shopkeeper.customer.document import Document
from shopkeeper.customer.fold import Candidate, Folding
from shopkeeper.customer.instants import to_ms
from tests.interactions import said

NOW = to_ms("2026-04-30T12:00:00.000Z")


def day(number):
    """Of April; the last one is 30."""
    return f"2026-04-{number:02}T12:00:00.000Z"


def told(*history):
    folding = Folding(Document(), {})
    for each in history:
        folding.add(Candidate(each))
    return folding.document(0)


def asked(about, at=30, name="Ticket Opened", message_id="m", **more):
    return said("user:jo", message_id, name=name, at=day(at), properties={"about": about}, **more)


def weights(*history):
    return [(each["about"], each["weight"], each["times"]) for each in asks.asks_about(told(*history), NOW)]


def test_nobody_asks_about_nothing():
    assert weights(said("user:jo", "m")) == []


def test_what_was_asked_half_a_life_ago_counts_half():
    old = said("user:jo", "m0", name="Note Added", at="2026-03-31T12:00:00.000Z", properties={"about": "price"})
    assert weights(old, asked("price", 30), asked("size", 15, message_id="m2")) == [
        ("price", 1.5, 2),
        ("size", 0.71, 1),
    ]


def test_each_interaction_counts_by_itself_and_says_when_it_was_last():
    document = told(
        *(asked("price", n, message_id=f"m{n}") for n in (28, 29, 30)), asked("price", 30, message_id="m31")
    )
    (seen,) = asks.asks_about(document, to_ms(day(30)))
    assert (seen["about"], seen["times"], seen["at"]) == ("price", 4, day(30))


def test_what_is_all_but_forgotten_is_left_out():
    old = said("user:jo", "m", name="Ticket Opened", at="2025-09-01T12:00:00.000Z", properties={"about": "price"})
    assert weights(old) == []


@pytest.mark.parametrize(
    ("about", "marks"),
    [
        ("About: Price ", ["price"]),
        (17, ["17"]),
        (["price", "SIZE", "price"], ["price", "size"]),
        (["a", "b", "c", "d", "e", "f"], ["a", "b", "c", "d", "e"]),
        ("two\twords", ["two words"]),
        ("about:", []),
        (" ", []),
        (None, []),
        (True, []),
        ({"price": 1}, []),
        ("x" * 101, []),
    ],
)
def test_marks_are_read_in_their_one_form(about, marks):
    assert [each.name.rpartition("\t")[0] for each in asks.stated(asked(about))] == marks


@pytest.mark.parametrize(
    ("more", "family"),
    [
        ({"name": "Feedback Given"}, "asked"),
        ({"name": "Call Logged"}, "asked"),
        ({"name": "Product Viewed"}, "looked"),
        ({"name": "", "type": "page"}, "looked"),
        ({"name": "", "type": "screen"}, "looked"),
        ({"name": "", "type": "page", "context": {"device_class": "machine"}}, None),
        ({"name": "", "type": "identify"}, None),
    ],
)
def test_questions_are_kept_apart_from_looks_and_machines_ask_nothing(more, family):
    assert {each.family for each in asks.stated(asked("price", **more))} == ({family} if family else set())


def test_a_concern_is_about_its_topic():
    noted = said("user:jo", "m", name="Concern Noted", properties={"topic": "Noise"})
    assert [each.name.rpartition("\t")[0] for each in asks.stated(noted)] == ["noise"]


@st.composite
def histories(draw):
    names = st.sampled_from(["Ticket Opened", "Product Viewed"])
    marks = st.lists(st.sampled_from(["price", "size", "care"]), max_size=2)
    days = st.integers(1, 30)
    return [asked(draw(marks), draw(days), draw(names), f"m{n}") for n in range(draw(st.integers(0, 40)))]


def by_hand(history):
    """The newest twenty marks of each kind; of those that share the twentieth instant, some."""
    found = []
    for looks in (True, False):
        kind = [each for each in history if (each.name == "Product Viewed") == looks]
        marks = [(each.at, mark) for each in kind for mark in dict.fromkeys(each.properties["about"])]
        found += sorted(marks, reverse=True)[:20]
    return found


@given(histories(), st.integers(0, 40), st.randoms())
def test_what_is_kept_depends_on_what_was_said_and_not_on_when_it_came_or_to_whom(history, cut, random):
    shuffled = list(history)
    random.shuffle(shuffled)
    joined = Folding(told(*shuffled[:cut]), {})
    joined.absorb(told(*shuffled[cut:]), {})
    assert told(*shuffled).words == told(*history).words == joined.document(0).words


@given(histories())
def test_the_weights_are_those_worked_out_by_hand(history):
    kept, expected = told(*history), {}
    for at, _ in by_hand(history):
        age = (NOW - to_ms(at)) / 86_400_000
        expected[at] = expected.get(at, 0) + 2 ** (-age / 30)
    seen = asks.asks_about(kept, NOW)
    assert sum(each["times"] for each in seen) == len(by_hand(history))
    assert sum(each["weight"] for each in seen) == pytest.approx(sum(expected.values()), abs=0.02)
    assert [each["weight"] for each in seen] == sorted((each["weight"] for each in seen), reverse=True)
