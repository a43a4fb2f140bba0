"""A cart is left, and the journey docs/journeys/cart.yaml goes along: nobody who buys hears of the cart again, whenever
that is, and what was shown of it to whom is shown no longer."""

from collections import Counter
from datetime import timedelta

import pytest

from local.stack import Stack
from tests.stories.journeys import DEFINITIONS, Shop, buys, comes, does, letter

LEFT = {"op": "abandoned", "did": {"event": "Product Added"}, "without": {"event": "Order Completed"}}
ABANDONER = {
    "name": "Cart abandoner",
    "rule": {
        "op": "all",
        "of": [LEFT | {"grace": {"seconds": 1800}}, {"op": "trait", "path": "cart.items", "cmp": "gt", "value": 0}],
    },
}
pytestmark = pytest.mark.prove
ON = ["+facebook:cart", "+dsp:cart", "+google:cart"]
ALL = [*ON, "-google:cart", "-dsp:cart", "-facebook:cart"]
BOTH = ["Your cart", "Free shipping"]


@pytest.fixture(scope="module")
def shop():
    with Stack.start() as stack:
        shop = Shop(stack, "cart")
        shop.define("topics/offers", {"name": "Offers", "opt_in": "assumed"})
        shop.define("templates/cart-contents", letter("Your cart"))
        shop.define("templates/cart-free-shipping", letter("Free shipping"))
        shop.define("segments/cart-abandoner", ABANDONER)
        shop.connect("facebook", "dsp", "google")
        shop.publish((DEFINITIONS / "cart.yaml").read_text())
        shop.later(hours=1)
        assert shop.ask("GET", "/v1/segments/cart-abandoner")["state"]["phase"] == "ready"
        yield shop


def leave_carts(shop, *people, times=1):
    calls = [call for who in people for call in (comes(who, cart={"items": 2}), does(who, "Product Added", f"m-{who}"))]
    shop.tell(*calls, times=times)


@pytest.fixture(scope="module")
def day(shop):
    """A day of the shop from eight in the morning, and a night; then a day in which the clock jumps, and a week."""
    shop.morning(8)
    leave_carts(shop, "silent", "soon", "three", "eight", "late", "emptier", "clicker")
    leave_carts(shop, "twice", times=2)
    shop.later(minutes=10)
    leave_carts(shop, "flying")
    shop.later(minutes=10)
    shop.tell(buys("soon"))
    shop.later(minutes=15)
    shop.stack.request("POST", "/_local/ses", json={"event": "throttle", "times": 1})
    while shop.stack.request("GET", "/_local/planned").json()["ses"]:
        shop.later(minutes=1)
    shop.tell(buys("flying"))
    shop.click("clicker")
    shop.later(minutes=3)
    shop.tell(buys("clicker"))
    shop.later(hours=3)
    shop.tell(buys("three"), comes("emptier", cart={"items": 0}))
    shop.later(hours=5)
    shop.tell(buys("eight"))
    shop.later(hours=4, minutes=10)
    leave_carts(shop, "night", "owl")
    shop.later(minutes=40)
    shop.tell(buys("late"), buys("twice", message="m-order"), times=2)
    shop.later(hours=2)
    shop.tell(buys("owl"))
    jump(shop)
    shop.stack.clock.advance(timedelta(days=8))
    shop.later(minutes=10)
    return shop


def jump(shop):
    shop.later(hours=9)
    leave_carts(shop, "jumper", "buyer")
    shop.later(minutes=40)
    shop.stack.clock.advance(timedelta(hours=11, minutes=50))
    shop.tell(buys("buyer", at=shop.stack.clock.now() - timedelta(hours=4)))
    shop.later(hours=13)


def test_who_does_not_answer_is_shown_the_cart_in_ever_more_places_gets_two_letters_and_is_left_alone_after_a_week(day):
    assert day.letters("silent") == BOTH
    assert day.calls("silent") == ALL
    hours = day.hours("silent")
    assert hours.pop("linger") >= 168
    assert hours == {
        "on_1": 0,
        "email_1": 0,
        "w4": 4,
        "on_2": 4,
        "w12": 12,
        "on_3": 12,
        "email_2": 12,
        "exit": hours["exit"],
    }
    assert day.end("silent") == ("end", [], [])
    assert day.told("silent") == ["Journey Entered", "Journey Left"]


def test_who_buys_before_the_cart_counts_as_left_never_comes_in(day):
    assert day.letters("soon") == []
    assert day.calls("soon") == []
    assert day.ask("GET", "/v1/journeys/cart/runs/user:soon")["items"] == []


@pytest.mark.parametrize(
    ("who", "letters", "calls"),
    [
        ("three", BOTH[:1], ["+facebook:cart", "-facebook:cart"]),
        ("eight", BOTH[:1], ["+facebook:cart", "+dsp:cart", "-dsp:cart", "-facebook:cart"]),
        ("late", BOTH, ALL),
    ],
)
def test_who_buys_is_shown_the_cart_no_longer_and_hears_of_it_no_more(day, who, letters, calls):
    assert day.letters(who) == letters
    assert day.calls(who) == calls
    assert day.end(who) == ("converted", [], [])
    assert day.told(who) == ["Journey Converted", "Journey Entered", "Journey Left"]


