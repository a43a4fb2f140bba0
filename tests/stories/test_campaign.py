"""A shop writes to its regulars: each gets one letter, and what becomes of it is counted."""

import re
from collections import Counter
from email import policy
from email.parser import BytesParser
from email.utils import parseaddr

from tests.stories.letters import (
    LETTER,
    bring_customers,
    define,
    define_campaign,
    launch,
    link,
    one_click,
    outbox,
    recipients,
    report,
    run,
)
from tests.stories.shop import marketer, read

SALE_AGAIN = '<p><a href="https://shop.example/sale">The sale, once more</a></p>'

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Mobile/15E148"


def test_what_becomes_of_each_letter_lands_in_its_outcome(stack):
    people = [str(number) for number in range(1, 13)]
    bring_customers(stack, *people)
    key = stack.request("POST", "/v1/keys", json={"kind": "secret", "name": "s"}, headers=admin(stack)).json()["key"]
    said = [("13", {"email": "nobody@at@all"}), ("14", {"name": "No Address"})]
    for who, traits in said:
        stack.request("POST", "/v1/identify", json={"userId": who, "traits": traits, "writeKey": key})
    everybody = {"op": "not", "rule": {"op": "trait", "path": "nothing", "cmp": "exists"}}
    stack.settle()
    define_campaign(stack, everybody, opt_in="assumed", html=LETTER["html"].replace("</body>", f"{SALE_AGAIN}</body>"))

    launch(stack)
    assert run(stack) == "done"
    letters = {letter["recipient"].partition("@")[0]: letter for letter in outbox(stack)}
    assert sorted(letters, key=int) == people

    opened, clicked, bounced, complained, left, form, scanned = (letters[who] for who in people[:7])
    assert look(stack, link(opened, "o")).status == 200
    assert look(stack, link(clicked, "c")).headers["location"] == "https://shop.example/new?q=a&copy=1#top"
    for _ in range(2):
        look(stack, links(clicked)[2])
    for event, letter in (("bounce", bounced), ("complaint", complained)):
        asked = {"event": event, "send_id": letter["send_id"]}
        assert stack.request("POST", "/_local/ses", json=asked).status == 200
    assert one_click(stack, link(left, "u")).status == 200
    multipart = {"content-type": "multipart/form-data; boundary=x"}
    part = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    assert stack.request("POST", link(form, "u"), body=part, headers=multipart).status == 200
    scan(stack, scanned)
    stack.settle()
    assert PHONE in everything(stack)
    assert report(stack)["opens"] == {"human": 0, "machine": 1, "unknown": 2, "any": 3}
    stack.request("POST", "/_local/clock", json={"advance": 600})
    stack.settle()

    assert PHONE not in everything(stack)
    made = report(stack)
    assert made["broken"] == []
    numbers = {name: made[name] for name in ("targeted", "sent", "opened", "bounced", "malformed", "unsubscribed")}
    assert numbers == {"targeted": 14, "sent": 12, "opened": 2, "bounced": 1, "malformed": 2, "unsubscribed": 3}
    assert made["opens"] == {"human": 2, "machine": 1, "unknown": 0, "any": 3}
    assert made["complained"] == 1
    assert [(each["number"], each["url"], told(each["people"]), told(each["times"])) for each in made["links"]] == [
        (0, "https://shop.example/new?q=a&copy=1#top", (1, 1, 2), (1, 2, 3)),
        (1, "https://shop.example/sale", (0, 1, 1), (0, 2, 2)),
        (2, "https://shop.example/sale", (1, 1, 2), (2, 2, 4)),
    ]
    assert (sum(each["opened"] for each in made["hours"]), sum(each["clicked"] for each in made["hours"])) == (2, 1)
    assert [each["customer_id"] for each in recipients(stack, "unsubscribed")]
    consents = {who: read(stack, f"/v1/customers/user:{who}")["consents"]["news"]["is"] for who in people[4:8]}
    assert consents == {"5": "out", "6": "out", "7": "in", "8": "in"}


def look(stack, url):
    return stack.request("GET", url, headers={"user-agent": PHONE})


def everything(stack):
    """That stands in any table."""
    dynamodb = stack.client("dynamodb")
    return str([dynamodb.scan(TableName=name)["Items"] for name in dynamodb.list_tables()["TableNames"]])


def links(letter):
    return re.findall(r'href="([^"]+/c/[^"]+)"', letter["html"])


def told(engagement):
    return engagement["human"], engagement["machine"], engagement["any"]


def scan(stack, letter):
    """As a mail gateway does: follows every address of the mail by GET and HEAD, announced as prefetch."""
    for url in set(re.findall(r'(?:href|src)="([^"]+)"', letter["html"])):
        for method in ("HEAD", "GET"):
            assert stack.request(method, url, headers={"purpose": "prefetch"}).status < 500


def admin(stack):
    return {"Authorization": f"Bearer {stack.token('admin')}"}


def test_who_has_left_is_not_written_to_and_may_leave_as_often_as_they_like(stack):
    bring_customers(stack, "1", "2")
    everybody = {"op": "not", "rule": {"op": "trait", "path": "nothing", "cmp": "exists"}}
    define_campaign(stack, everybody)
    launch(stack)
    run(stack)
    letter = next(each for each in outbox(stack) if each["recipient"].startswith("1@"))
    for _ in range(3):
        answer = one_click(stack, link(letter, "u"))
        assert (answer.status, "location" in answer.headers, "set-cookie" in answer.headers) == (200, False, False)
    stack.settle()
    campaign = {"audience": everybody, "template": "news", "brand": "shop", "topic": "news"}
    define(stack, "/v1/campaigns/again", campaign)
    stack.request("POST", "/v1/campaigns/again/launch", json={"grace": 0}, headers=marketer(stack))
    for _ in range(20):
        stack.settle()
        stack.advance_to_next()

    assert Counter(each["recipient"] for each in outbox(stack)) == {"1@customers.example": 1, "2@customers.example": 2}
    made = read(stack, "/v1/campaigns/again/report")
    assert (made["do_not_contact"], made["sent"]) == (1, 1)


def test_a_letter_reads_as_it_was_written(stack):
    bring_customers(stack, "1")
    html = LETTER["html"].replace(
        "</body>", "".join(f'<a href="https://shop.example/{n}">{n}</a>' for n in range(38)) + "</body>"
    )
    define_campaign(stack, {"op": "trait", "path": "first_name", "cmp": "eq", "value": "zoë"}, html=html)
    launch(stack)
    run(stack)

    (letter,) = outbox(stack)
    raw = letter["raw"].encode()
    assert max(len(line) for line in raw.split(b"\r\n")) < 998
    mail = BytesParser(policy=policy.default).parsebytes(raw)
    assert not mail.defects
    assert mail["subject"] == "Something for you, Zoë 🎁"
    assert parseaddr(mail["to"])[1] == "1@customers.example"
    assert mail["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert link(letter, "u") in mail["list-unsubscribe"]
    text = mail.get_body(("plain",)).get_content()
    assert "Dear Zoë," in text
    assert "https://shop.example/new?q=a&copy=1#top" in text
    shown = mail.get_body(("html",)).get_content()
    targets = [stack.request("GET", url).headers["location"] for url in re.findall(r'href="([^"]+/c/[^"]+)"', shown)]
    assert targets == [
        "https://shop.example/new?q=a&copy=1#top",
        "https://shop.example/sale",
        *(f"https://shop.example/{n}" for n in range(38)),
    ]
