"""A segment from the first look at its rule until nobody needs it any more: who is in it, why, and until when."""

from datetime import timedelta

from shopkeeper import clock
from tests import spring
from tests.stories.shop import marketer
from tests.stories.test_collect import read, write_key
from tests.stories.test_counting_once import send
from tests.stories.test_definitions import CAMPAIGN, call, define

LATELY = "/v1/segments/lately"
ORDER = {"type": "track", "event": "Order Completed"}


def ordered(times):
    within = {"rolling": {"seconds": 3600}}
    return {"op": "count", "measure": {"event": "Order Completed"}, "window": within, "cmp": "ge", "n": times}


def order(stack, key, who, number):
    send(stack, key, ORDER | {"userId": who, "properties": {"order_id": number}})


def members(stack):
    page = read(stack, f"{LATELY}/members")
    return sorted(name for each in page["items"] for name in each["identities"]), page["count"]["members"]


def state(stack, version=""):
    return read(stack, f"{LATELY}{version}")["state"]


def built(stack):
    """The newest version, when it counts: the clock has passed the wait by then, and all customers were looked at."""
    for _ in range(30):
        if state(stack)["phase"] == "ready":
            return state(stack)
        stack.settle()
        stack.advance_to_next()
    raise AssertionError("it is never built")


def explained(stack, who):
    told = read(stack, f"{LATELY}/explain/user:{who}")
    return told["counted"]["is_in"], told["explanation"]


def news(stack, who):
    """The newest that the timeline tells of them."""
    newest = read(stack, f"/v1/customers/user:{who}/timeline")["items"][0]
    return newest, (newest["name"], newest["properties"]["cause"])


def come_and_go(stack, key):
    """Jo was there when it was built; Al comes by what Al does; Jo goes by nothing but time, and Al orders again."""
    order(stack, key, "al", "2")
    assert members(stack) == (["user:al", "user:jo"], 2)
    assert news(stack, "al")[1] == ("Segment Entered", "interaction")
    until = explained(stack, "jo")[1]["changes"]["at"]

    stack.clock.advance(timedelta(minutes=40))
    order(stack, key, "al", "3")
    stack.clock.move_to(clock.from_text(until) + timedelta(minutes=1))
    stack.settle()

    assert members(stack) == (["user:al"], 1)
    assert read(stack, "/v1/customers/user:jo")["segments"] == []
    left, told = news(stack, "jo")
    assert (told, left["at"]) == (("Segment Left", "clock"), until)
    assert clock.from_text(left["received_at"]) - clock.from_text(until) < timedelta(minutes=2)
    is_in, why = explained(stack, "jo")
    assert (is_in, why["holds"], why["summary"].startswith("Not in Lately: ")) == (False, False, True)


def refer(stack):
    """A campaign to those of the segment, which nobody can delete then."""
    audience = {"op": "in_segment", "id": "lately"}
    call(stack, "PUT", "/v1/campaigns/spring", CAMPAIGN | {"audience": audience}, 201)
    return call(stack, "DELETE", LATELY, status=409).json()


def test_a_segment_is_looked_at_first_then_built_then_true_by_itself_until_nobody_refers_to_it(stack):
    define(stack)
    key = write_key(stack)["key"]
    order(stack, key, "jo", "1")
    send(stack, key, {"type": "identify", "userId": "al"})
    looked = call(stack, "POST", "/v1/segments/preview", {"rule": ordered(1)}).json()
    assert (looked["size"]["about"], looked["size"]["customers"], len(looked["sample"])) == (1, 2, 1)
    call(stack, "GET", LATELY, status=404)

    published = call(stack, "PUT", LATELY, {"name": "Lately", "rule": ordered(1)}, 201).json()
    assert published["state"]["phase"] == "building"
    call(stack, "GET", f"{LATELY}/members", status=409)
    assert built(stack)["size"] == 1
    assert members(stack) == (["user:jo"], 1)
    come_and_go(stack, key)

    order(stack, key, "bo", "4")
    order(stack, key, "al", "5")
    call(stack, "PUT", LATELY, {"name": "Lately", "rule": ordered(2)})
    assert (state(stack)["phase"], state(stack, "?version=1")["phase"]) == ("building", "ready")
    assert members(stack) == (["user:al", "user:bo"], 2)
    assert built(stack)["phase"] == "ready"
    assert (state(stack, "?version=1")["phase"], members(stack)) == ("replaced", (["user:al"], 1))
    assert news(stack, "bo")[1] == ("Segment Entered", "interaction")

    refused = refer(stack)
    assert refused["errors"] == [{"field": "campaign", "reason": "spring"}]
    spring.launch(stack, marketer(stack))
    assert spring.watch(stack, marketer(stack))["found"] == len(["user:al"])
    call(stack, "DELETE", LATELY, status=204)
    call(stack, "GET", f"{LATELY}/members", status=404)
