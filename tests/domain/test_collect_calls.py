from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shopkeeper.customer import write_keys
from shopkeeper.customer.collect import calls
from shopkeeper.customer.collect.calls import Inherited, Visit
from shopkeeper.customer.collect.strict_json import Flaw

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
NOW_TEXT = "2026-11-21T09:30:00.000Z"
SECRET = Visit(write_keys.WriteKey("5e" * 32, "secret", "shop", NOW), "request-1", NOW)
WEB = replace(SECRET, key=write_keys.WriteKey("9b" * 32, "publishable", "web", NOW))
TRACK = {"type": "track", "userId": "42", "event": "Tea Poured", "messageId": "m-1"}
ANON = {"type": "track", "anonymousId": "f00", "event": "Tea Poured", "messageId": "m-1"}


def read(call, visit=SECRET, inherited=Inherited(), index=0):  # noqa: B008
    return calls.interaction(call, index, inherited, visit)


def flaw_of(call, visit=SECRET):
    with pytest.raises(Flaw) as caught:
        read(call, visit)
    return caught.value.code, caught.value.field


def test_a_track_call_becomes_an_interaction():
    kept = read(TRACK | {"properties": {"total": 12.5}, "timestamp": "2026-11-20T08:00:00Z", "anonymousId": "f00"})
    assert kept.key == ("user:42", "m-1")
    assert (kept.type, kept.name, kept.source, kept.trusted) == ("track", "Tea Poured", "collect", True)
    assert (kept.at, kept.received_at) == ("2026-11-20T08:00:00.000Z", NOW_TEXT)
    assert kept.ids == {"user": "42", "anon": "f00"}
    assert kept.properties == {"total": 12.5}
    assert kept.origin == "key:5e5e5e5e5e5e"


def test_without_a_user_the_anonymous_id_is_the_subject():
    assert read(ANON).subject == "anon:f00"
    assert read(ANON | {"userId": None}).subject == "anon:f00"
    assert read(ANON | {"userId": ""}).ids == {"anon": "f00"}


def test_numbers_as_ids_become_text():
    kept = read(TRACK | {"userId": 42, "messageId": 7})
    assert kept.key == ("user:42", "7")


def test_a_missing_message_id_is_derived_from_key_request_and_place():
    nameless = {name: value for name, value in TRACK.items() if name != "messageId"}
    first = read(nameless, index=0).message_id
    assert first == read(nameless | {"messageId": None}, index=0).message_id
    others = [
        read(nameless, index=1),
        read(nameless, replace(SECRET, request_id="request-2")),
        read(ANON | {"messageId": ""}, WEB),
    ]
    assert len({first, *(other.message_id for other in others)}) == 4


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"userId": None}, "missing", "userId"),
        ({"userId": "undefined"}, "not_an_id", "userId"),
        ({"anonymousId": "null"}, "not_an_id", "anonymousId"),
        ({"userId": {"id": 1}}, "wrong_type", "userId"),
        ({"userId": "x" * 508}, "too_long", "userId"),
        ({"messageId": "m" * 256}, "too_long", "messageId"),
        ({"messageId": ["m"]}, "wrong_type", "messageId"),
        ({"type": None}, "missing", "type"),
        ({"type": "purchase"}, "unknown_type", "type"),
        ({"type": []}, "unknown_type", "type"),
        ({"event": None}, "missing", "event"),
        ({"event": " "}, "missing", "event"),
        ({"event": 7}, "wrong_type", "event"),
        ({"event": "$pageview"}, "reserved_name", "event"),
        ({"event": "sys_check"}, "reserved_name", "event"),
        ({"event": "e" * 256}, "too_long", "event"),
        ({"properties": "none"}, "not_an_object", "properties"),
        ({"traits": [1]}, "not_an_object", "traits"),
        ({"context": 1}, "not_an_object", "context"),
        ({"properties": {"$set": 1}}, "reserved_name", "properties.$set"),
        ({"timestamp": "soon"}, "not_an_instant", "timestamp"),
        ({"originalTimestamp": 5}, "not_an_instant", "originalTimestamp"),
        ({"type": "group"}, "missing", "groupId"),
        ({"type": "alias"}, "missing", "previousId"),
        ({"type": "alias", "previousId": "guest"}, "not_an_id", "previousId"),
        ({"type": "identify", "traits": {"email": 5}}, "wrong_type", "traits.email"),
    ],
)
def test_what_is_missing_or_wrong_is_named(change, code, field):
    assert flaw_of(TRACK | change) == (code, field)


