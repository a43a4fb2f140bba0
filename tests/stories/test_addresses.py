"""Two customers, one address: what is said of it by a letter, by a person or by hand holds for both of them."""

from datetime import timedelta
from urllib.parse import quote

import pytest

from tests.stories.letters import CONSENT, define, define_campaign, launch, link, one_click, outbox, recipients
from tests.stories.shop import bring, read

FILE = {"name": "the two", "kind": "customers", "mapping": {"id": "user_id"}, "consent": CONSENT}
OPTED_OUT, BLOCKED = "do_not_contact:opted_out", "do_not_contact:address_blocked"
HERE = {"op": "trait", "path": "of", "cmp": "exists"}


class Shop:
    """Jo and Al share an address, and each has written it in their own way."""

    def __init__(self, stack):
        self.stack, self.campaigns = stack, 0
        self.admin = {"authorization": f"Bearer {stack.token('admin')}"}
        asked = {"kind": "secret", "name": "shop"}
        self.key = stack.request("POST", "/v1/keys", json=asked, headers=self.admin).json()["key"]
        for who, written in (("jo", "Both@Straße.example"), ("al", "both@XN--strae-oqa.example")):
            self.say("identify", who, traits={"email": written, "firstName": who, "of": "the two"})
            self.say_yes(who)
        define_campaign(stack)

    def say(self, kind, who, **more):
        answer = self.stack.request("POST", f"/v1/{kind}", json={"userId": who, "writeKey": self.key, **more})
        assert answer.json()["accepted"] == 1, answer.text

    def say_yes(self, who):
        self.stack.clock.advance(timedelta(minutes=1))
        self.say("track", who, event="Consent Changed", properties={"topic": "news", "is": "in"})
        self.stack.settle()

    def write(self):
        """To both: whom the letter reached, and why it did not reach the others."""
        self.campaigns += 1
        name = f"letter-{self.campaigns}"
        campaign = {"audience": HERE, "template": "news", "brand": "shop", "topic": "news"}
        define(self.stack, f"/v1/campaigns/{name}", campaign)
        launch(self.stack, name)
        self.stack.settle()
        people = {read(self.stack, f"/v1/customers/user:{who}")["customer_id"]: who for who in ("jo", "al")}
        return {people[row["customer_id"]]: row["reason"] or "" for row in recipients(self.stack, "targeted", name)}

    def letter_of(self, who):
        """The newest."""
        return next(each for each in outbox(self.stack) if each["subject"].startswith(f"Something for you, {who} "))

    def suppression(self, method="GET", wanted=None):
        path = quote("/v1/suppressions/Both@Straße.example")
        return self.stack.request(method, path, json=wanted, headers=self.admin)


@pytest.fixture
def shop(stack):
    return Shop(stack)


def test_who_leaves_by_a_letter_leaves_for_both_until_one_of_them_says_yes_again(shop):
    assert shop.write() == {"jo": "", "al": ""}
    assert shop.letter_of("jo")["recipient"].lower() == shop.letter_of("al")["recipient"].lower()
    leave = link(shop.letter_of("jo"), "u")

    assert one_click(shop.stack, leave).status == 200
    assert shop.write() == {"jo": OPTED_OUT, "al": OPTED_OUT}

    assert bring(shop.stack, b"id\njo\nal\n", **FILE)["refused"] == 0
    assert shop.write() == {"jo": OPTED_OUT, "al": OPTED_OUT}

    shop.say_yes("al")
    assert shop.write() == {"jo": OPTED_OUT, "al": ""}
    assert shop.suppression().json()["topics"]["news"]["is"] == "in"


def test_who_takes_it_back_by_the_same_link_takes_it_back_for_both(shop):
    shop.write()
    leave = link(shop.letter_of("jo"), "u")
    one_click(shop.stack, leave)

    form = {"content-type": "application/x-www-form-urlencoded"}
    assert "Good to have you back" in shop.stack.request("POST", leave, body=b"undo=1", headers=form).text
    shop.stack.settle()

    assert shop.write() == {"jo": "", "al": ""}


def test_an_address_that_bounced_for_one_is_written_to_for_nobody(shop):
    shop.write()
    bounce = {"event": "bounce", "send_id": shop.letter_of("al")["send_id"]}
    assert shop.stack.request("POST", "/_local/ses", json=bounce).status == 200
    shop.stack.settle()

    assert shop.write() == {"jo": BLOCKED, "al": BLOCKED}
    said = shop.suppression().json()
    assert (said["kept_from_it"], said["block"]["cause"]) == ("everything", "hard_bounce")


def test_an_address_is_added_and_released_by_hand(shop):
    assert shop.suppression("PUT", {"reason": "asked by phone"}).status == 200
    assert shop.write() == {"jo": BLOCKED, "al": BLOCKED}

    assert shop.suppression("DELETE").status == 204
    assert shop.write() == {"jo": "", "al": ""}
