import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer import interaction, write_keys
from shopkeeper.customer.collect import door
from shopkeeper.customer.collect.calls import Visit
from shopkeeper.customer.collect.json_items import Unreadable

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
VISITS = [Visit(write_keys.WriteKey("5e" * 32, kind, "shop", NOW), "r-1", NOW) for kind in ("secret", "publishable")]


def good(number):
    return {"type": "track", "anonymousId": "f00", "event": "Tea Poured", "messageId": f"m-{number}"}


def collected(raw, call="batch", visit=VISITS[0]):
    return door.judge(door.read(raw, call), call, visit)


def batch(*items, **shared):
    return json.dumps({"batch": list(items), **shared}).encode()


def test_every_item_has_a_verdict_and_good_ones_are_kept_in_order():
    judged = collected(batch(good(1), {"type": "track", "messageId": "m-2"}, "tea", good(4)))
    assert [each.message_id for each in judged.interactions] == ["m-1", "m-4"]
    assert json.loads(interaction.encode(judged.interactions[0]))["subject"] == "anon:f00"
    answer = judged.answer()
    assert (answer["success"], answer["accepted"]) == (False, 2)
    assert [(v.index, v.status, v.message_id, v.code, v.field) for v in answer["items"]] == [
        (0, "accepted", "m-1", "", ""),
        (1, "refused", "m-2", "missing", "userId"),
        (2, "refused", "", "not_an_object", ""),
        (3, "accepted", "m-4", "", ""),
    ]
    assert judged.refusals() == {"missing": 1, "not_an_object": 1}


def test_what_the_queue_did_not_take_is_refused_by_name_and_the_rest_stays_accepted():
    judged = collected(batch(good(1), 5, good(3), good(4))).without([0, 2])
    assert [each.message_id for each in judged.interactions] == ["m-3"]
    assert [(v.index, v.status, v.message_id, v.code) for v in judged.verdicts] == [
        (0, "refused", "m-1", "try_again"),
        (1, "refused", "", "not_an_object"),
        (2, "accepted", "m-3", ""),
        (3, "refused", "m-4", "try_again"),
    ]


def test_an_empty_batch_is_a_success():
    assert collected(batch()).answer() == {"success": True, "accepted": 0, "items": ()}


@pytest.mark.parametrize("call", sorted(door.KINDS))
def test_a_single_call_is_judged_as_a_batch_of_one(call):
    item = good(1) | {"userId": "42", "groupId": "g", "previousId": "p", "sentAt": "2026-11-21T09:30:00Z"}
    judged = collected(json.dumps(item).encode(), call)
    assert [each.type for each in judged.interactions] == [call]


def test_a_shared_context_is_inherited_and_must_keep_the_rules_of_an_item():
    shared = collected(batch(good(1), good(2), context={"locale": "de"}))
    assert [each.context for each in shared.interactions] == [{"locale": "de"}] * 2
    raw = batch(good(1), 5, context={"locale": "X"}).replace(b'"X"', b"NaN")
    assert [(v.code, v.field) for v in collected(raw).verdicts] == [
        ("not_a_number", "context.locale"),
        ("not_an_object", ""),
    ]
    assert collected(batch(good(1), context="x")).verdicts[0].field == "context"
    assert collected(batch(good(1), context=[])).interactions


def test_a_shared_context_cannot_make_items_larger_than_they_may_be():
    context = {str(n): "x" * 8000 for n in range(4)}
    judged = collected(batch(good(1), good(2) | {"properties": {"note": "y" * 1000}}, context=context))
    assert [(v.status, v.code, v.field) for v in judged.verdicts] == [
        ("accepted", "", ""),
        ("refused", "too_large", "context"),
    ]


@pytest.mark.parametrize("sent_at", [None, 5, {}, "soon"])
def test_a_shared_sent_at_that_cannot_be_read_costs_nothing(sent_at):
    assert collected(batch(good(1), sentAt=sent_at)).answer()["success"]


@pytest.mark.parametrize("claimed", [5, None, "m" * 300, "a\u202eb", {}])
def test_only_a_harmless_message_id_is_repeated_in_a_refusal(claimed):
    assert collected(batch({"messageId": claimed})).verdicts[0].message_id == ""


names = st.sampled_from(
    "type event userId anonymousId messageId timestamp originalTimestamp sentAt properties traits context".split()
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["track", "identify", "page", "2026-11-21T09:30:00Z", "0001-01-01T00:00:00Z", "null", "\ud800"])
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names | st.text(max_size=6), inner, max_size=5),
    max_leaves=15,
)
calls = st.dictionaries(names, anything, max_size=8) | anything
bodies = st.dictionaries(
    st.sampled_from(["batch", "context", "sentAt", "writeKey"]), anything | st.lists(calls, max_size=6)
)
bytes_of_json = (bodies | calls).map(lambda value: json.dumps(value).encode())


def check_agreement(judged):
    accepted = [verdict for verdict in judged.verdicts if verdict.status == "accepted"]
    assert [each.message_id for each in judged.interactions] == [verdict.message_id for verdict in accepted]
    assert [verdict.index for verdict in judged.verdicts] == list(range(len(judged.verdicts)))
    for each in judged.interactions:
        assert interaction.decode(interaction.encode(each)) == each


@given(bytes_of_json | st.binary(max_size=60), st.sampled_from(sorted(door.CALLS)), st.sampled_from(VISITS))
def test_whatever_is_sent_is_judged_or_said_to_be_unreadable(raw, call, visit):
    try:
        judged = collected(raw, call, visit)
    except Unreadable:
        return
    check_agreement(judged)


@given(bytes_of_json, st.data())
def test_bytes_changed_on_the_way_are_judged_or_said_to_be_unreadable(raw, data):
    place = data.draw(st.integers(0, len(raw)))
    spoiled = raw[:place] + data.draw(st.binary(max_size=3)) + raw[place + data.draw(st.integers(0, 3)) :]
    try:
        judged = collected(spoiled)
    except Unreadable:
        return
    check_agreement(judged)


@given(st.lists(calls, max_size=6), st.data())
def test_good_items_are_kept_among_any_others(others, data):
    items = [good(number) for number in range(3)]
    for other in others:
        items.insert(data.draw(st.integers(0, len(items))), other)
    kept = {each.message_id for each in collected(batch(*items)).interactions}
    assert {"m-0", "m-1", "m-2"} <= kept
