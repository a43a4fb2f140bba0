"""A click leads where the published link table says, or nowhere. The request has no say in it."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.track_click import app
from shopkeeper import tokens
from shopkeeper.customer import interaction
from shopkeeper.tokens import PERSONAL, TEST, Kind
from tests.track_fakes import CLICK, LINKS, OPEN, OTHER_ROOT, ROOT, SEND, TABLE, FakeAws, Hands, adapters, event, token

EVENTS = Path(__file__).parents[2] / "events"
TARGET = LINKS[0]["url"]
OWN = token(Kind.CLICK, PERSONAL)


def install(monkeypatch, aws):
    for name, factory in adapters(aws, Hands()).items():
        monkeypatch.setattr(app, name, factory)
    return aws


@pytest.fixture
def aws(monkeypatch):
    return install(monkeypatch, FakeAws(destinations={"0": "https://shop.example/basket/jo"}))


def clicked(segment=CLICK, n="0", **how):
    return app.handler(event(segment, n, **how), None)


def status(*given, **how):
    return clicked(*given, **how)["statusCode"]


def location(*given, **how):
    answer = clicked(*given, **how)
    assert answer["statusCode"] == 302
    return answer["headers"]["Location"]


def remembered(aws):
    return [interaction.decode(body) for body in aws.queue]


def test_a_click_is_redirected_and_remembered(aws):
    answer = clicked()

    assert (answer["statusCode"], answer["headers"]["Location"], answer["body"]) == (302, TARGET, "")
    (seen,) = remembered(aws)
    assert (seen.subject, seen.name, seen.properties["link"]) == (f"send:{SEND}", "Email Link Clicked", 0)


def test_a_hundred_clicks_cost_one_look_at_the_table_and_one_queue_request_each(aws):
    for n in range(100):
        clicked(request_id=str(n))

    assert (aws.count("GetSecretValue"), aws.count("GetItem"), aws.count("SendMessage")) == (1, 1, 100)
    receives = deletes = 10  # The consumer takes ten at a time.
    assert aws.count("SendMessage") + receives + deletes <= 120
    assert len({seen.key for seen in remembered(aws)}) == 100


def test_a_click_costs_one_signature_check(aws, monkeypatch):
    checks = []
    real = tokens._mac
    monkeypatch.setattr(tokens, "_mac", lambda *given: checks.append(1) or real(*given))
    clicked()

    assert len(checks) == 1


def test_a_head_request_gets_the_same_answer_and_is_remembered_as_a_machine(aws):
    assert clicked(method="HEAD") == clicked()
    assert remembered(aws)[0].properties["reason"] == "head"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_told_what_is_allowed(aws, method):
    answer = clicked(method=method)

    assert (answer["statusCode"], answer["headers"]["Allow"]) == (405, "GET, HEAD")
    assert aws.calls == ["GetSecretValue"]


FORGERIES = [OPEN, CLICK[:-1], CLICK + "=", CLICK[:-1] + "A", "A" * 59, "", token(Kind.UNSUBSCRIBE)]


@pytest.mark.parametrize("segment", FORGERIES)
def test_every_bad_token_gets_the_same_page_and_nothing_is_read_for_it(aws, segment):
    answer = clicked(segment)

    assert answer == clicked("another one")
    assert answer["statusCode"] == 404
    assert "Location" not in answer["headers"]
    assert aws.calls == ["GetSecretValue"]


@pytest.mark.parametrize("n", ["3", "07", "-1", "0x0", "", "evil", "99999999999999999999"])
def test_a_number_that_is_no_link_gets_that_page_too(aws, n):
    assert clicked(n=n) == clicked("another one")
    assert aws.queue == []


@given(st.text(max_size=80) | st.sampled_from(FORGERIES), st.text(max_size=8) | st.just("0"))
def test_arbitrary_segments_never_raise_redirect_or_leave_a_trace(segment, n):
    with pytest.MonkeyPatch.context() as monkeypatch:
        aws = install(monkeypatch, FakeAws())
        assert status(segment, n) == 404
    assert aws.queue == []


def test_an_ended_link_leads_to_the_fallback_of_its_activity_and_a_blocked_one_is_gone(aws):
    assert location(n="1") == "https://shop.example/sale"
    assert status(n="2") == 410


def test_only_an_ended_link_costs_a_look_at_its_send_and_its_activity_is_remembered(aws):
    for n in ("0", "1", "1", "1"):
        clicked(n=n)

    assert aws.count("GetItem") == 1 + 1 + 3, "the table of the links, the one of the activity, and each send"


@pytest.mark.parametrize("gone", ["send", "ending"])
def test_an_ended_link_of_an_activity_that_is_gone_leads_to_the_home_of_its_letter(aws, gone):
    setattr(aws, gone, None)

    assert location(n="1") == "https://shop.example/"


def test_an_ended_link_does_not_keep_anybody_waiting_for_its_activity(aws, capsys):
    location(n="0")
    aws.down.add("GetItem")

    assert location(n="1") == "https://shop.example/"
    assert json.loads(capsys.readouterr().out)["message"] == "SEND_UNREADABLE"


def test_a_click_signed_with_a_leaked_key_is_gone_and_not_remembered(aws):
    aws.secret = {"mint": "2", "1": ROOT, "2": OTHER_ROOT, "unsubscribe_only": ["1"]}

    assert status() == 410
    assert aws.queue == []


def test_a_mail_of_an_old_key_still_leads_on_after_rotation(aws):
    aws.secret = {"mint": "2", "1": ROOT, "2": OTHER_ROOT}

    assert location() == TARGET


def test_a_table_that_cannot_be_read_asks_for_a_moment(aws):
    aws.down.add("GetItem")
    answer = clicked()

    assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (503, "30")
    assert aws.queue == []


def test_a_table_in_memory_goes_on_serving_while_the_database_is_away(aws):
    clicked()
    aws.down.add("GetItem")

    assert location() == TARGET


def test_a_personal_link_leads_to_its_recipients_own_address(aws):
    assert location(OWN) == "https://shop.example/basket/jo"


def test_without_any_key_ring_a_click_still_leads_on_and_is_kept_as_unverified(aws):
    aws.down.add("GetSecretValue")

    assert location() == TARGET
    assert remembered(aws)[0].properties["unverified"] is True


def test_without_any_key_ring_a_personal_address_stays_hidden(aws):
    aws.down.add("GetSecretValue")

    assert status(OWN) == 503
    assert aws.queue == []


def test_the_redirect_happens_although_the_queue_fails(aws, capsys):
    aws.down.add("SendMessage")

    assert location() == TARGET
    assert interaction.decode(json.loads(capsys.readouterr().out)["interaction"]).properties["link"] == 0


def test_a_test_mail_leads_on_and_is_not_remembered(aws):
    assert location(token(Kind.CLICK, TEST)) == TARGET
    assert aws.queue == []


def test_a_content_version_that_nobody_published_is_not_found(aws):
    aws.table = None

    assert status() == 404


def test_no_answer_sets_a_cookie_or_may_be_cached_or_indexed(aws):
    aws.table = TABLE
    for answer in (clicked(), clicked("bad"), clicked(n="2"), clicked(method="POST")):
        headers = answer["headers"]
        assert not {"set-cookie", "etag", "last-modified"} & {name.lower() for name in headers}
        assert headers["Cache-Control"] == "no-store, no-cache, private, max-age=0"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"
        assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(("case", "code"), [("valid", 302), ("prefetch", 302), ("forged", 404), ("post", 405)])
def test_the_sample_events_are_answered(aws, case, code):
    sample = json.loads((EVENTS / f"track_click.{case}.json").read_text())

    assert app.handler(sample, None)["statusCode"] == code
