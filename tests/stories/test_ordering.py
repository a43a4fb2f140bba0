"""What people order behind a letter shows in its report, refunds deducted, beside what those ordered who got none."""

from datetime import timedelta

from tests.stories.letters import bring_customers, define, define_campaign, launch, outbox, recipients, report
from tests.stories.shop import marketer

EVERYBODY = {"op": "not", "rule": {"op": "trait", "path": "nothing", "cmp": "exists"}}
SHOES = {"product_id": "shoe-42", "category": "shoes", "price": 30, "quantity": 2}
CAMPAIGN = {
    "audience": EVERYBODY,
    "template": "news",
    "brand": "shop",
    "topic": "news",
    "hold_out": 50,
    "conversion": {"window_days": 7, "counts": {"category": "shoes"}},
}


class Till:
    def __init__(self, stack):
        admin = {"Authorization": f"Bearer {stack.token('admin')}"}
        asked = {"kind": "secret", "name": "till"}
        self.key = stack.request("POST", "/v1/keys", json=asked, headers=admin).json()["key"]
        self.stack = stack

    def tell(self, what, who, order, **properties):
        said = {"userId": who, "event": f"Order {what}", "properties": {"order_id": order, **properties}}
        assert self.stack.request("POST", "/v1/track", json=said | {"writeKey": self.key}).status == 200


def test_orders_behind_a_letter_show_in_its_report_and_beside_them_those_of_who_was_held_out(stack):
    bring_customers(stack, "2", "3")  # By lot, 3 is held out.
    define_campaign(stack)
    define(stack, "/v1/campaigns/news", CAMPAIGN)
    assert launch(stack)["conversion"] == CAMPAIGN["conversion"]
    stack.settle()
    assert [letter["recipient"] for letter in outbox(stack)] == ["2@customers.example"]
    stack.clock.advance(timedelta(hours=1))
    till = Till(stack)
    for who in ("2", "3"):
        till.tell("Completed", who, f"o-{who}", total=60, currency="USD", products=[SHOES])
    till.tell("Completed", "2", "o-9", total=9, currency="USD", products=[{"product_id": "sock"}])
    stack.settle()

    till.tell("Refunded", "2", "o-2", total=30, products=[SHOES | {"quantity": 1}])
    stack.settle()

    made, left = report(stack), {"amount": "30.00", "minor_units": 3000}
    assert made["sales"] == {"orders": 1, "unpriced": 0, "units": 1, "revenue": {"USD": left}}
    assert made["held_out_sales"] | {"revenue": None} == {"orders": 1, "unpriced": 0, "units": 2, "revenue": None}
    assert (made["ordered"], made["held_out_ordered"], made["broken"]) == (1, 1, [])
    (ordered,) = recipients(stack, "ordered")
    assert [(each["revenue"], each["units"]) for each in ordered["orders"]] == [(left, 1)]
    wanted = {"id": "buyers", "outcome": "ordered"}
    rule = stack.request("POST", "/v1/campaigns/news/segment", json=wanted, headers=marketer(stack)).json()["rule"]
    assert (rule["is"], rule["within"]) == ("ordered", {"seconds": 7 * 24 * 3600})
