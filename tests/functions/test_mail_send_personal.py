"""A mail whose links lead its recipient alone, from the sender to the click."""

import json
import re
from email import message_from_bytes, policy

from shopkeeper import tokens
from shopkeeper.mail import facts, publishing
from shopkeeper.mail.content import Source
from shopkeeper.tokens import Kind
from shopkeeper.track.links import Link, LinkTable, destination
from tests.functions.test_mail_send import NOON, Ring, deliver, shop  # noqa: F401 - a fixture.

HTML = '<a href="https://shop.example/cart/{{ traits.cart }}">yours</a> <a href="{{ unsubscribe_url }}">leave</a>'


class Rows:
    """Link tables and rows as tracking finds them."""

    def __init__(self, table, sends):
        self._table, self._sends = table, sends

    def table(self, content_ref, now):
        return self._table

    def personal(self, send_id):
        return json.loads(self._sends.load(send_id).destinations)


def define(shop, html):  # noqa: F811
    published = publishing.publish(Source("x", html), facts.NAMES, tracking_host="t.shop.example")
    shop._define("template", "spring#000001", content="{}", published=json.dumps(published.to_json()))
    return LinkTable(tuple(Link(url) for url in published.links))


def clicked(mail):
    html = message_from_bytes(mail.raw_data.encode(), policy=policy.default).get_body(("html",)).get_content()
    token, number = re.search(r"/c/([\w-]{59})/(\d+)", html).groups()
    return tokens.read(token, Kind.CLICK, Ring.get(NOON)), int(number)


def test_two_recipients_of_one_link_are_led_to_their_own_addresses(shop):  # noqa: F811
    table = define(shop, HTML)
    sends = [shop.plan(name, email=f"{name}@example.com", cart=cart) for name, cart in (("jo", "7"), ("al", "ü"))]

    deliver(*sends)
    led = {destination(*clicked(mail), Rows(table, shop.sends), NOON, verified=True) for mail in shop.mails}

    assert led == {"https://shop.example/cart/7", "https://shop.example/cart/%C3%BC"}


def test_who_has_no_address_that_can_be_linked_gets_no_letter_and_the_report_can_count_why(shop):  # noqa: F811
    define(shop, HTML)
    send_id = shop.plan("jo", email="jo@example.com", cart="a b")

    deliver(send_id)
    row = shop.sends.load(send_id)

    assert (row.state, row.reason, shop.mails) == ("not_sent", "other:render: link 0", [])
    assert "a b" not in row.evidence


def test_a_mail_without_such_links_says_so_in_its_token_and_keeps_nothing(shop):  # noqa: F811
    send_id = shop.plan("jo", email="jo@example.com")

    deliver(send_id)

    assert (clicked(shop.mails[0])[0].personal, shop.sends.load(send_id).destinations) == (False, "")
