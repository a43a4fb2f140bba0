"""A shop goes on while every handler on the way of an interaction dies once at each of its calls.

`make test` dies before the first call of each handler and after all of them: to die before a later one leaves the same
behind as to die after the one before it. `make prove` dies everywhere.
"""

from itertools import product

import pytest

from local.faults import FAULTS, Call


class Shopper:
    """Somebody new each time: all ids end in `mark`."""

    def __init__(self, stack, keys, mark):
        self.stack, self.keys, self.mark = stack, keys, mark

    def visits(self):
        """A page and an order told by the browser; then who it was, and the same order told by the shop's server.

        In the end everything is sent once more.
        """
        order = {"order_id": f"A-{self.mark}", "total": 29.33, "currency": "EUR"}
        visitor, user = {"anonymousId": f"browser-{self.mark}"}, {"userId": f"jo-{self.mark}"}
        page = {"type": "page", "name": "Boots", **visitor}
        forged = told("Order Completed", order | {"total": 0.01}, **visitor)
        identify = {"type": "identify", "traits": {"name": "Jo"}, **user, **visitor}
        seen = self.body("publishable", page, told("Boots Viewed", **visitor), forged)
        bought = self.body("secret", identify, told("Order Completed", order, **user))
        for bodies in ([seen], [bought], [bought, seen]):
            self.deliver(bodies)

    def body(self, key, *calls):
        batch = [call | {"messageId": f"m-{key}-{n}"} for n, call in enumerate(calls)]
        return {"batch": batch, "writeKey": self.keys[key]}

    def deliver(self, bodies):
        """As an SDK does: until the door has answered 200. Some minutes later all has been stored."""
        for body in bodies:
            while self.stack.request("POST", "/v1/batch", json=body).status != 200:
                pass
        self.stack.settle()
        while self.stack.advance_to_next():
            self.stack.settle()

    def picture(self):
        """What the API shows of them, without what differs from person to person and from day to day."""
        seen = read(self.stack, f"/v1/customers/user:jo-{self.mark}")
        visitor = read(self.stack, f"/v1/customers/anon:browser-{self.mark}")
        assert visitor["customer_id"] == seen["customer_id"]
        timeline = read(self.stack, f"/v1/customers/{seen['customer_id']}/timeline")["items"]
        return {
            "identities": sorted(each["identity"].removesuffix(self.mark) for each in seen["identities"]),
            "traits": seen["traits"],
            "measures": {name: (one["count"], one.get("totals")) for name, one in seen["measures"].items()},
            "timeline": sorted(f"{row['type']} {row.get('name')}" for row in timeline),
        }


def told(event, properties=None, **who):
    return {"type": "track", "event": event, "properties": properties or {}, **who}


def read(stack, path):
    answer = stack.request("GET", path, headers={"authorization": f"Bearer {stack.token('viewer')}"})
    assert answer.status == 200, answer.text
    return answer.json()


@pytest.fixture
def keys(stack):
    admin = {"authorization": f"Bearer {stack.token('admin')}"}
    made = {kind: {"kind": kind, "name": "shop"} for kind in ("publishable", "secret")}
    answers = {kind: stack.request("POST", "/v1/keys", json=asked, headers=admin) for kind, asked in made.items()}
    return {kind: answer.json()["key"] for kind, answer in answers.items()}


@pytest.fixture(autouse=True)
def _no_fault_is_left():
    yield
    FAULTS.clear()


def undisturbed(stack, keys):
    """The picture of a shopper to whom nothing happened, and the calls it took; the first one warms the sandboxes."""
    Shopper(stack, keys, "warm").visits()
    calm = Shopper(stack, keys, "calm")
    with FAULTS.watch() as calls:
        calm.visits()
    return calm.picture(), [call for call in calls if call.function.startswith("Ingest")]


def firsts(calls):
    """The place of the first call of each function."""
    return {call.function: nth for nth, call in reversed(list(enumerate(calls, 1)))}.values()


SPARING, THOROUGH = "once around each call", "before and after each call"


@pytest.mark.parametrize("way", [SPARING, pytest.param(THOROUGH, marks=pytest.mark.prove)])
def test_wherever_a_handler_dies_the_customer_ends_up_the_same(stack, keys, way):
    expected, calls = undisturbed(stack, keys)
    assert expected["measures"]["Order Completed"] == (1, {"EUR": {"amount": "29.33", "minor_units": 2933}})
    assert expected["measures"]["Boots Viewed"][0] == 1
    assert len(expected["timeline"]) == 5
    assert {call.function for call in calls} == {"IngestCollectFunction", "IngestStoreFunction"}

    wrong = {}
    for (nth, call), when in product(enumerate(calls, 1), ("before", "after")):
        if when == "before" and way == SPARING and nth not in firsts(calls):
            continue
        picture = dying(Shopper(stack, keys, f"{when}-{nth}"), when, call, calls[:nth])
        if picture != expected:
            wrong[when, nth, call.name] = picture
    assert wrong == {}
    assert all(queue["dead"] == 0 for queue in stack.state()["queues"].values())


def dying(shopper, when, call: Call, so_far):
    """The handler dies at this very call: the one of its function that comes after as many others."""
    nth = sum(each.function == call.function for each in so_far)
    FAULTS.crash(when, function=call.function, nth=nth)
    shopper.visits()
    assert not FAULTS._traps, "the call never came"
    return shopper.picture()
