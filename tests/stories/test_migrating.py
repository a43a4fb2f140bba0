"""Somebody edits a journey while customers are inside it: they see before who would go where, and there they go."""

import pytest

from local.stack import Stack
from tests.stories.journeys import Shop, comes, does, letter

FIRST = """
entry: [{on: event, event: Specials Subscribed}]
brand: shop
topic: offers
first: on
nodes:
  "on": {effects: {on: [{audience: "ads:specials"}]}, next: hello}
  hello: {message: {template: hello}, next: answer}
  answer: {wait_for: {seen: {event: Page Viewed}}, timeout: P3D, on: {seen: exit}, else: again}
  again: {message: {template: again}, next: linger}
  linger: {wait: {for: P7D}, next: exit}
"""
SECOND = FIRST.replace("next: answer", "next: think").replace(
    "  answer: {wait_for: {seen: {event: Page Viewed}}, timeout: P3D, on: {seen: exit}, else: again}\n",
    "  think: {wait: {for: PT12H}, next: again}\n",
)
SECOND = SECOND.replace("for: P7D", "for: P5D")
pytestmark = pytest.mark.prove


def test_customers_go_over_to_where_the_preview_has_shown_and_nothing_is_done_twice():
    with Stack.start() as stack:
        shop = Shop(stack, "specials")
        shop.define("topics/offers", {"name": "Offers", "opt_in": "assumed"})
        for name in ("hello", "again"):
            shop.define(f"templates/{name}", letter(name))
        shop.connect("ads")
        shop.publish(FIRST)
        shop.tell(comes("early"), does("early", "Specials Subscribed", "m-early"))
        shop.later(days=3, minutes=5)
        shop.tell(comes("late"), does("late", "Specials Subscribed", "m-late"))
        shop.later(minutes=5)
        put = stack.request(
            "PUT",
            "/v1/journeys/specials",
            body=SECOND.encode(),
            headers=shop.admin | {"Content-Type": "application/yaml"},
        )
        assert put.status == 200

        shop.ask("POST", "/v1/journeys/specials/migrations", {"version": 2})
        shop.later(minutes=5)
        seen = shop.ask("GET", "/v1/journeys/specials/migrations/1")
        landed = {each["node"]: (each["customers"], each["to"], each["arrive"]) for each in seen["nodes"]}
        assert (seen["state"], landed) == ("done", {"answer": (1, "again", True), "linger": (1, "linger", False)})
        assert shop.letters("late") == ["hello"]

        begun = shop.ask("POST", "/v1/journeys/specials/publish", {"version": 2, "inside": "migrate"})
        shop.later(minutes=10)
        done = shop.ask("GET", f"/v1/journeys/specials/migrations/{begun['migration']}")
        assert (done["state"], done["moved"], done["left"], done["gone"], done["behind"]) == ("done", 2, 0, 0, 0)
        assert shop.letters("late") == ["hello", "again"]
        assert shop.letters("early") == ["hello", "again"]
        stood = {
            who: shop.ask("GET", f"/v1/journeys/specials/runs/user:{who}")["items"][0] for who in ("early", "late")
        }
        assert {each["version"] for each in stood.values()} == {2}

        shop.later(days=6)
        for who in ("early", "late"):
            assert shop.end(who) == ("end", [], [])
            assert shop.calls(who) == ["+ads:specials", "-ads:specials"]
            assert shop.told(who) == ["Journey Entered", "Journey Left"]
