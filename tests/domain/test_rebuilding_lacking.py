"""A customer is mended from rows only where they tell all that is kept: rows expire, and measures do not count all."""

import pytest

from shopkeeper.customer import words
from shopkeeper.customer.access import Arrival
from shopkeeper.customer.consents import Consent
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.lists import Stay
from shopkeeper.customer.rebuilding import lacking
from shopkeeper.customer.words import Word


def kept(at, value="Ulm"):
    return {
        "traits.city": {"traits": {"city": value}, "told": {"city": (at, "m")}},
        "consents.news": {"consents": {"news": Consent(is_="in", at=at, source="api", basis=value)}},
        "lists.vip": {"lists": {"vip": Stay(at, is_on=True)}},
        "words.tickets.7": {"words": {"tickets": {"7": Word(at, "m", value)}}},
        "last_arrival": {"first_arrival": Arrival(1, "m", "direct"), "last_arrival": Arrival(at, "m", value)},
    }


def customer(**parts):
    return Customer("c", 1, Document(**parts))


@pytest.mark.parametrize("name", kept(5))
def test_what_the_rows_do_not_tell_or_told_earlier_is_lacking(name):
    parts = kept(5)[name]

    assert lacking(customer(**parts), customer()).endswith(name.replace("last_", "first_"))
    assert lacking(customer(**parts), customer(**kept(4)[name])) == name


@pytest.mark.parametrize("name", kept(5))
def test_what_the_rows_tell_otherwise_or_later_is_not_lacking(name):
    parts = kept(5)[name]

    assert not lacking(customer(**parts), customer(**kept(6)[name]))
    for one, other in (("Ulm", "Bonn"), ("Bonn", "Ulm")):
        assert not lacking(customer(**kept(5, one)[name]), customer(**kept(5, other)[name]))


def test_a_first_visit_that_no_row_tells_is_lacking():
    early, late = Arrival(1, "a", "direct"), Arrival(9, "z", "direct")

    found = lacking(customer(first_arrival=early, last_arrival=late), customer(first_arrival=late, last_arrival=late))

    assert found == "first_arrival"


def test_a_word_that_newer_ones_leave_no_room_for_is_not_lacking():
    newer = {str(n): Word(100 + n, "m", 1) for n in range(words.MOST_PER_FAMILY)}

    assert not lacking(customer(words={"tickets": {"old": Word(1, "m", 1)}}), customer(words={"tickets": newer}))