def test_the_longest_subject_and_message_id_are_kept():
    kept = read(TRACK | {"userId": "x" * 507, "messageId": "m" * 255})
    assert (len(kept.subject), len(kept.message_id)) == (512, 255)


@pytest.mark.parametrize("name", ["properties", "traits", "context", "integrations"])
def test_nothing_and_the_empty_list_of_php_are_empty_objects(name):
    assert read(TRACK | {name: None}) == read(TRACK | {name: []}) == read(TRACK)


def test_each_kind_of_call_keeps_what_is_its_own():
    assert read(TRACK | {"type": "page", "name": "Home", "category": "Shop"}).properties == {"category": "Shop"}
    assert read(TRACK | {"type": "page", "name": "Home"}).name == "Home"
    assert read(TRACK | {"type": "screen", "properties": {"name": "Basket"}}).name == "Basket"
    assert read(TRACK | {"type": "group", "groupId": 7, "traits": {"plan": "a"}}).properties == {"groupId": "7"}
    assert read(TRACK | {"type": "identify"}).name == ""


def test_an_alias_makes_the_visitor_before_it_known_as_the_user():
    kept = read(TRACK | {"type": "alias", "previousId": "f00", "anonymousId": "another"})
    assert (kept.subject, kept.ids, kept.properties) == (
        "user:42",
        {"user": "42", "anon": "f00"},
        {"previousId": "f00"},
    )
    assert flaw_of(ANON | {"type": "alias", "previousId": "f00"}) == ("missing", "userId")


def test_a_key_may_be_held_to_the_events_that_are_listed():
    strict = replace(SECRET, key=replace(SECRET.key, events=("Tea Poured",)))
    assert read(TRACK, strict).name == "Tea Poured"
    assert flaw_of(TRACK | {"event": "Tea Spilt"}, strict) == ("event_not_listed", "event")
    assert read(TRACK | {"type": "page", "name": "Home"}, strict).name == "Home"


def test_only_an_identify_with_a_secret_key_states_an_email():
    traits = {"email": " Jo@Example.COM ", "age": 5}
    identify = TRACK | {"type": "identify", "traits": traits}
    assert read(identify).ids == {"user": "42", "email": "jo@example.com"}
    assert read(identify).traits == traits
    assert "email" not in read(TRACK | {"traits": traits}).ids
    assert "email" not in read(TRACK | {"type": "group", "groupId": "g", "traits": traits}).ids


@pytest.mark.parametrize("email", ["", None, "jo", "jo@", "@example.com", "a b@example.com", "x@" + "y" * 300])
def test_what_is_no_address_identifies_nobody_and_costs_nothing(email):
    kept = read(TRACK | {"type": "identify", "traits": {"email": email}})
    assert kept.ids == {"user": "42"}
    assert kept.traits == {"email": email}


def test_a_call_says_itself_what_a_batch_says_for_all():
    inherited = Inherited(sent_at="2026-11-21T09:31:00Z", context={"locale": "de", "app": "shop"})
    kept = read(TRACK | {"timestamp": "2026-11-21T09:30:30Z", "context": {"locale": "fr"}}, inherited=inherited)
    assert kept.context == {"locale": "fr", "app": "shop"}
    assert kept.at == "2026-11-21T09:29:30.000Z"
    own = read(TRACK | {"timestamp": "2026-11-21T09:30:30Z", "sentAt": "2026-11-21T09:30:30Z"}, inherited=inherited)
    assert own.at == NOW_TEXT


def test_a_sent_at_that_cannot_be_read_corrects_nothing():
    kept = read(TRACK | {"timestamp": "2026-11-20T09:30:00Z", "sentAt": "0001-01-01T00:00:00Z"})
    assert kept.at == "2026-11-20T09:30:00.000Z"


def test_history_keeps_its_instants_and_its_mark():
    call = TRACK | {"timestamp": "1997-01-01T00:00:00Z", "sentAt": "2026-11-21T09:29:59Z"}
    kept = read(call, replace(SECRET, history=True))
    assert (kept.source, kept.at, kept.said_at) == ("import", "1997-01-01T00:00:00.000Z", "")


def test_an_instant_that_is_not_believed_is_marked_and_kept_beside():
    kept = read(ANON | {"timestamp": "2020-01-01T00:00:00Z"}, WEB)
    assert (kept.at, kept.said_at) == (NOW_TEXT, "2020-01-01T00:00:00.000Z")
    assert kept.context == {"clock": "ours"}


def test_the_route_decides_the_kind_whatever_the_call_says():
    assert read(TRACK | {"type": "page"}, inherited=Inherited(kind="track")).type == "track"
