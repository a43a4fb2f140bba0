"""What producers of Pinpoint send with PutEvents, and what each part of it is told."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer import interaction, write_keys
from shopkeeper.customer.collect import pinpoint
from shopkeeper.customer.collect.calls import Visit
from shopkeeper.customer.collect.refusals import Unreadable

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SERVER = Visit(write_keys.WriteKey("5e" * 32, "secret", "shop", NOW), "r-1", NOW)
APP = replace(SERVER, key=write_keys.WriteKey("9b" * 32, "publishable", "app", NOW))
ENDPOINT = {
    "Address": "Jo@Example.com",
    "ChannelType": "EMAIL",
    "Attributes": {"interests": ["tea", "boots"], "plan": ["silver"]},
    "Demographic": {"AppVersion": "3.1", "Locale": "de_DE", "Make": "Apple", "Platform": "iOS"},
    "EffectiveDate": "2026-11-21T08:00:00Z",
    "Location": {"City": "Ulm", "Country": "DEU", "PostalCode": "89073", "Region": "BW", "Latitude": 48.4},
    "Metrics": {"visits": 12.0},
    "OptOut": "NONE",
    "User": {"UserId": "42", "UserAttributes": {"plan": ["gold"], "FirstName": ["Jo"]}},
}
EVENT = {
    "EventType": "Product Viewed",
    "Timestamp": "2026-11-21T09:00:00Z",
    "Attributes": {"sku": "boots"},
    "Metrics": {"price": 89.9},
    "Session": {"Id": "s-1", "StartTimestamp": "2026-11-21T08:59:00Z"},
    "AppTitle": "The Shop",
    "SdkName": "aws-sdk-swift",
}


def batch(**endpoints):
    return json.dumps({"BatchItem": endpoints}).encode()


def put(raw, visit=SERVER):
    """What is kept, and the answer."""
    said = pinpoint.read(raw)
    places, collected = pinpoint.judge(said, visit)
    return collected.interactions, json.loads(json.dumps(pinpoint.answer(said, places, collected)))["Results"]


def one(endpoint=None, visit=SERVER, **events):
    return put(batch(e1={"Endpoint": endpoint or {}, "Events": events}), visit)


def status(results, event=None, endpoint="e1"):
    found = results[endpoint]["EventsItemResponse"][event] if event else results[endpoint]["EndpointItemResponse"]
    return found["StatusCode"], found["Message"]


def test_an_endpoint_becomes_an_identify_and_each_event_a_track():
    (identify, track), results = one(ENDPOINT, ev=EVENT)

    assert (identify.type, identify.subject, identify.at) == ("identify", "user:42", "2026-11-21T08:00:00.000Z")
    assert identify.ids == {"user": "42", "anon": "e1", "email": "jo@example.com"}
    assert identify.traits == {
        "interests": ["tea", "boots"],
        "plan": "gold",
        "FirstName": "Jo",
        "visits": 12.0,
        "email": "Jo@Example.com",
        "address": {"city": "Ulm", "country": "DEU", "postalCode": "89073", "state": "BW"},
        "optOut": "NONE",
    }
    assert identify.context == {
        "app": {"version": "3.1"},
        "device": {"manufacturer": "Apple"},
        "os": {"name": "iOS"},
        "locale": "de_DE",
    }
    assert (track.type, track.name, track.subject) == ("track", "Product Viewed", "user:42")
    assert (track.at, track.ids) == ("2026-11-21T09:00:00.000Z", {"user": "42", "anon": "e1"})
    assert track.properties == {"sku": "boots", "price": 89.9}
    assert track.context == {
        "app": {"name": "The Shop"},
        "library": {"name": "aws-sdk-swift"},
        "session": {"id": "s-1", "startedAt": "2026-11-21T08:59:00Z"},
    }
    assert results == {
        "e1": {
            "EndpointItemResponse": {"StatusCode": 202, "Message": "Accepted"},
            "EventsItemResponse": {"ev": {"StatusCode": 202, "Message": "Accepted"}},
        }
    }


def test_an_endpoint_that_says_nothing_is_accepted_and_nothing_is_kept_of_it():
    (track,), results = one({}, ev=EVENT)
    assert (track.subject, track.type) == ("anon:e1", "track")
    assert status(results) == (202, "Accepted")


def test_the_same_event_sent_again_is_the_same_and_an_event_id_may_come_again():
    first = one(ENDPOINT, ev=EVENT)[0]
    again = one(ENDPOINT, ev=EVENT, visit=replace(SERVER, request_id="r-2"))[0]
    others = [one(ev=EVENT | change)[0][0] for change in ({"Timestamp": "2026-11-21T09:00:01Z"}, {"EventType": "x"})]

    assert [each.key for each in again] == [each.key for each in first]
    assert len({first[1].message_id, *(each.message_id for each in others)}) == 3


def test_what_is_said_without_an_instant_may_be_said_again_later():
    undated, event = {"Attributes": {"plan": ["gold"]}}, {"EventType": "Tea Poured"}
    kept = [one(undated, replace(SERVER, request_id=name), ev=event)[0] for name in ("r-1", "r-2")]
    assert len({each.message_id for interactions in kept for each in interactions}) == 4


def test_a_list_of_none_takes_a_trait_away():
    assert one({"Attributes": {"plan": [], "size": ["m"]}})[0][0].traits == {"plan": None, "size": "m"}


@pytest.mark.parametrize(
    ("channel", "kept"), [("SMS", {"phone": "+49731"}), ("VOICE", {"phone": "+49731"}), ("GCM", {})]
)
def test_only_an_address_that_people_have_becomes_a_trait(channel, kept):
    told = one({"ChannelType": channel, "Address": "+49731", "Metrics": {"n": 1}})[0][0].traits
    assert told == kept | {"n": 1}


def test_an_app_speaks_for_its_endpoint_and_for_no_user():
    kept, results = one(ENDPOINT, visit=APP, ev=EVENT)
    assert [(each.subject, each.trusted) for each in kept] == [("anon:e1", False)]
    assert status(results) == (400, "needs_user_hash: User.UserId")
    assert status(results, "ev") == (202, "Accepted")
    anonymous = {name: said for name, said in ENDPOINT.items() if name != "User"}
    assert status(one(anonymous, visit=APP)[1]) == (400, "needs_user_hash: Address")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"EventType": None}, "missing: EventType"),
        ({"EventType": 7}, "wrong_type: EventType"),
        ({"Timestamp": "soon"}, "not_an_instant: Timestamp"),
        ({"Attributes": ["sku"]}, "not_an_object: Attributes"),
        ({"Metrics": {"price": float("nan")}}, "not_a_number: Metrics.price"),
        ({"Attributes": {"$sku": "x"}}, "reserved_name: $sku"),
        ({"Attributes": {"sku": "x" * 9000}}, "text_too_long: Attributes.sku"),
        ({"Attributes": {"sku": "a\0b"}}, "nul: Attributes.sku"),
        ({"Attributes": {"sku": "\ud800"}}, "not_unicode: Attributes.sku"),
        ({"Attributes": {str(n): "x" * 8000 for n in range(5)}}, "too_large"),
    ],
)
def test_a_flaw_costs_its_own_event_and_is_told_in_pinpoints_names(change, told):
    kept, results = one(ENDPOINT, good=EVENT, bad=EVENT | change)
    assert [each.type for each in kept] == ["identify", "track"]
    assert (status(results, "good"), status(results, "bad")) == ((202, "Accepted"), (400, told))


@pytest.mark.parametrize(
    ("endpoint", "told", "events"),
    [
        ({"EffectiveDate": 5}, "not_an_instant: EffectiveDate", 1),
        ({"User": {"UserId": "guest"}}, "not_an_id: User.UserId", 0),
        ({"User": {"UserId": {}}}, "wrong_type: User.UserId", 0),
        ({"User": {"UserId": "\ud800"}}, "not_unicode: User.UserId", 0),
        ({"User": "jo"}, "not_an_object: User", 1),
        ({"Metrics": {"n": float("inf")}}, "not_a_number: Metrics.n", 1),
        ("all", "not_an_object", 1),
        (7, "not_an_object", 1),
    ],
)
def test_a_flawed_endpoint_costs_its_events_nothing_unless_it_hides_whose_they_are(endpoint, told, events):
    kept, results = one(endpoint, ev=EVENT)
    assert status(results) == (400, told)
    assert (len(kept), status(results, "ev")[0]) == (events, 202 if events else 400)


@pytest.mark.parametrize("entry", [None, 5, "x", [], {"Endpoint": {}, "Events": []}, {"Events": 5}])
def test_what_is_no_endpoint_with_events_is_told_so_and_its_neighbour_kept(entry):
    kept, results = put(batch(odd=entry, e1={"Events": {"ev": EVENT}}))
    assert [each.subject for each in kept] == ["anon:e1"]
    assert status(results, endpoint="odd") == (400, "not_an_object")


def test_events_beyond_the_five_hundredth_are_refused():
    events = {f"ev{n}": EVENT | {"Timestamp": f"2026-11-21T09:00:00.{n:03}Z"} for n in range(503)}
    kept, results = put(batch(e0={}, e1={"Events": events}, e2={"Endpoint": ENDPOINT}))
    assert len(kept) == 500
    assert status(results, "ev500") == (400, "too_many_items")
    assert "ev501" not in results["e1"]["EventsItemResponse"]
    assert [status(results, endpoint=name)[0] for name in ("e0", "e1", "e2")] == [202, 202, 400]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "not_json"),
        (b"[]", "not_an_object"),
        (b"{}", "no_batch"),
        (b'{"BatchItem": []}', "no_batch"),
        (b'{"BatchItem": {"e": {}, "e": {}}}', "duplicate_key"),
        (batch(**{f"e{n}": {} for n in range(101)}), "too_many_items"),
        (b'{"BatchItem": {}, "BatchItem": {}}', "duplicate_key"),
        (b'{"BatchItem": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too_deep"),
    ],
)
def test_what_cannot_be_read_at_all_is_said_to_be_so(raw, code):
    with pytest.raises(Unreadable) as caught:
        put(raw)
    assert caught.value.code == code


NAMES = (
    "BatchItem Endpoint Events User UserId UserAttributes Attributes Metrics EventType Timestamp Address ChannelType"
)
names = st.sampled_from([*NAMES.split(), "EMAIL", "Session", "Location", "\ud800", "a\0"]) | st.text(max_size=4)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | names,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=5),
    max_leaves=20,
)


@given(st.dictionaries(names, anything, max_size=4), st.sampled_from([SERVER, APP]))
def test_whatever_is_sent_is_judged_and_answered(endpoints, visit):
    kept, results = put(batch(**{"e1": {"Events": {"ev": EVENT}}} | endpoints), visit)
    assert len(results) >= 1
    for each in kept:
        assert interaction.decode(interaction.encode(each)) == each
    if "e1" not in endpoints:
        assert status(results, "ev") == (202, "Accepted")
