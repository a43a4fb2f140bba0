"""What is shown of a call at the door: the verdicts, and of what was sent nothing but ids."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer import live, write_keys
from shopkeeper.customer.collect import door
from shopkeeper.customer.collect.calls import Visit
from shopkeeper.customer.collect.refusals import Unreadable
from shopkeeper.customer.rows import row_of

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
VISIT = Visit(write_keys.WriteKey("5e" * 32, "secret", "shop", NOW), "r-1", NOW)
GOOD = {"type": "track", "userId": "42", "event": "Letter to jo@example.com", "properties": {"secret": "canary"}}


def collected(*items):
    return door.judge(door.read(msgspec.json.encode({"batch": items}), "batch"), "batch", VISIT)


def good(number):
    return GOOD | {"messageId": f"m-{number}"}


def test_a_call_is_shown_with_its_verdicts_and_the_refused_items_first():
    call = live.judged("batch", VISIT, collected(good(1), {"type": "track", "messageId": "m-2"}, good(3)))

    assert (call.at, call.call, call.key, call.status) == ("2026-11-21T09:30:00.000Z", "batch", "key:5e5e5e5e5e5e", 200)
    assert (call.accepted, call.refused, call.is_all_well) == (2, {"missing": 1}, False)
    assert [(part.index, part.subject, part.message_id, part.code, part.field) for part in call.parts] == [
        (1, "", "m-2", "missing", "userId"),
        (0, "user:42", "m-1", "", ""),
        (2, "user:42", "m-3", "", ""),
    ]
    assert live.from_text(live.to_text(call)) == call


def test_nothing_of_what_was_sent_is_shown_but_ids():
    text = live.to_text(live.judged("batch", VISIT, collected(good(1))))
    assert not any(word in text for word in ("jo@example.com", "canary", "secret"))


def test_a_request_that_was_turned_away_is_shown_with_the_reason():
    call = live.turned_away("x" * 1000, Unreadable("not_json", "The body is not JSON."), NOW)
    assert (call.status, call.code, call.key, call.is_all_well, len(call.call)) == (400, "not_json", "", False, 100)


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 255), st.text(min_size=1, max_size=120))
def test_however_large_a_call_is_what_is_kept_of_it_fits_into_one_write_unit(fates, length, name):
    items = [
        GOOD | {"messageId": str(n).rjust(length, "m")} | ({} if fate else {"properties": {name: {"$x": 1e400}}})
        for n, fate in enumerate(fates)
    ]
    call = live.judged("batch", VISIT, collected(*items))
    assert len(live.to_text(call).encode()) <= live.MOST_BYTES
    assert call.accepted + sum(call.refused.values()) == len(items)


def landed(part, **how):
    interaction = collected(good(1)).interactions[0]
    return row_of(msgspec.structs.replace(interaction, **how.pop("told", {})), **how)


@pytest.mark.parametrize(
    ("how", "what"),
    [
        (None, "on_its_way"),
        ({"customer_id": "c1", "version": 1, "folded_at": "2026-11-21T09:30:01.250Z"}, "landed"),
        ({"unfolded": "quarantined"}, "kept_aside"),
        ({"customer_id": "c1", "told": {"received_at": "2026-11-20T09:30:00.000Z"}}, "repeated"),
    ],
)
def test_an_item_is_said_to_be_where_its_row_says(how, what):
    call = live.judged("batch", VISIT, collected(good(1)))
    row = None if how is None else landed(call.parts[0], **how)
    assert live.became(call, call.parts[0], row) == what


def test_a_refused_item_stays_refused_and_how_long_the_others_took_is_told():
    call = live.judged("batch", VISIT, collected(5))
    assert live.became(call, call.parts[0], None) == "refused"
    row = landed(None, folded_at="2026-11-21T09:30:01.250Z")
    assert live.seconds_to_land(row) == 1.25
    assert live.seconds_to_land(landed(None)) is None


def test_a_pace_lets_a_burst_through_and_then_one_at_a_time():
    pace = live.Pace(3, timedelta(seconds=5))
    assert [pace.allows(NOW) for _ in range(5)] == [True, True, True, False, False]
    later = [NOW + timedelta(seconds=s) for s in (4.9, 5, 5.1, 10, 12, 100, 100, 100, 100)]
    assert [pace.allows(at) for at in later] == [False, True, False, True, False, True, True, True, False]


@given(st.lists(st.floats(0, 3), max_size=80))
def test_a_pace_is_never_faster_than_said(pauses):
    pace, now, let = live.Pace(4, timedelta(seconds=2)), NOW, []
    for pause in pauses:
        now += timedelta(seconds=pause)
        let += [now] if pace.allows(now) else []
    for first, instant in enumerate(let):
        within = [other for other in let[first:] if other - instant < timedelta(seconds=2)]
        assert len(within) <= 5


def test_visits_are_told_apart_by_key():
    other = replace(VISIT, key=replace(VISIT.key, id="9b" * 32))
    assert live.judged("track", other, collected()).key == "key:9b9b9b9b9b9b"
