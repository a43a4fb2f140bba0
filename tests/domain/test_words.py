"""The latest word on each thing holds, and the newest few things, in whatever order the words arrive."""

from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer import words
from shopkeeper.customer.words import MOST_PER_FAMILY, Word

FAMILY = "tickets"
TOLD = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4), st.sampled_from("ab"), st.integers(0, 1)), max_size=20)


def told(*said):
    families = {}
    for name, at, by, value in said:
        words.tell(families, FAMILY, str(name), Word(at, by, value))
    return families


def test_an_earlier_word_changes_nothing():
    assert told(("7", 5, "b", "closed"), ("7", 4, "c", "open")) == {FAMILY: {"7": Word(5, "b", "closed")}}


@given(TOLD, st.randoms())
def test_words_may_arrive_in_any_order_and_twice(said, random):
    shuffled = said + said[:3]
    random.shuffle(shuffled)
    assert told(*shuffled) == told(*said)


@given(TOLD, TOLD)
def test_the_union_of_two_is_what_one_would_hold_who_was_told_all(one, other):
    assert words.union(told(*one), told(*other)) == told(*one, *other)


@given(st.permutations([(n, n // 2, "a", 0) for n in range(MOST_PER_FAMILY + 4)]))
def test_the_newest_few_things_are_kept_whatever_came_first(said):
    kept = {str(n) for n in range(4, MOST_PER_FAMILY + 4)}
    assert told(*said)[FAMILY].keys() == kept


def test_telling_leaves_the_words_that_were_there_as_they_are():
    before = told(("7", 5, "b", "open"))
    families = dict(before)
    words.tell(families, FAMILY, "7", Word(6, "b", "closed"))
    assert before == told(("7", 5, "b", "open"))
