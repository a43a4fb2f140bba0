"""One mail, from what is known of a customer to the bytes that SES takes: ours against jinja2 and EmailMessage.

Ours is what `mail_send` does: `Letters.draft` and `Draft.addressed`, with the template parsed and the definitions in
memory, as in a function that has sent before. Each call is another customer's. Both sides sign the same addresses with
the same code; what comes out is read back and compared first.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from itertools import cycle
from uuid import UUID

from bs4 import BeautifulSoup, Comment

from bench import letters_newsletter as newsletter
from bench.letters_theirs import Ours, Theirs
from bench.rounds import Speed
from shopkeeper import keyring, tokens
from shopkeeper.mail import facts, ledger, publishing
from shopkeeper.mail.content import Published
from shopkeeper.mail.letters import Letters
from shopkeeper.tokens import Kind

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
CUSTOMERS = 200
RING = keyring.parse(json.dumps({"mint": "1", "1": "0123456789abcdef" * 4}))
TRACKING = "https://t.shop.example"
COMPARED = ("From", "To", "Reply-To", "Subject", "Date", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Id")


class Kept:
    """Definitions as they stand in memory."""

    def __init__(self, published: Published) -> None:
        self._kept = {"brand": newsletter.BRAND, "template": {"published": json.dumps(published.to_json())}}

    def version(self, kind, *_):
        return self._kept[kind]

    def current(self, *_):
        return 1, {"name": "Spring news", "opt_in": "assumed"}


def publish() -> Published:
    return publishing.publish(newsletter.SOURCE, facts.NAMES, tracking_host="t.shop.example", least=facts.LEAST)


def planned(n: int) -> ledger.Send:
    return ledger.planned(
        customer_id=f"customer-{n}",
        activity="campaign:spring",
        step="letter",
        occurrence="1",
        planned_at=AT,
        template="news#1",
        content_ref="00112233445566ff",
        brand="shop#1",
        topic="news",
    )


def signed(send: ledger.Send) -> Ours:
    send_id, content = UUID(send.send_id), bytes.fromhex(send.content_ref)
    click, seen, leave = (
        tokens.mint(RING, kind, send_id, content) for kind in (Kind.CLICK, Kind.OPEN, Kind.UNSUBSCRIBE)
    )
    return Ours(f"{TRACKING}/c/{click}/", f"{TRACKING}/o/{seen}", f"{TRACKING}/u/{leave}")


def against(linking: str) -> Callable[[], tuple[Callable[[], object], Callable[[], object]]]:
    def prepare():
        published = publish()
        theirs, letters = Theirs(newsletter.SOURCE, published.links), Letters(Kept(published), TRACKING, None)
        people = [(planned(n), newsletter.customer(n)) for n in range(CUSTOMERS)]
        make = getattr(theirs, linking)

        def their_mail(send, said):
            told = {**said, "brand": newsletter.SAID_OF_BRAND}
            return make(told, said["customer"]["email"], signed(send), AT)

        def our_mail(send, said):
            return letters.draft(send, said, RING).addressed(said["customer"]["email"], AT).raw

        for send, said in people[:4]:
            compare(their_mail(send, said), our_mail(send, said))
        they, we = cycle(people), cycle(people)
        return lambda: their_mail(*next(they)), lambda: our_mail(*next(we))

    return prepare


def compare(theirs: bytes, ours: bytes) -> None:
    """Both read alike: what is in the page, the text, and the headers. No line of our body is longer than 76."""
    _, _, body = ours.partition(b"\r\n\r\n")
    assert max(map(len, body.split(b"\r\n"))) <= 76
    their_mail, our_mail = (message_from_bytes(raw, policy=SMTP) for raw in (theirs, ours))
    for name in COMPARED:
        assert str(our_mail[name]) == str(their_mail[name]), name
    for subtype, reads in (("plain", lines), ("html", page)):
        assert reads(part(our_mail, subtype)) == reads(part(their_mail, subtype))
    links = BeautifulSoup(part(our_mail, "html"), "html.parser").find_all("a")
    assert len({a["href"] for a in links if "/c/" in a["href"]}) == newsletter.LINKS


def part(mail: EmailMessage, subtype: str) -> str:
    return mail.get_body((subtype,)).get_content()


def lines(text: str) -> list[str]:
    return text.rstrip().splitlines()


def page(html: str) -> list:
    """Its elements with their attributes, its texts and comments, in their order; where the pixel stands is free."""
    soup = BeautifulSoup(html, "html.parser")
    for pixel in soup.find_all("img", width="1"):
        pixel["style"] = ""
        soup.append(pixel.extract())
    read = []
    for node in soup.descendants:
        is_text = getattr(node, "attrs", None) is None
        read.append((type(node) is Comment, " ".join(node.split())) if is_text else (node.name, node.attrs))
    return [each for each in read if each != (False, "")]


CASES = [
    Speed("letter, jinja2 + BeautifulSoup", against("with_soup"), target=40.0, calls=1),
    Speed("letter, jinja2 + regex", against("with_regex"), target=10.0, calls=2),
]
