"""Only a POST changes anything, and what it changes is written before it is answered."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from functions.consent_unsubscribe import app
from functions.track_click import app as track_click
from shopkeeper import clock, keyring
from shopkeeper.consent.contact import Word
from shopkeeper.tokens import TEST, Kind
from tests.domain.test_consent_forms import ONE_CLICK, PARTED
from tests.http_events import CONTEXT
from tests.track_fakes import CLICK, NOON, OPEN, OTHER_ROOT, ROOT, FakeAws, Hands, adapters, event
from tests.unsubscribe_world import ADDRESS, FORM, OTHER, SEND, ask, buttons, names, press, request, running, token

EVENTS = Path(__file__).parents[2] / "events"
PAIR = "List-Unsubscribe=One-Click"


@pytest.fixture(scope="module")
def aws():
    with running() as world:
        yield world


@pytest.fixture
def world(aws):
    return aws.reset()


@pytest.mark.parametrize(
    "how",
    [
        {"body": PAIR},
        {"body": PAIR, "encoded": True},
        {"body": ONE_CLICK, "encoded": True, "headers": {"content-type": PARTED}},
        {"body": ONE_CLICK.decode(), "headers": {"content-type": PARTED}},
        {"body": PAIR, "headers": {}},
        {"body": PAIR, "headers": FORM | {"purpose": "prefetch", "user-agent": "bot", "dnt": "1"}},
    ],
)
def test_a_one_click_post_is_written_before_it_is_answered_in_a_few_bytes_of_text(world, how):
    answer = ask(**how)

    assert (answer["statusCode"], answer["body"]) == (200, "Unsubscribed.\n")
    assert answer["headers"]["Content-Type"] == "text/plain; charset=utf-8"
    assert "Location" not in answer["headers"]
    assert world.word() == world.word_of(ADDRESS) == Word("out", clock.to_text(NOON), f"unsubscribe:{SEND.send_id}")


def test_it_is_remembered_with_its_topic_and_its_send(world):
    ask()
    (fact,) = world.remembered()

    assert (fact.subject, fact.name, fact.source, fact.trusted) == ("customer:c1", "Unsubscribed", "recipient", True)
    assert fact.message_id.startswith(f"{SEND.send_id}/unsubscribe/")
    assert fact.properties == {"topic": "news", **SEND.names, "how": "one_click"}


def test_as_often_as_one_likes_the_first_instant_stays_and_it_is_one_event(world):
    for days in (0, 1, 800):
        world.now = NOON + timedelta(days=days)
        assert ask()["statusCode"] == 200
        assert press("confirm")["statusCode"] == 200

    assert world.word().at == clock.to_text(NOON)
    (fact,) = world.remembered()
    assert fact.at == clock.to_text(NOON)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "get", "post"])
@pytest.mark.parametrize("body", ["", PAIR, "confirm=1"])
def test_no_other_method_changes_anything_whatever_it_carries(world, method, body):
    answer = ask(method, body, headers=FORM | {"sec-purpose": "prefetch"})

    assert answer["statusCode"] == (200 if method in ("GET", "HEAD") else 405)
    assert (world.word(), world.word_of(ADDRESS), world.remembered(), world.taken("wishes")) == (None, None, [], [])
    assert not {"UpdateItem", "PutItem", "SendMessageBatch"} & set(world.calls)


@pytest.mark.parametrize("body", ["", "List-Unsubscribe=one-click", "confirm=0", "{}", "x" * 4000])
def test_a_post_that_does_not_say_it_changes_nothing(world, body):
    assert ask(body=body)["statusCode"] == 400
    assert (world.word(), world.calls) == (None, [])


def test_a_body_too_long_and_one_that_is_not_what_it_says_change_nothing(world):
    assert ask(body=PAIR + "&a=" + "x" * 5000)["statusCode"] == 413
    assert app.handler(request() | {"body": "no base64!", "isBase64Encoded": True}, CONTEXT)["statusCode"] == 400
    assert (world.word(), world.calls) == (None, [])


def test_a_bad_token_gets_the_very_page_that_tracking_gives_and_nothing_is_read(world, monkeypatch):
    for name, factory in adapters(FakeAws(), Hands()).items():
        monkeypatch.setattr(track_click, name, factory)
    expected = track_click.handler(event("nothing", "0"), None)
    forged = token()[:-1] + ("A" if token()[-1] != "A" else "E")

    for segment in (CLICK, OPEN, forged, token(kind=Kind.PREFERENCES), "", "../x"):
        for method in ("GET", "POST"):
            assert ask(method, segment=segment) == expected
    assert (expected["statusCode"], world.calls) == (404, [])


def test_a_key_that_leaked_still_lets_people_go(world):
    ring = {"mint": "2", "1": ROOT, "2": OTHER_ROOT, "unsubscribe_only": ["1"]}
    world.ring = keyring.parse(json.dumps(ring))

    assert ask()["statusCode"] == 200
    assert world.word().is_ == "out"


def test_without_a_key_ring_the_caller_is_asked_to_come_again(world):
    world.ring = None

    for method in ("GET", "POST"):
        answer = ask(method)
        assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (503, "30")
    assert world.word() is None


def test_a_send_that_nobody_knows_any_more_is_answered_as_done(world):
    unknown = token("5f0c2d1e-0000-5d6b-9a53-0a3f7d1c9b42")

    assert [ask(method, segment=unknown)["statusCode"] for method in ("GET", "POST")] == [200, 200]
    assert press("confirm", segment=unknown)["statusCode"] == 200
    assert "unsubscribed" in press("undo", segment=unknown)["body"]
    assert world.remembered() == []


def test_a_test_mail_unsubscribes_nobody(world):
    link = token(flags=TEST)

    assert "test mail" in ask(segment=link)["body"]
    assert "test mail" in press("confirm", segment=link)["body"]
    assert buttons(ask("GET", segment=link)) == ["confirm"]
    assert (world.word(), world.remembered()) == (None, [])


def test_the_page_names_the_shop_and_the_topic_and_masks_the_address(world):
    page = ask("GET")["body"]

    assert "Unsubscribe from <bdi>News &amp; offers</bdi>?" in page
    assert "Jo&#x27;s Shop" in page
    assert "j•••@e•••.com" in page
    assert "Jo@Example" not in page
    assert ask("HEAD")["body"] == ""


def test_by_the_button_one_leaves_and_by_the_other_one_is_back(world):
    assert buttons(ask("GET")) == ["confirm"]

    left = press("confirm")
    assert (left["statusCode"], buttons(left), world.word().is_) == (200, ["undo"], "out")
    assert world.word_of(ADDRESS).is_ == "out"
    assert buttons(ask("GET")) == ["undo"]

    back = press("undo")
    assert ("Good to have you back" in back["body"], world.word().is_) == (True, "in")
    assert world.word_of(ADDRESS).is_ == "in"
    assert buttons(ask("GET")) == ["confirm"]
    assert names(world) == ["Consent Changed", "Unsubscribed"]

    assert press("confirm")["statusCode"] == 200
    assert world.word().is_ == "out"
    assert names(world) == ["Unsubscribed"]


def test_an_undo_pressed_twice_is_one_undo(world):
    press("confirm")
    world.remembered()

    press("undo")
    world.now += timedelta(hours=1)
    press("undo")

    (fact,) = world.remembered()
    assert fact.properties == {"topic": "news", "is": "in", "basis": "undo", **SEND.names}


@pytest.mark.parametrize(
    "said",
    [
        None,
        Word("in", clock.to_text(NOON), "collect"),
        Word("out", clock.to_text(NOON), "collect"),
        Word("out", clock.to_text(NOON), f"unsubscribe:{OTHER.send_id}"),
        Word("out", clock.to_text(NOON - timedelta(hours=25)), f"unsubscribe:{SEND.send_id}"),
    ],
)
def test_an_undo_takes_back_only_what_the_same_link_did_within_a_day(world, said):
    if said:
        world.contacts.hear("c1", "news", said)

    answer = press("undo")

    assert buttons(answer) == []
    assert (world.word(), world.remembered()) == (said, [])


def test_who_complained_is_shown_as_out_and_nothing_offers_to_undo_it(world):
    world.contacts.hear_all("c1", Word("out", clock.to_text(NOON), "complaint"))

    page = ask("GET")

    assert "You are unsubscribed" in page["body"]
    assert "no more news or offers from us, neither about <bdi>" in page["body"]
    assert buttons(page) == []


@pytest.mark.parametrize(("hours", "said"), [(23, True), (25, False)])
def test_a_mail_may_still_be_on_its_way_for_a_day(world, hours, said):
    world.contacts.hear("c1", "news", Word("out", clock.to_text(NOON - timedelta(hours=hours)), "collect"))

    page = ask("GET")["body"]

    assert ("may still arrive" in page) is said
    assert "neither about" not in page


def test_a_consent_from_a_clock_that_runs_ahead_does_not_keep_anybody_in(world):
    world.contacts.hear("c1", "news", Word("in", clock.to_text(NOON + timedelta(minutes=3)), "collect"))

    assert ask()["statusCode"] == 200
    assert world.word().is_ == "out"


def test_who_was_out_already_leaves_by_this_mail_too(world):
    world.contacts.hear("c1", "news", Word("out", clock.to_text(NOON - timedelta(days=9)), "collect"))

    ask()

    (fact,) = world.remembered()
    assert (fact.properties["send_id"], fact.at) == (SEND.send_id, clock.to_text(NOON))
    assert world.word().at == clock.to_text(NOON - timedelta(days=9))


@pytest.mark.parametrize(("case", "status"), [("one_click", 200), ("page", 200), ("forged", 404), ("put_aside", None)])
def test_the_sample_events_are_taken(world, case, status):
    sample = json.loads((EVENTS / f"consent_unsubscribe.{case}.json").read_text())

    answer = app.handler(sample, CONTEXT)
    assert answer.get("statusCode") == status
