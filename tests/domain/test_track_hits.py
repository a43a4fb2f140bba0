"""What is remembered of a hit: who and what, from where only until it is judged; an interaction the store can read."""

import json

import pytest

from shopkeeper.customer import interaction
from shopkeeper.tokens import TEST, Kind, Token, read
from shopkeeper.track import hits
from tests.track_fakes import CLICK, CONTENT, NOON, OPEN, RING, SEND, request, token

PREFETCHES = [
    {"purpose": "prefetch"},
    {"x-purpose": "preview"},
    {"sec-purpose": "prefetch;prerender"},
    {"x-moz": "prefetch"},
    {"sec-purpose": "Prefetch"},
]


def remembered(segment=OPEN, kind=Kind.OPEN, *, link=None, verified=True, **how):
    hit = hits.note(request(segment, **how), read(segment, kind, RING), NOON, verified=verified, link=link)
    return interaction.decode(hit.interaction())


def test_an_open_is_an_interaction_of_its_send():
    assert remembered() == interaction.Interaction(
        subject=f"send:{SEND}",
        message_id=f"{SEND}/open/Zx9aFhBzliAEJYg=",
        type="track",
        name="Email Opened",
        at="2026-11-21T12:00:00.000Z",
        received_at="2026-11-21T12:00:00.000Z",
        source="tracking",
        trusted=True,
        raw_properties=interaction.raw({"content": CONTENT.hex(), "class": "unknown"}),
        raw_context=interaction.raw({"ip": "203.0.113.9", "agent": "Mozilla/5.0"}),
    )


def test_a_click_says_which_link():
    click = remembered(CLICK, Kind.CLICK, link=2)

    assert (click.name, click.message_id) == ("Email Link Clicked", f"{SEND}/click/Zx9aFhBzliAEJYg=")
    assert click.properties == {"content": CONTENT.hex(), "class": "unknown", "link": 2}


def test_the_first_link_is_number_zero():
    assert remembered(CLICK, Kind.CLICK, link=0).properties["link"] == 0


def test_a_head_request_is_a_machine():
    assert remembered(method="HEAD").properties["class"] == "machine"
    assert remembered(method="HEAD").properties["reason"] == "head"


@pytest.mark.parametrize("headers", PREFETCHES)
def test_a_prefetch_is_a_machine(headers):
    properties = remembered(headers=headers).properties

    assert (properties["class"], properties["reason"]) == ("machine", "prefetch")


@pytest.mark.parametrize(
    "says",
    [
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/119.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "python-requests/2.32.3",
        "curl/8.5.0",
        "Java/17.0.2",
        "Go-http-client/1.1",
        "Apache-HttpClient/4.5.13 (Java/11.0.2)",
    ],
)
def test_what_calls_itself_a_program_is_a_machine(says):
    properties = remembered(headers={"user-agent": says}).properties

    assert (properties["class"], properties["reason"]) == ("machine", "program")
    assert says not in str(properties)


@pytest.mark.parametrize(
    "says",
    [
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
        "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
        "Mozilla/5.0 (Linux; Android 11; CUBOT X50) AppleWebKit/537.36 Chrome/108.0 Mobile Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
        "Microsoft Office/16.0 (Microsoft Outlook 16.0.16130; Pro)",
        "Mozilla/5.0",
        "",
    ],
)
def test_what_may_be_a_person_is_not_called_a_machine(says):
    assert remembered(headers={"user-agent": says}).properties["class"] == "unknown"


@pytest.mark.parametrize(("header", "reason"), [("sec-gpc", "gpc"), ("dnt", "dnt")])
@pytest.mark.parametrize("value", ["1", " 1", "1,1"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_asks_not_to_be_followed_is_counted_with_the_content_alone(header, reason, value, method):
    seen = remembered(headers={header: value}, method=method)

    assert seen.subject == f"content:{CONTENT.hex()}"
    assert seen.message_id == "open/Zx9aFhBzliAEJYg="
    assert seen.properties["class"] == "machine"
    assert seen.properties["reason"] == (reason if method == "GET" else "head")
    assert str(SEND) not in str(seen)


@pytest.mark.parametrize("headers", [{}, {"dnt": "0"}, {"sec-gpc": "0"}, {"purpose": "navigate"}, {"dnt": ""}])
def test_anybody_else_is_unknown_for_now(headers):
    seen = remembered(headers=headers)

    assert seen.subject == f"send:{SEND}"
    assert "reason" not in seen.properties


def test_a_hit_that_could_not_be_checked_says_so():
    assert remembered(verified=False).properties["unverified"] is True
    assert "unverified" not in remembered().properties


def test_nothing_of_a_test_mail_is_remembered():
    tried = token(Kind.OPEN, TEST)

    assert hits.note(request(tried), read(tried, Kind.OPEN, RING), NOON, verified=True) is None


SETTLED = [
    ({"method": "HEAD"}, True, True),
    ({"headers": {"dnt": "1"}}, True, True),
    ({"headers": {"user-agent": "Mozilla/5.0 Googlebot/2.1"}}, True, True),
    ({}, False, True),
    ({}, True, False),
]


@pytest.mark.parametrize(("how", "verified", "traced"), SETTLED)
def test_where_a_hit_came_from_and_with_what_is_told_for_a_verdict_alone(how, verified, traced):
    hit = hits.note(request(OPEN, **how), read(OPEN, Kind.OPEN, RING), NOON, verified=verified)

    for dropped in ("203.0.113.9", "Mozilla", "stranger", "evil", OPEN):
        assert dropped not in hit.interaction(traced=traced)


def test_no_more_of_a_request_is_told_than_a_verdict_needs():
    seen = remembered(headers={"user-agent": "x" * 5_000})

    assert seen.context == {"ip": "203.0.113.9", "agent": "x" * 200}
    assert "stranger" not in str(seen)
    assert OPEN not in str(seen)


def test_subject_and_message_id_keep_to_the_limits_of_an_interaction():
    seen = remembered(CLICK, Kind.CLICK, link=9999, request_id="x" * 64)

    assert len(seen.subject) <= interaction.MAX_SUBJECT_BYTES
    assert len(seen.message_id) <= interaction.MAX_MESSAGE_ID_BYTES


def test_the_body_is_one_line_of_json():
    hit = hits.note(request(OPEN), Token(read(OPEN, Kind.OPEN, RING).raw), NOON, verified=True)

    assert "\n" not in hit.interaction()
    assert json.loads(hit.interaction())
