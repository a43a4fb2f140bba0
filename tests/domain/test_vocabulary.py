"""Which known name was meant by one that is not known."""

import pytest

from shopkeeper.customer import given_outcomes, vocabulary
from shopkeeper.customer.collect import trust


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("order_completed", "Order Completed"),
        ("OrderCompleted", "Order Completed"),
        ("ORDER COMPLETED", "Order Completed"),
        ("Order Complete", "Order Completed"),
        ("Order Compelted", "Order Completed"),
        ("Prodcut Viewed", "Product Viewed"),
        ("ticket opened", "Ticket Opened"),
        ("Signed Up", ""),
        ("Quiz Finished", ""),
        ("", ""),
        ("🙂", ""),
    ],
)
def test_a_name_like_a_known_one_was_probably_meant_to_be_it(said, meant):
    assert vocabulary.meant(said) == meant


def test_a_known_name_was_meant_as_it_is():
    assert {vocabulary.meant(name) for name in vocabulary.NAMES} == {""}
    assert {"Order Completed", "Ticket Opened", "Email Opened"} <= vocabulary.NAMES


def test_what_we_say_ourselves_is_known():
    assert {given_outcomes.RECORDED, *trust.EVENTS, *trust.OWN_EVENTS} <= vocabulary.NAMES