def test_anybody_who_asks_learns_why_somebody_came_in_was_written_to_or_left(day):
    three = day.why("three")
    assert "Comes into the segment cart-abandoner" in three["why"][1]
    assert any(each.endswith("ended it.") and "Order Completed" in each for each in three["why"])
    assert [each["state"] for each in three["runs"][0]["letters"]] == ["delivered"]
    soon = day.why("soon")
    assert (soon["is_inside"], soon["runs"], soon["entries"][0]["segment"]["holds"]) == (False, [], False)
    assert "Not in Cart abandoner" in soon["why"][1]


@pytest.mark.parametrize(
    ("who", "by", "kinds"),
    [
        ("clicker", "email_1", ["audience", "slot", "slot", "sent", "clicked"]),
        ("eight", "email_1", ["audience", "slot", "slot", "sent", "audience"]),
        ("flying", "on_1", ["audience", "slot", "slot"]),
    ],
)
def test_an_order_has_its_trail_and_the_last_touch_has_the_credit(day, who, by, kinds):
    credit = day.run(who)["credit"]
    assert (credit["by"], credit["order"]) == (by, f"o-{who}")
    assert credit["worth"] == {"USD": {"amount": "20.00", "minor_units": 2_000}}
    assert [each["kind"] for each in credit["trail"]] == kinds
    assert credit["last_touch"]["node"] == by


def test_who_empties_the_cart_leaves_without_having_bought(day):
    assert day.letters("emptier") == BOTH[:1]
    assert day.calls("emptier") == ["+facebook:cart", "-facebook:cart"]
    assert day.end("emptier") == ("emptied", [], [])


def test_who_buys_while_the_letter_is_on_its_way_does_not_get_it(day):
    assert day.letters("flying") == []
    assert day.calls("flying") == ["+facebook:cart", "-facebook:cart"]
    assert day.end("flying") == ("converted", [], [])


def test_what_is_told_twice_happens_once(day):
    assert day.letters("twice") == BOTH
    assert day.calls("twice") == ALL
    assert day.told("twice") == ["Journey Converted", "Journey Entered", "Journey Left"]


def test_who_leaves_a_cart_at_night_is_written_to_in_the_morning_and_then_goes_on_by_the_hours_since_they_came(day):
    assert day.letters("night") == BOTH
    assert day.calls("night") == ALL
    hours = day.hours("night")
    assert hours["email_1"] == hours["w4"] == hours["on_2"] == 11
    assert hours["w12"] > 11


def test_who_buys_while_the_night_keeps_the_letter_does_not_get_it(day):
    assert day.letters("owl") == []
    assert day.calls("owl") == ["+facebook:cart", "-facebook:cart"]
    assert day.end("owl") == ("converted", [], [])


def test_what_was_due_while_the_clock_jumped_is_made_up_for_once_and_in_order(day):
    assert day.letters("jumper") == BOTH
    assert day.calls("jumper") == ALL
    assert day.end("jumper") == ("end", [], [])


def test_who_bought_while_the_clock_jumped_is_shown_nothing_any_more(day):
    assert day.letters("buyer")[:1] == BOTH[:1]
    on = [call[1:] for call in day.calls("buyer") if call[0] == "+"]
    off = [call[1:] for call in day.calls("buyer") if call[0] == "-"]
    assert off == on[::-1]
    assert day.end("buyer") == ("converted", [], [])


def test_the_counts_are_those_of_all_runs_one_by_one(day):
    bought = ("three", "eight", "late", "twice", "flying", "owl", "buyer", "clicker")
    who = ("silent", "emptier", "night", "jumper", *bought)
    runs = [day.run(each) for each in who]
    lines = [line for run in runs for line in run["history"]]

    day.ask("POST", "/v1/journeys/cart/counts", {})
    day.later(minutes=2)
    counted = day.ask("GET", "/v1/journeys/cart/counts")

    assert counted["state"] == "counted"
    assert counted["entries"]["entered"] == len(runs)
    assert counted["entries"]["left"] == Counter(run["reason"] for run in runs)
    assert {each["node"]: each["arrived"] for each in counted["nodes"]} == Counter(line["node"] for line in lines)
    went = [word for node in counted["nodes"] for words in (node["outcomes"], node["left"]) for word in words.items()]
    assert sum((Counter(dict([word])) for word in went), Counter()) == Counter(line["outcome"] for line in lines)
    goals = {each["node"]: each["converted"] for each in counted["nodes"]} | {
        each["by"]: each["converted"] for each in counted["elsewhere"]
    }
    reached = Counter(run["credit"]["by"] for run in runs if run["converted_at"])
    assert {by: number for by, number in goals.items() if number} == reached
    assert counted["entries"]["converted"] == sum(reached.values()) > 3
    worth = sum(run["credit"]["worth"]["USD"]["minor_units"] for run in runs if run["converted_at"])
    assert counted["entries"]["worth"]["USD"]["minor_units"] == worth
    assert day.ask("GET", "/v1/journeys/cart/runs")["items"] == []
