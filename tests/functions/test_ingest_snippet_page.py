"""What shopkeeper.js does in a page, in an engine that is always at hand; the story of the snippet has a browser."""

import pytest

from tests.snippet_page import ADDRESS, KEY, Page

HASH = "5e" * 32
SIGNED_IN = {"user_hash": HASH}
QUIET = ["navigator.globalPrivacyControl = true", "navigator.doNotTrack = '1'", "window.doNotTrack = '1'"]


def kinds(calls):
    return [(call["type"], call.get("event") or call.get("name") or "") for call in calls]


def test_a_page_that_is_opened_is_seen_with_where_the_visitor_came_from():
    page = Page(referrer="https://search.example/?q=boots")
    (call,) = page.calls()

    assert (call["type"], len(call["anonymousId"]), len(call["messageId"])) == ("page", 32, 32)
    assert call["properties"] == {
        "url": ADDRESS.removesuffix("#size"),
        "path": "/boots",
        "search": "?utm_source=news&utm_campaign=Spring&gclid=G-1",
        "title": "The Shop",
        "referrer": "https://search.example/?q=boots",
    }
    context = call["context"]
    assert (context["campaign"], context["click_ids"]) == ({"source": "news", "name": "Spring"}, {"gclid": "G-1"})
    assert (context["locale"], context["timezone"], context["page"]) == ("de-DE", "Europe/Berlin", call["properties"])
    (sent,) = page.world("sent")
    assert (sent["url"], sent["how"]) == ("https://t.shop.example/v1/b", {"method": "POST", "credentials": "omit"})
    assert sent["body"]["writeKey"] == KEY
    assert sent["body"]["sentAt"] >= call["timestamp"]


def test_a_visitor_keeps_the_id_from_page_to_page_and_from_name_to_name_of_the_shop():
    first = Page()
    second = Page(address="https://shop.example/", earlier=first)
    assert first.calls()[0]["anonymousId"] == second.calls()[0]["anonymousId"]
    assert list(first.world("cookies")) == ["shop.example"]


@pytest.mark.parametrize("lost", ["world.cookies = {}", "world.storage = {}"])
def test_where_one_of_two_places_is_emptied_the_other_remembers(lost):
    first = Page()
    first.run(lost)
    assert Page(earlier=first).calls()[0]["anonymousId"] == first.calls()[0]["anonymousId"]


@pytest.mark.parametrize("address", ["http://localhost:8080/", "https://127.0.0.1/"])
def test_a_host_without_a_domain_has_a_cookie_too(address):
    assert len(Page(address=address).world("cookies")) == 1


def test_where_nothing_may_be_kept_a_page_is_seen_all_the_same():
    page = Page("world.keeps = false")
    page.say("track", "Tea Poured")
    assert kinds(page.calls()) == [("page", ""), ("track", "Tea Poured")]


def test_what_was_called_before_it_was_there_comes_in_order():
    stub = (
        "window.shopkeeper = window.shopkeeper || function () { (shopkeeper.q = shopkeeper.q || []).push(arguments); };"
    )
    page = Page(
        f"{stub} shopkeeper('identify', '42', {{}}, {{user_hash: '{HASH}'}}); shopkeeper('track', 'Tea Poured');"
    )
    calls = page.calls()
    assert kinds(calls) == [("identify", ""), ("track", "Tea Poured"), ("page", "")]
    assert {call["userId"] for call in calls} == {"42"}


def test_who_is_shown_to_be_signed_in_is_named_from_then_on_and_not_after():
    page = Page()
    page.say("identify", 42, {"plan": "gold"}, SIGNED_IN)
    page.say("track", "Tea Poured", {"cups": 2})
    page.say("reset")
    page.say("track", "Tea Spilt")
    first, identify, poured, spilt = page.calls()

    assert "userId" not in first
    assert (identify["userId"], identify["user_hash"], identify["traits"]) == ("42", HASH, {"plan": "gold"})
    assert (poured["userId"], poured["user_hash"], poured["properties"]) == ("42", HASH, {"cups": 2})
    assert poured["anonymousId"] == first["anonymousId"] != spilt["anonymousId"]
    assert "userId" not in spilt
    assert "user_hash" not in spilt


def test_without_the_shops_word_nobody_is_taken_for_signed_in():
    page = Page()
    page.say("identify", "42", {"plan": "gold"})
    page.say("track", "Tea Poured")
    assert not any("userId" in call for call in page.calls())
    assert page.world("warnings") == ["shopkeeper: identify needs a user_hash"]


def test_the_same_said_on_every_page_is_said_once():
    first = Page()
    for _ in range(2):
        first.say("identify", "42", {"plan": "gold"}, SIGNED_IN)
    assert kinds(first.calls()) == [("page", ""), ("identify", "")]
    second = Page(earlier=first)
    second.say("identify", "42", {"plan": "gold"}, SIGNED_IN)
    second.say("track", "Tea Poured")
    second.say("identify", "42", {"plan": "silver"}, SIGNED_IN)

    assert kinds(second.calls())[-2:] == [("track", "Tea Poured"), ("identify", "")]
    assert second.calls()[-2]["userId"] == "42"


@pytest.mark.parametrize("wrong", [None, {"user_hash": "0f" * 32}])
def test_what_was_said_without_the_right_proof_keeps_nobody_from_saying_it_with_it(wrong):
    page = Page()
    for options in (wrong, SIGNED_IN):
        page.say("identify", "42", {"plan": "gold"}, options)
    assert [call.get("user_hash") for call in page.calls()] == [None, wrong and wrong["user_hash"], HASH]


