"""The tests bite: each of these small wrongs at the door is caught by the test that stands beside it."""

import pytest

from shopkeeper.customer import live, origins, write_keys
from shopkeeper.customer.collect import calls, contexts, door, pinpoint, trust
from tests.domain import test_collect_calls as call_tests
from tests.domain import test_collect_door as door_tests
from tests.domain import test_collect_pinpoint as pinpoint_tests
from tests.domain import test_collect_trust as trust_tests
from tests.domain import test_live as live_tests
from tests.domain import test_origins as origin_tests
from tests.mutants import put_into

ENDPOINT_OF_NOBODY = ({"User": {"UserId": "\ud800"}}, "not_unicode: User.UserId", 0)


def covered(*case):
    return lambda: origin_tests.test_an_allowed_origin_covers_itself_or_the_names_below_it(*case)


def given(case, *values):
    return lambda: case(*values)


MUTANTS = {
    "any hash will do": (
        trust,
        "return any(hmac",
        "return True or any(hmac",
        trust_tests.test_the_hash_of_one_user_is_worth_nothing_to_another,
    ),
    "a page needs no hash": (
        calls,
        'raise Flaw("needs_user_hash", "userId")',
        "return False",
        given(trust_tests.test_a_page_alone_cannot_speak_for_a_user, "track"),
    ),
    "who is signed in may give roles": (
        trust,
        'TRAITS = ("role", "roles", "suppressed")',
        'TRAITS = ("suppressed",)',
        given(trust_tests.test_what_decides_about_people_takes_the_secret_key, "role", "identify"),
    ),
    "a visitor may say an address": (
        trust,
        'if kind == "identify" and not signed_in:',
        'if kind == "identify" and signed_in is None:',
        given(trust_tests.test_what_is_theirs_to_say_takes_the_hash, "email"),
    ),
    "who is signed in is trusted": (
        calls,
        "trusted=trusted,\n        ids=",
        "trusted=trusted or signed_in,\n        ids=",
        trust_tests.test_an_address_said_on_a_page_identifies_nobody_and_an_order_counts_for_nobody,
    ),
    "a proof is kept": (
        contexts,
        'frozenset({"ip", "userAgent", "userAgentData", USER_HASH})',
        'frozenset({"ip", "userAgent", "userAgentData"})',
        trust_tests.test_a_hash_may_stand_in_the_context_of_the_call_or_of_the_batch_and_is_not_kept,
    ),
    "anybody can say that something was proven": (
        contexts,
        'OURS = frozenset({"clock", "proof"})',
        'OURS = frozenset({"clock"})',
        trust_tests.test_only_we_can_say_that_something_was_proven,
    ),
    "an alias needs no user": (
        calls,
        'stated["user"] if kind == "alias" else any',
        'stated["user"] if kind == "" else any',
        call_tests.test_an_alias_makes_the_visitor_before_it_known_as_the_user,
    ),
    "a strict key is not": (
        calls,
        'if kind == "track" and not visit.key.may_track(name):',
        'if kind == "" and not visit.key.may_track(name):',
        call_tests.test_a_key_may_be_held_to_the_events_that_are_listed,
    ),
    "what the queue refused is called accepted": (
        door,
        "_not_taken(each) if place in places",
        "each if place in places",
        door_tests.test_what_the_queue_did_not_take_is_refused_by_name_and_the_rest_stays_accepted,
    ),
    "the place of a refused item is that among all": (
        door,
        "places = {accepted[index] for index in lost}",
        "places = set(lost)",
        door_tests.test_what_the_queue_did_not_take_is_refused_by_name_and_the_rest_stays_accepted,
    ),
    "any scheme will do": (
        origins,
        "origin.startswith(scheme) and ",
        "",
        covered("https://*.shop.example", "http://www.shop.example", False),
    ),
    "a name that ends alike will do": (
        origins,
        'origin.endswith(f".{rest}")',
        "origin.endswith(rest)",
        covered("https://*.shop.example", "https://evilshop.example", False),
    ),
    "an event id is enough": (
        pinpoint,
        'map(str, (*place, event.get("EventType"), when or visit.request_id))',
        "map(str, place)",
        pinpoint_tests.test_the_same_event_sent_again_is_the_same_and_an_event_id_may_come_again,
    ),
    "an app speaks for its user": (
        pinpoint,
        "_user_of(entry) if visit.key.secret else None",
        "_user_of(entry)",
        pinpoint_tests.test_an_app_speaks_for_its_endpoint_and_for_no_user,
    ),
    "what hides whose an event is goes by": (
        pinpoint,
        "    strict_json.check(said)\n    return said",
        "    return said",
        given(
            pinpoint_tests.test_a_flawed_endpoint_costs_its_events_nothing_unless_it_hides_whose_they_are,
            *ENDPOINT_OF_NOBODY,
        ),
    ),
    "a repeated item has landed": (
        live,
        "if row.received_at != call.at:",
        "if row.received_at is call.at:",
        given(
            live_tests.test_an_item_is_said_to_be_where_its_row_says,
            {"customer_id": "c1", "told": {"received_at": "2026-11-20T09:30:00.000Z"}},
            "repeated",
        ),
    ),
    "a burst has no end": (
        live,
        "self._free_at = free_at + self._every",
        "self._free_at = free_at",
        live_tests.test_a_pace_lets_a_burst_through_and_then_one_at_a_time,
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_is_noticed(name):
    module, right, wrong, check = MUTANTS[name]
    check()
    with put_into(module, right, wrong), pytest.raises((AssertionError, UnicodeEncodeError, pytest.fail.Exception)):
        check()


def test_a_third_key_of_a_line_is_noticed():
    keys = [write_keys.describe(write_keys.mint("secret", "dev"), name="x", created_at=call_tests.NOW) for _ in "ab"]
    with pytest.raises(write_keys.NotRotated):
        write_keys.rotated(keys[0], write_keys.mint("secret", "dev"), keys[1:], call_tests.NOW)
