import json
from http.client import HTTPConnection

import pytest

from shopkeeper import clock, ids, keyring, tokens
from shopkeeper.tokens import Kind
from tests.local.postbag import compose, script, send

HOSTILE = "<script>alert(1)</script>&amp;\"'"


def outbox(stack, query=""):
    reply = stack.request("GET", f"/_local/outbox{query}")
    assert reply.status == 200, reply.text
    return reply.json()


def page(stack, path=""):
    reply = stack.request("GET", f"/_local/outbox{path}", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8"), reply.text
    return reply


def test_an_empty_outbox_says_so(stack):
    assert outbox(stack) == {"items": [], "total": 0}
    assert "No mail has been sent yet" in page(stack).text


def test_mails_stand_newest_first_with_all_that_was_sent(stack):
    html = '<p>Grüße, <a href="https://shop.example/a?x=1&amp;y=2"><b>your</b> boots</a></p>'
    send(stack, "old@customers.example", send_id="s0")
    raw = compose("Jö <jo@customers.example>", "Grüße ✨", "Grüße", html)
    message_id = send(stack, send_id="s1", raw=raw)
    stack.settle()
    found = outbox(stack)
    assert (found["total"], [item["recipient"] for item in found["items"]]) == (
        2,
        ["jo@customers.example", "old@customers.example"],
    )
    newest = found["items"][0]
    assert (
        newest.items()
        >= {
            "n": 0,
            "subject": "Grüße ✨",
            "activity": None,
            "send_id": "s1",
            "message_id": message_id,
            "html": html + "\n",
            "text": "Grüße\n",
            "raw": raw.decode(),
            "events": ["Send", "Delivery"],
            "links": [{"text": "your boots", "url": "https://shop.example/a?x=1&y=2", "leads_to": None}],
        }.items()
    )
    assert newest["headers"]["To"] == "Jö <jo@customers.example>"
    assert abs((clock.from_text(newest["at"]) - stack.clock.now()).total_seconds()) < 60


@pytest.mark.parametrize("name", ["1", "id"])
def test_one_mail_is_found_by_its_number_or_by_the_id_that_stays(stack, name):
    message_id = send(stack, "a@customers.example")
    send(stack, "b@customers.example")
    reply = stack.request("GET", f"/_local/outbox/{message_id if name == 'id' else name}")
    assert reply.json()["recipient"] == "a@customers.example"


@pytest.mark.parametrize(
    ("query", "recipients", "total"),
    [
        ("?q=B@customers", ["b"], 1),
        ("?q=hello", ["c", "b", "a"], 3),
        ("?q=", ["c", "b", "a"], 3),
        ("?limit=1", ["c"], 3),
        ("?limit=5&offset=1", ["b", "a"], 3),
        ("?offset=9", [], 3),
    ],
)
def test_a_part_of_the_mails_can_be_asked_for(stack, query, recipients, total):
    for name in "abc":
        send(stack, f"{name}@customers.example")
    found = outbox(stack, query)
    assert [item["recipient"][0] for item in found["items"]] == recipients
    assert found["total"] == total


@pytest.mark.parametrize(
    ("query", "field"), [("?limit=x", "limit"), ("?offset=-1", "offset"), ("?colour=red", "colour")]
)
def test_bad_input_is_refused_by_the_name_of_its_field(stack, query, field):
    reply = stack.request("GET", f"/_local/outbox{query}")
    assert (reply.status, reply.json()["field"]) == (400, field)


@pytest.mark.parametrize("path", ["/0", "/1", "/none", "/-1", "/²"])
def test_a_mail_that_is_not_there_is_not_found(stack, path):
    connection = HTTPConnection(stack.base_url.removeprefix("http://"))
    connection.request("GET", "/_local/outbox" + path.replace("²", "%C2%B2"))
    assert connection.getresponse().status == 404
    connection.close()


def test_a_part_of_a_mail_that_is_not_there_is_not_found(stack):
    send(stack)
    assert stack.request("GET", "/_local/outbox/0/envelope").status == 404


@pytest.mark.parametrize("path", ["", "/0"])
def test_mails_can_only_be_read(stack, path):
    assert stack.request("DELETE", f"/_local/outbox{path}").status == 405


def test_a_browser_gets_a_list_that_leads_to_each_mail(stack):
    script(stack, event="bounce")
    message_id = send(stack)
    send(stack, "other@customers.example")
    stack.settle()
    text = page(stack).text
    assert text.index("other@customers.example") < text.index("jo@customers.example")
    for word in ("2 mails", "Hello", "bounced", "delivered", f'href="/_local/outbox/{message_id}"'):
        assert word in text


def test_long_lists_are_turned_page_by_page(stack):
    for number in range(5):
        send(stack, f"n{number}@customers.example")
    text = page(stack, "?limit=2&offset=2&q=customers").text
    assert [number for number in range(5) if f"n{number}@" in text] == [1, 2]
    assert 'href="?q=customers&amp;offset=0&amp;limit=2">Newer' in text
    assert 'href="?q=customers&amp;offset=4&amp;limit=2">Older' in text


def test_a_browser_gets_a_mail_with_its_text_links_headers_and_source(stack):
    send(stack, raw=compose("jo@customers.example", "Boots", "In text", '<a href="https://shop.example/">The shop</a>'))
    text = page(stack, "/0").text
    for word in (
        "In text",
        "https://shop.example/",
        "The shop",
        "Links (1)",
        "multipart/alternative",
        "/letter",
        'href="https://',
    ):
        assert word in text


@pytest.mark.parametrize(("host", "said"), [("{here}", True), ("https://t.elsewhere.example", False)])
def test_a_mail_whose_pixel_is_ours_says_that_reading_it_counts(stack, host, said):
    html = f'<img src="{host.format(here=stack.base_url)}/o/x">'
    send(stack, raw=compose("jo@customers.example", html=html))
    assert ("counts as opening" in page(stack, "/0").text) is said


def test_the_letter_itself_comes_in_a_page_in_which_nothing_runs(stack):
    html = f"<html><head><title>x</title></head><body>{HOSTILE}<p>Hello</p></body></html>"
    send(stack, raw=compose("jo@customers.example", html=html))
    reply = page(stack, "/0/letter")
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy
    assert "sandbox" in policy
    assert reply.text.startswith('<html><head><base target="_blank"><title>')


def test_a_mail_without_html_is_shown_as_text(stack):
    send(stack, raw=compose("jo@customers.example", text=f"Only {HOSTILE}"))
    assert "<iframe" not in page(stack, "/0").text
    assert "&lt;script&gt;" in page(stack, "/0/letter").text


@pytest.mark.parametrize("path", ["", "/0", "?q=%3Cscript%3Ealert(1)"])
def test_nothing_of_a_mail_becomes_part_of_our_pages(stack, path):
    raw = compose("jo@customers.example", HOSTILE, HOSTILE, f'{HOSTILE}<a href="javascript:x">{HOSTILE}</a>')
    raw = raw.replace(b"MIME-Version", b"X-Bad: <script>alert(1)</script>\nMIME-Version")
    send(stack, raw=raw)
    text = page(stack, path).text
    assert "<script>alert" not in text
    assert 'href="javascript' not in text


def test_pages_need_nothing_from_elsewhere(stack):
    send(stack)
    for path in ("", "/0"):
        assert "http" not in page(stack, path).text.replace("jo@customers.example", "")


@pytest.mark.parametrize(
    "head", [b"", b"Content-Type: text/html; charset=nobody-knows\n", b"Content-Type: multipart/mixed\n"]
)
def test_a_mail_that_is_no_good_can_still_be_looked_at(stack, head):
    send(stack, raw=head + b"Subject: =?x?q?\xff\n\n\xff\xfe<p>x")
    assert outbox(stack)["total"] == 1
    assert page(stack, "/0").text
    assert page(stack, "/0/letter").text


def test_a_tracked_link_shows_where_it_leads_without_being_followed():
    from local.stack import Stack

    with Stack.start() as stack:
        send_id, ref = ids.send_id("campaign:hello", "letter", "c1", "1"), ids.content_ref("hello", 1)
        ring = keyring.parse(stack.client("secretsmanager").get_secret_value(SecretId="KeyRing")["SecretString"])
        put = stack.client("dynamodb").put_item
        links = json.dumps([{"url": "https://shop.example/"}, {"url": "https://shop.example/boots"}])
        put(
            TableName="DefinitionsTable",
            Item={"kind": {"S": "links"}, "id": {"S": ref.hex()}, "links": {"S": links}, "schema": {"N": "1"}},
        )
        row = {"send_id": {"S": str(send_id)}, "activity": {"S": "campaign:hello"}, "opened_at": {"S": "2026"}}
        put(TableName="SendsTable", Item=row)
        click = f"https://t.example/c/{tokens.mint(ring, Kind.CLICK, send_id, ref)}"
        html = f'<a href="{click}/1">boots</a><a href="{click}/7">x</a><a href="https://t.example/u/x">leave</a>'
        raw = compose("jo@customers.example", html=html)
        send(stack, send_id=str(send_id), raw=raw, ConfigurationSetName=next(iter(stack.post.sets)))
        [item] = outbox(stack)["items"]
        assert [link["leads_to"] for link in item["links"]] == [
            "https://shop.example/boots",
            "nowhere",
            "the page to unsubscribe",
        ]
        assert item["activity"] == "campaign:hello"
        for word in ("campaign:hello", "opened"):
            assert word in page(stack).text


def test_the_list_shows_how_a_letter_begins_without_the_lines_under_its_headings(stack):
    send(stack, raw=compose("jo@customers.example", "Hello", "Good to see you\n===============\nA-B\n---\nnow"))

    assert "Good to see you A-B now</span>" in page(stack).text