def test_what_the_door_did_not_take_is_said_again_and_what_it_took_is_not():
    first = Page("world.refuses = 'identify'")
    for _ in range(2):
        first.say("identify", "42", {"plan": "gold"}, SIGNED_IN)
        first.wait()
    assert kinds(first.calls()) == [("page", ""), ("identify", ""), ("identify", "")]

    second = Page(earlier=first)
    for _ in range(2):
        second.say("identify", "42", {"plan": "gold"}, SIGNED_IN)
        second.wait()
    assert kinds(second.calls()) == [("page", ""), ("identify", "")]


def test_what_was_said_before_something_else_is_said_again():
    page = Page()
    for plan in ("gold", "silver", "gold"):
        page.say("identify", "42", {"plan": plan}, SIGNED_IN)
    assert [call["traits"]["plan"] for call in page.calls()[1:]] == ["gold", "silver", "gold"]


@pytest.mark.parametrize("wish", QUIET)
def test_who_asks_not_to_be_tracked_is_not_and_what_was_kept_is_deleted(wish):
    before = Page()
    page = Page(wish, earlier=before)
    page.say("identify", "42", {"plan": "gold"}, SIGNED_IN)
    page.say("track", "Tea Poured")
    page.say("reset")
    page.leave()

    assert page.calls() == []
    assert [page.world(name) for name in ("storage", "session", "cookies")] == [{}, {}, {}]


def test_what_a_page_calls_essential_is_sent_for_who_is_signed_in_with_nothing_around_it():
    page = Page(QUIET[0])
    page.say("track", "Order Completed", {"order_id": "A-1"}, {"essential": True})
    page.say("identify", "42", {}, SIGNED_IN)
    page.say("track", "Order Completed", {"order_id": "A-2"}, {"essential": True})
    (call,) = page.calls()

    assert call.keys() == {"type", "messageId", "timestamp", "userId", "user_hash", "event", "properties", "context"}
    assert (call["properties"], call["context"].keys()) == ({"order_id": "A-2"}, {"library"})
    assert page.world("storage") == {}


@pytest.mark.parametrize("wish", ["globalPrivacyControl = false", "doNotTrack = '0'", "doNotTrack = null"])
def test_who_asks_for_nothing_is_not_quiet(wish):
    assert len(Page(f"navigator.{wish}").calls()) == 1


def test_a_page_that_moves_on_without_loading_is_seen_again():
    page = Page()
    page.run("history.pushState({}, '', '/tea?size=1'); document.title = 'Tea'")
    page.wait()
    page.run("history.pushState({}, '', '/tea?size=1#more')")
    page.wait()
    page.run("location.go('/'); happen('popstate')")
    page.wait()
    seen = [
        (call["properties"]["path"], call["properties"]["title"], call["properties"]["referrer"])
        for call in page.calls()
    ]

    boots = ADDRESS.removesuffix("#size")
    assert seen == [
        ("/boots", "The Shop", ""),
        ("/tea", "Tea", boots),
        ("/", "Tea", "https://www.shop.example/tea?size=1"),
    ]


def test_a_page_that_comes_back_whole_is_seen_again():
    page = Page()
    page.run("happen('pageshow', {persisted: false}); happen('pageshow', {persisted: true})")
    assert len(page.calls()) == 2


def test_pages_may_be_told_by_hand():
    page = Page(data={"key": KEY, "pages": "manual"})
    page.run("history.pushState({}, '', '/tea')")
    page.say("page", "Tea", {"leaf": "black"})
    (call,) = page.calls()
    assert (call["name"], call["properties"]["name"], call["properties"]["leaf"]) == ("Tea", "Tea", "black")


def test_what_may_name_a_person_or_open_a_door_does_not_leave_the_page():
    private = "https://www.shop.example/reset?email=jo%40x.example&reset_token=t&who=jo@x.example&code=1&size=42&utm_source=a@b"
    page = Page(address=private, referrer="https://www.shop.example/in?password=p&page=2#jo@x.example")
    (call,) = page.calls()
    assert call["properties"]["url"] == "https://www.shop.example/reset?size=42"
    assert call["properties"]["referrer"] == "https://www.shop.example/in?page=2"
    assert "campaign" not in call["context"]


def test_a_page_that_is_made_ahead_is_seen_when_somebody_sees_it():
    page = Page("document.prerendering = true")
    assert page.calls() == []
    page.run("happen('prerenderingchange')")
    assert len(page.calls()) == 1


def test_the_key_may_come_by_a_call():
    page = Page(data={})
    assert page.calls() == []
    page.say("track", "Tea Poured")
    page.say("load", "pk_another", "https://u.shop.example")
    assert kinds(page.calls()) == [("track", "Tea Poured"), ("page", "")]
    assert {(sent["url"], sent["body"]["writeKey"]) for sent in page.world("sent")} == {
        ("https://u.shop.example/v1/b", "pk_another")
    }


def test_included_twice_it_is_there_once():
    page = Page()
    page.include()
    assert len(page.calls()) == 1


def test_a_call_that_does_not_exist_is_told_to_whoever_wrote_it():
    page = Page()
    page.say("tracc", "Tea Poured")
    assert page.world("warnings") == ["shopkeeper: there is no tracc"]
