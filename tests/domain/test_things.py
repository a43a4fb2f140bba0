"""What is said of a thing stands field by field, within bounds, and older documents are read the same way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer import document, things, words
from shopkeeper.customer.document import Document
from shopkeeper.customer.words import MOST_PER_FAMILY, Word

TOLD = st.lists(
    st.tuples(
        st.integers(0, MOST_PER_FAMILY + 4),
        st.integers(0, 40),
        st.dictionaries(st.sampled_from("ab"), st.integers(0, 2)),
    ),
    max_size=60,
)


def told(history):
    families = {}
    for n, (name, at, fields) in history:
        for each in things.say(things.CONCERNS, str(name), fields):
            words.tell(families, each.family, each.name, Word(at, f"m{n}", each.value))
    return families


@given(TOLD, st.randoms())
def test_what_is_kept_does_not_depend_on_the_order_even_where_old_things_fall_out_and_come_back(history, random):
    numbered = list(enumerate(history))
    shuffled = random.sample(numbered, len(numbered))
    assert told(shuffled) == told(numbered)
    assert words.union(told(numbered[:20]), told(numbered[20:])) == told(numbered)


def test_a_document_that_kept_one_word_on_all_fields_is_read_as_words_on_each():
    old = {"concerns": {"noise": Word(5, "m", {"horizon": "2027", "due": "May"}), "dust": Word(6, "n", {})}}
    read = document.from_json(document.to_json(Document(words=old))).words
    assert things.fields(read, things.CONCERNS, "noise") == {"due": "May", "horizon": "2027"}
    assert read["concerns"] == {"noise": Word(5, "m", ""), "dust": Word(6, "n", "")}
    assert things.spread(read) == read


@pytest.mark.parametrize(
    ("told_as", "kept"),
    [
        ({"size": 28, "colour": " red ", "bell": True, "bag": None}, {"bell": True, "colour": "red", "size": 28}),
        ({"extras": ["bell", "bag"]}, {"extras": '["bell", "bag"]'}),
        (["red", 28, {"bell": 1}], ["red", "28", '{"bell": 1}']),
        ("red", ["red"]),
        (7, []),
    ],
)
def test_options_are_kept_as_they_were_told(told_as, kept):
    assert things.options(told_as) == kept


def test_options_are_bounded():
    few, many = things.options({"x" * 300: "y" * 300}), things.options({f"{n:03}" * 30: "ä" * 300 for n in range(50)})
    assert few == {"x" * 100: "y" * 100}
    assert 1 < len(many) < things.MOST_OPTIONS
    assert len(words.canonical(many)) <= things.MOST_OPTION_BYTES + 2
    assert len(things.options(["x"] * 50)) == things.MOST_OPTIONS
