"""A journey from its entry to its end, on the clock of the shop: what somebody does, and does not do, leads them on."""

from datetime import timedelta

import pytest

from shopkeeper.aws.journeys import Journeys
from shopkeeper.aws.runs import Runs
from shopkeeper.journey import going
from shopkeeper.journey.going import By
from tests import planted_journey
from tests.stories.letters import BRAND, LETTER, bring_customers, define, outbox
from tests.stories.shop import marketer


@pytest.fixture
def shop(stack):
    """Two customers, and a journey that anybody enters who asks for specials."""
    bring_customers(stack, "1", "2")
    define(stack, "/v1/brands/shop", BRAND)
    define(stack, "/v1/topics/news", {"name": "News of the shop", "opt_in": "required"})
    define(stack, "/v1/templates/news", LETTER)
    planted_journey.plant(stack, planted_journey.holiday())
    stack.clock.advance(timedelta(seconds=3))  # How journeys stand is remembered for two seconds.
    key = stack.request(
        "POST",
        "/v1/keys",
        headers={"Authorization": f"Bearer {stack.token('admin')}"},
        json={"kind": "secret", "name": "shop"},
    )
    stack.secret = key.json()["key"]
    return stack


def tell(stack, who, event, **properties):
    said = {"writeKey": stack.secret, "userId": who, "event": event, "properties": properties}
    assert stack.request("POST", "/v1/track", json=said).status == 200
    stack.settle()


def later(stack, **span):
    """As time goes by: the clock looks each minute."""
    until = stack.clock.now() + timedelta(**span)
    while (due := stack.next_due()) and due <= until:
        stack.advance_to_next()
        stack.settle()
    stack.clock.advance(max(until - stack.clock.now(), timedelta()))
    stack.settle()


def runs(stack):
    """By customer, in the order they came."""
    who = {
        number: stack.request("GET", f"/v1/customers/user:{number}", headers=marketer(stack)).json()["customer_id"]
        for number in ("1", "2")
    }
    table = Runs(stack.client("dynamodb"), "RunsTable")
    return {number: row.run for number, customer in who.items() for row in table.of_customer(customer)}


def letters(stack):
    return sorted(letter["recipient"].partition("@")[0] for letter in outbox(stack))


def test_who_answers_is_thanked_and_who_does_not_gets_a_better_letter_after_three_days(shop):
    for who in ("1", "2"):
        tell(shop, who, "Specials Subscribed", topic="holiday")
    assert letters(shop) == ["1", "2"]
    assert {run.node for run in runs(shop).values()} == {"answer"}

    later(shop, hours=5)
    tell(shop, "1", "Product Viewed", sku="mug")
    assert (runs(shop)["1"].status, runs(shop)["1"].reason) == ("watching", "end")  # Its letter may still be to go.
    shown = shop.request("GET", "/v1/customers/user:1", headers=marketer(shop)).json()
    assert shown["traits"]["answered"] is True

    later(shop, days=3)
    assert letters(shop) == ["1", "2", "2"]
    assert runs(shop)["2"].node == "linger"

    tell(shop, "2", "Order Completed", order_id="7", total=20, currency="USD")
    assert (runs(shop)["2"].status, runs(shop)["2"].reason) == ("over", "converted")
    told = shop.request("GET", "/v1/customers/user:2/timeline", headers=marketer(shop)).json()["items"]
    own = [each["name"] for each in told if each["source"] == "journey"]
    assert sorted(own) == ["Journey Entered", "Journey Left"]


def test_who_has_bought_while_a_letter_is_on_its_way_does_not_get_it(shop):
    asked = {"event": "throttle", "times": 1}
    assert shop.request("POST", "/_local/ses", json=asked).status == 200
    tell(shop, "1", "Specials Subscribed", topic="holiday")
    assert letters(shop) == []

    tell(shop, "1", "Order Completed", order_id="8", total=20, currency="USD")
    later(shop, hours=2)

    assert letters(shop) == []
    assert runs(shop)["1"].reason == "converted"


@pytest.mark.prove
def test_who_is_merged_takes_the_journey_along_and_gets_its_next_letter_where_they_are_now(shop):
    tell(shop, "1", "Specials Subscribed", topic="holiday")
    wanted, as_marketer = {"into": "user:2"}, marketer(shop)
    assert shop.request("POST", "/v1/customers/user:1/merge", headers=as_marketer, json=wanted).status == 200
    shop.settle()
    later(shop, days=4)

    assert letters(shop) == ["1", "2"]
    (run,) = shop.request("GET", "/v1/journeys/holiday/runs/user:2", headers=as_marketer).json()["items"]
    assert (run["status"], run["node"]) == ("active", "linger")

    tell(shop, "2", "Order Completed", order_id="9", total=20, currency="USD")
    (run,) = shop.request("GET", "/v1/journeys/holiday/runs/user:1", headers=as_marketer).json()["items"]
    assert (run["status"], run["reason"]) == ("over", "converted")


def say(stack, verb, **said):
    answer = stack.request("POST", f"/v1/journeys/holiday/{verb}", json=said, headers=marketer(stack))
    assert answer.status == 200, answer.text


@pytest.mark.prove
def test_a_pause_puts_all_off_by_as_long_as_it_lasted_and_who_was_inside_leaves_though_it_begins_anew_at_once(shop):
    tell(shop, "1", "Specials Subscribed", topic="holiday")
    later(shop, days=1)
    say(shop, "pause")
    later(shop, days=4)
    say(shop, "resume", policy="shift")
    later(shop, minutes=2)
    assert runs(shop)["1"].node == "better"
    assert letters(shop) == ["1"]

    tell(shop, "2", "Specials Subscribed", topic="holiday")
    later(shop, days=2)
    assert (runs(shop)["1"].node, letters(shop)) == ("linger", ["1", "1", "2"])

    say(shop, "stop")
    journeys = Journeys(shop.client("dynamodb"), "DefinitionsTable", shop.clock)
    journeys.put(going.published(journeys.state("holiday"), "holiday", 1, By("ada", shop.clock.now())))
    later(shop, minutes=2)
    assert {run.reason for run in runs(shop).values()} == {"stopped"}
