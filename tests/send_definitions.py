"""What a letter is made of in the world of sends: its brand, its template, its topic, and a key to sign with."""

import json

from shopkeeper import keyring
from shopkeeper.mail import publishing
from shopkeeper.mail.content import Source
from shopkeeper.mail.letters import Letters

RING = keyring.parse('{"mint": "1", "1": "0123456789abcdef0123456789abcdef"}')
BRAND = {
    "name": "The Shop",
    "sender": {"email": "news@shop.example", "name": "Shop"},
    "reply_to": "hello@shop.example",
    "footer_address": "1 High Street",
    "tracking_url": "https://t.shop.example",
}
SOURCE = Source("Hello {{ customer.first_name }}", '<p>Hi <a href="{{ unsubscribe_url }}">leave</a></p>')
PUBLISHED = publishing.publish(SOURCE, ["customer.first_name"], tracking_host="t.shop.example")
TRACKING_ADDRESS = "https://t.shop.example"


class FakeDefinitions:
    """`opt_in` is the topic's; without one there is no such topic. `policy` is what `PUT /v1/policy` would say."""

    def __init__(self, opt_in="assumed", policy=None):
        self.opt_in, self.policy = opt_in, policy

    def version(self, kind, definition_id, number):
        return BRAND if kind == "brand" else {"published": json.dumps(PUBLISHED.to_json())}

    def current(self, kind, definition_id):
        if kind == "policy":
            return (1, self.policy) if self.policy else None
        return (1, {"name": "Spring news", "opt_in": self.opt_in}) if self.opt_in else None


class Messages:
    """What they say, by occurrence."""

    def __init__(self, said):
        self.said = said

    def facts(self, occurrence):
        return self.said.get(occurrence, {})


LETTERS = Letters(FakeDefinitions(), TRACKING_ADDRESS, Messages({}))
