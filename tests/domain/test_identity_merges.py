"""When two customers turn out to be one person, and when a device merely changes hands."""

import pytest

from shopkeeper import clock, ids
from shopkeeper.customer import identity
from shopkeeper.customer.identity import Known, Move
from tests.domain.test_identity import START, Names


@pytest.fixture
def names():
    return Names()


def test_a_visitor_who_signs_in_brings_their_visits_along(names):
    names.state(user="jo")
    visited = names.state(anon="phone")
    names.state(user="jo", anon="phone")

    assert names.merges == [("anon:phone", "user:jo")]
    assert names.customer("anon:phone", visited) == names.customer("anon:phone") == ids.customer_id("user:jo")
    assert len(names.known["anon:phone"].moves) == 1


def test_somebody_known_by_address_alone_who_turns_out_to_be_a_user_is_that_user_from_the_beginning(names):
    names.state(user="jo")
    wrote = names.state(email="jo@example.com")
    names.state(user="jo", email="jo@example.com")

    assert names.merges == [("email:jo@example.com", "user:jo")]
    assert names.customer("email:jo@example.com", wrote) == ids.customer_id("user:jo")


def test_a_visitor_who_gives_the_address_of_a_user_is_that_user(names):
    names.state(user="jo", email="jo@example.com")
    names.state(anon="phone")
    names.state(anon="phone", email="jo@example.com", subject="anon:phone")

    assert names.merges == [("anon:phone", "user:jo")]


def test_of_two_pasts_a_new_user_joins_the_one_and_the_other_is_merged(names):
    names.state(anon="phone")
    names.state(email="jo@example.com")
    names.state(user="jo", anon="phone", email="jo@example.com")

    assert names.merges == [("anon:phone", "email:jo@example.com")]
    assert names.customer("user:jo") == names.customer("anon:phone") == ids.customer_id("email:jo@example.com")


def test_two_visitors_without_a_user_are_not_merged(names):
    names.state(email="jo@example.com")
    names.state(anon="phone")
    names.state(anon="phone", email="jo@example.com", subject="anon:phone")

    assert names.merges == []
    assert names.customer("anon:phone") == ids.customer_id("email:jo@example.com")


def test_a_device_that_two_users_share_goes_to_and_fro_and_neither_is_merged(names):
    names.state(user="jo")
    names.state(anon="phone")
    names.state(user="jo", anon="phone")
    hers = names.state(user="al", anon="phone")
    his = names.state(user="jo", anon="phone")

    assert names.merges == [("anon:phone", "user:jo")]
    assert names.customer("anon:phone", clock.to_text(clock.from_text(his))) == ids.customer_id("user:al")
    assert names.customer("anon:phone", hers) == names.customer("anon:phone") == ids.customer_id("user:jo")
    assert names.customer("user:al") != names.customer("user:jo")


def test_nobody_else_can_join_who_has_gone(names):
    """Neither as a new user, who would be a second one there, nor by a merge."""
    names.state(anon="phone")
    names.state(user="jo")
    names.state(user="jo", anon="phone")

    names.state(user="new", anon="phone")
    names.state(user="al")
    names.state(user="al", anon="phone")

    assert names.customer("user:new") == ids.customer_id("user:new")
    assert len(names.merges) == 1


def test_a_user_who_joins_where_somebody_went_is_the_user_there(names):
    """By hand, two without a user were merged; then one signs up on the device of the one gone."""
    names.state(anon="phone")
    names.state(email="jo@example.com")
    names.known["anon:phone"] = names.merged(identity.Merge("anon:phone", "email:jo@example.com", "")).after

    names.state(user="jo", anon="phone")
    names.state(user="al", email="jo@example.com")

    assert names.known["email:jo@example.com"].user == "user:jo"
    assert names.customer("user:jo") == names.customer("email:jo@example.com")
    assert names.customer("user:al") == ids.customer_id("user:al")


def test_those_who_are_not_to_be_merged_stay_two_and_the_device_follows(names):
    names.state(user="jo")
    visited = names.state(anon="phone")
    names.apart = {"anon:phone": ""}
    names.state(user="jo", anon="phone")

    assert names.merges == []
    assert names.customer("anon:phone", visited) == ids.customer_id("anon:phone")
    assert names.customer("anon:phone") == ids.customer_id("user:jo")


def test_what_was_said_before_somebody_parted_two_links_them_no_more(names):
    names.state(user="jo")
    names.state(anon="phone")
    names.apart = {"anon:phone": clock.to_text(names.now.replace(minute=30))}
    names.state(user="jo", anon="phone")

    assert names.customer("anon:phone") == ids.customer_id("anon:phone")


def test_an_older_cause_merges_nothing(names):
    """The device has been somebody else's since."""
    early = clock.to_text(START)
    names.state(user="jo")
    names.state(anon="phone")
    names.state(email="al@example.com")
    names.state(anon="phone", email="al@example.com", subject="anon:phone")

    names.state(user="jo", anon="phone", received_at=early)

    assert names.merges == []


def test_it_must_be_read_who_founded_the_customers_of_those_stated_and_where_they_went():
    home, there = Move("", "c1", "", "anon:phone"), Move("", "c2", "", "user:jo")
    known = {"anon:tablet": Known((home,)), "user:al": Known((there,), into="email:al@example.com")}

    assert identity.founders(known, ["anon:tablet"]) == {"anon:phone", "email:al@example.com"}
    assert identity.founders(known, ["user:al"]) == {"user:jo", "email:al@example.com"}
