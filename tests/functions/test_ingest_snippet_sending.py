"""How shopkeeper.js sends: nothing is lost while a page is left, a door is closed or a network is down."""

import json

import pytest

from tests.snippet_page import Page

HASH = "5e" * 32


def answered(*answers):
    return f"world.answers = {list(answers)}".replace("'status'", "status").replace("'said'", "said")


def events(calls):
    return [call["event"] for call in calls if call["type"] == "track"]


def test_calls_wait_for_each_other_and_go_together():
    page = Page()
    page.say("track", "Tea Poured")
    assert page.world("sent") == []
    page.wait()
    (sent,) = page.world("sent")
    assert len(sent["body"]["batch"]) == 2
    assert "shopkeeper_waiting" not in page.world("storage")


@pytest.mark.parametrize(
    "leaving", ["happen('pagehide')", "document.visibilityState = 'hidden'; happen('visibilitychange')"]
)
def test_what_waits_goes_when_the_page_is_left(leaving):
    page = Page()
    page.say("track", "Tea Poured")
    page.run(leaving)
    (beacon,) = page.world("beacons")
    assert beacon["url"] == "https://t.shop.example/v1/b"
    assert events(beacon["body"]["batch"]) == ["Tea Poured"]
    assert events(page.calls()) == ["Tea Poured"]


def test_a_page_that_stays_visible_is_not_left():
    page = Page()
    page.run("happen('visibilitychange')")
    assert page.world("beacons") == []


def test_what_no_answer_has_come_for_goes_again_on_leaving_under_the_same_ids():
    page = Page("window.fetch = () => new Promise(() => {})")
    page.say("track", "Tea Poured")
    page.wait()
    page.leave()
    (beacon,) = page.world("beacons")
    assert events(beacon["body"]["batch"]) == ["Tea Poured"]


def test_what_a_browser_does_not_take_along_is_sent_by_the_next_page():
    first = Page("world.takesBeacons = false; world.answers = ['down', 'down', 'down', 'down']")
    first.say("track", "Tea Poured")
    first.leave()
    second = Page(earlier=first)
    assert events(second.calls()) == ["Tea Poured"]
    assert second.calls()[1]["anonymousId"] == second.calls()[0]["anonymousId"]


@pytest.mark.parametrize("trouble", ["'down'", "{status: 503}", "{status: 429}", "{status: 500}"])
def test_what_time_will_heal_is_tried_again_less_and_less_often(trouble):
    page = Page(f"world.answers = Array(12).fill({trouble})")
    pauses = []
    for _ in range(12):
        page.wait()
        pauses += [timer["pause"] for timer in page.world("timers")]
    assert pauses == [800, 1600, 3200, 6400, 12800, 25600, 51200, *[60000] * 5]
    page.wait()
    ids = {call["messageId"] for sent in page.world("sent") for call in sent["body"]["batch"]}
    assert (len(page.world("sent")), len(ids), page.world("timers")) == (13, 1, [])


@pytest.mark.parametrize("status", [400, 401, 403, 413])
def test_what_will_never_be_taken_is_given_up_and_told_to_whoever_wrote_the_page(status):
    page = Page(f"world.answers = [{{status: {status}, said: {{code: 'unknown_key'}}}}]")
    page.wait()
    assert (page.world("timers"), page.world("storage").get("shopkeeper_waiting")) == ([], None)
    assert page.world("warnings") == ['shopkeeper: refused [{"code":"unknown_key"}]']


def test_refused_items_are_told_to_whoever_wrote_the_page():
    items = "[{index: 0, status: 'accepted'}, {index: 1, status: 'refused', code: 'missing', field: 'event'}]"
    page = Page(f"world.answers = [{{status: 200, said: {{items: {items}}}}}]")
    page.wait()
    assert page.world("warnings") == [
        'shopkeeper: refused [{"index":1,"status":"refused","code":"missing","field":"event"}]'
    ]


def test_a_batch_stays_below_what_a_browser_takes_from_a_page_that_is_left():
    page = Page()
    for number in range(30):
        page.say("track", f"Event {number}", {"note": "\u8336" * 4000})
    page.leave()
    sizes = [len(json.dumps(beacon["body"], ensure_ascii=False).encode()) for beacon in page.world("beacons")]
    assert len(sizes) > 2
    assert max(sizes) < 64 * 1024
    assert events(call for beacon in page.world("beacons") for call in beacon["body"]["batch"]) == [
        f"Event {number}" for number in range(30)
    ]


def test_of_too_many_that_wait_the_last_are_kept():
    page = Page("world.answers = Array(99).fill('down')")
    for number in range(250):
        page.say("track", f"Event {number}")
    page.leave()
    sent = events(call for beacon in page.world("beacons") for call in beacon["body"]["batch"])
    assert sent == [f"Event {number}" for number in range(50, 250)]


@pytest.mark.parametrize("spoilt", ["{", "7", "null", '"x"'])
def test_what_somebody_has_spoilt_in_storage_does_no_harm(spoilt):
    page = Page(f"world.storage.shopkeeper_waiting = {spoilt!r}; world.storage.shopkeeper_id = 'of old'")
    page.say("track", "Tea Poured")
    assert "Tea Poured" in [call["event"] for call in page.calls() if isinstance(call, dict) and "event" in call]
