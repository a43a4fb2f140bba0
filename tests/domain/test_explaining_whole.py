"""The whole of an explanation: a summary, what is missing, what would change it, and segments inside segments."""

import pytest

from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.requests import BadRequest
from shopkeeper.segment import evaluate, rule
from shopkeeper.segment.explaining import Explainer, tree, walking
from tests.explained_people import BERLIN, CART, DAYS_90, LOOKED, NOW, customer, explained
from tests.interactions import ordered, said
from tests.rules import ORDERS, all_of, any_of, at_least, count, in_list, negated, total, trait
from tests.segment_worlds import customer_of

REGULARS = {"op": "in_segment", "id": "regulars"}
VIP = all_of(
    REGULARS,
    negated(in_list("staff")),
    any_of(trait("city", "in", "Ulm"), {"op": "place", "country": ["DE"]}),
    {"op": "consent", "topic": "news", "is": "in"},
    at_least(2, count(1, event="Looked"), in_list("vip"), in_list("gold")),
)

CITY_OR_COUNTRY = (
    'one of these: city is not known (asked for: city is "Ulm") or country is at, as told (asked for: country is DE)'
)
LISTS = (
    "one of these: was never on the list vip (a place on the list vip is needed) or was never on the list gold (a "
    "place on the list gold is needed)"
)


def look(name):
    return {"regulars": rule.read(count(3) | {"window": DAYS_90})}.get(name.id)


def nodes(node):
    return [node, *(found for each in node.get("of", ()) for found in nodes(each))]


def test_a_member_is_told_why_until_when_and_what_would_end_it():
    found = explained("ann", VIP, look, name="VIP")

    assert (found["holds"], found["missing"], found["changes"]["at"]) == (True, [], "2026-12-02T23:00:00.000Z")
    assert found["summary"] == (
        "In VIP: ordered 4 times in the last 90 days, newest on 3 November 2026; is off the list staff since "
        '6 September 2026; city is "Ulm"; said yes to news on 7 September 2026; did “Looked” once, newest on '
        "3 November 2026; is on the list vip since 5 September 2026. By itself this changes: from 3 December 2026, "
        "00:00 (Europe/Berlin) on it does not hold any more, because the order of 4 September 2026 falls out of the "
        "last 90 days."
    )
    assert found["changes_with"] == [
        "cancelled orders",
        "being put on the list staff, or taken off it",
        "another city",
        "what is said on news",
        "being put on the list vip, or taken off it",
    ]


def test_who_is_not_in_it_is_told_what_is_missing():
    found = explained("bo", VIP, look, name="VIP")

    assert found["missing"] == [
        {"path": "rule.all.of[0].rule", "says": "has not ordered in the last 90 days (3 are needed)"},
        {"path": "rule.all.of[2].any", "says": CITY_OR_COUNTRY},
        {"path": "rule.all.of[3]", "says": "said no to all marketing on 21 November 2026 (a yes is needed)"},
        {"path": "rule.all.of[4].at_least", "says": LISTS},
    ]
    assert found["summary"].startswith("Not in VIP: has not ordered in the last 90 days (3 are needed); one of these: ")
    assert found["summary"].endswith("By itself this does not change.")


@pytest.mark.parametrize(
    ("asked", "missing"),
    [
        (
            negated(count(1, event="Looked")),
            [("rule.not", "did “Looked” once, newest on 21 November 2026 (that must not be)")],
        ),
        (at_least(2, in_list("a"), in_list("b")), [("rule.at_least.of[0]", None), ("rule.at_least.of[1]", None)]),
        (
            at_least(2, in_list("a"), in_list("b"), all_of(in_list("c"), in_list("d"))),
            [
                (
                    "rule.at_least",
                    "2 of these: was never on the list a (a place on the list a is needed), was never on the list b (a "
                    "place on the list b is needed) or all of: is on the list c; is on the list d",
                )
            ],
        ),
        (any_of(in_list("a")), [("rule.any.of[0]", "was never on the list a (a place on the list a is needed)")]),
    ],
)
def test_what_is_missing_to_a_group(asked, missing):
    found = explained("bo", asked)["missing"]

    assert [each["path"] for each in found] == [path for path, _ in missing]
    assert all(says in (None, each["says"]) for each, (_, says) in zip(found, missing, strict=True))


@pytest.mark.parametrize(
    ("who", "asked", "with_"),
    [
        ("bo", count(3), ["3 more orders"]),
        ("ann", count(3), ["cancelled orders"]),
        ("ann", count(5, "le"), ["2 more orders"]),
        ("ann", count(3, "le"), []),
        ("ann", count(4, "eq"), ["one more order"]),
        ("ann", count(6, "eq"), ["2 more orders"]),
        ("ann", count(1, event="Looked"), []),
        ("ann", negated(count(1, event="Looked")), []),
        ("bo", negated(count(2, event="Looked")), ["one more “Looked”"]),
        ("bo", total("10"), ["more orders"]),
        ("ann", total("10"), ["refunded or cancelled orders"]),
        ("ann", total("500", "lt"), ["more orders"]),
        ("ann", {"op": "first", "measure": ORDERS, "window": {"calendar": "today"}}, []),
        ("bo", {"op": "first", "measure": ORDERS, "window": {"calendar": "today"}}, ["a first order"]),
        ("ann", trait("city", "eq", "Ulm"), ["another city"]),
        ("ann", {"op": "bucket", "salt": "spring", "from_bp": 0, "to_bp": 5_000}, []),
    ],
)
def test_only_what_would_change_it_is_said_to(who, asked, with_):
    assert explained(who, asked)["changes_with"] == with_


def test_a_segment_inside_a_segment_keeps_its_name_and_shows_its_rule():
    inner = next(each for each in nodes(explained("ann", VIP, look)["rule"]) if each["op"] == "in_segment")

    assert (inner["segment"], inner["says"]) == ("regulars", "Is in the segment regulars")
    assert [(each["path"], each["op"]) for each in inner["of"]] == [("rule.all.of[0].rule", "count")]
    assert inner["changes"] == inner["of"][0]["changes"]


def test_of_a_rule_too_large_to_read_the_insides_of_segments_are_left_out(monkeypatch):
    monkeypatch.setattr(tree, "MOST_TOLD", 8)
    of = {who: explained(who, VIP, look)["rule"]["of"][0] for who in ("ann", "bo")}

    assert all("of" not in each and each["segment"] == "regulars" for each in of.values())
    assert [each["says"] for each in of.values()] == [
        "Is in the segment regulars; asked for: is in the segment regulars",
        "Is not in the segment regulars; asked for: is in the segment regulars",
    ]
    assert of["ann"]["changes"]["at"] == "2026-12-02T23:00:00.000Z"
    assert of["ann"]["changes"]["why"] == "the segment regulars ends then"


def test_what_names_no_segment_cannot_be_explained():
    with pytest.raises(BadRequest) as refused:
        explained("ann", all_of(REGULARS))

    assert refused.value.findings == [("rule.all.of[0].id", "there is no segment regulars")]


def test_a_group_changes_because_of_what_changes_with_it():
    """At the same instant the other one comes to hold, which is no reason for the end of it."""
    month = count(1) | {"window": {"calendar": "this_month"}}
    found = explained("ann", all_of(month, negated(count(1) | {"window": {"calendar": "last_month"}})))
    assert found["changes"] is None

    found = explained("ann", any_of(month, count(5) | {"window": {"calendar": "this_month"}}))
    assert found["changes"]["why"].count("out of this month") == 1

    lately = count(3) | {"window": DAYS_90}
    found = explained("ann", negated(all_of(lately, count(4) | {"window": DAYS_90})))
    assert found["changes"]["why"] == "the order of 28 August 2026 falls out of the last 90 days"


def test_a_negation_changes_because_of_its_rule():
    month = {"window": {"calendar": "this_month"}}
    found = explained("ann", negated(any_of(count(1) | month, count(2) | month)))

    assert found["changes"]["to"] is True
    assert "out of this month" in found["changes"]["why"]


def test_who_turns_by_himself_is_told_what_then_holds():
    found = explained("bo", {"op": "profile_age", "cmp": "ge", "span": {"seconds": 30 * 86_400}})

    assert found["changes"] == {
        "at": "2026-12-21T20:00:00.000Z",
        "local": "2026-12-21T21:00:00.000+01:00",
        "zone": "Europe/Berlin",
        "to": True,
        "why": "30 days have passed since 21 November 2026, 21:00",
        "says": "from 21 December 2026, 21:00 (Europe/Berlin) on it holds, because 30 days have passed since "
        "21 November 2026, 21:00",
    }


def test_of_one_hour_it_is_said_that_it_has_passed():
    left = {"op": "abandoned", "did": CART, "without": ORDERS, "grace": {"seconds": 3_600}}

    why = explained("ann", left)["changes"]["why"]
    assert why == "1 hour has passed since the product in the cart, without an order"


def test_the_evaluator_may_say_early_and_the_explanation_says_when():
    """Each of two may change at a midnight, and what both come to together never does."""
    birthday = {"op": "anniversary", "path": "birthday", "within_days": 3}
    either = any_of(birthday, negated(birthday))
    its, seen = evaluate.compile_rule(rule.read(either)), customer("ann")
    assert its.evaluate(seen, NOW).flips_at is not None

    found = explained("ann", either)

    assert (found["holds"], found["changes"]) == (True, None)
    assert to_ms(found["unchanged_until"]) > NOW
    assert f"does not change before {found['unchanged_until']}" in found["summary"]


def test_the_turns_of_a_month_are_counted_at_each_instant_that_may_bring_one():
    its, month = Explainer(rule.read(VIP), look, BERLIN), 30 * 86_400_000

    assert its.turns(customer("ann"), NOW, NOW + month, 100) == (1, 1)
    assert its.turns(customer("bo"), NOW, NOW + month, 100) == (0, 0)


def test_what_is_dated_later_today_has_not_followed_yet():
    told = [
        said("user:jo", "m1", name="Looked", at="2026-11-22T08:00:00Z"),
        ordered("user:jo", "m2", None, 5, at="2026-11-22T12:00:00Z"),
    ]
    asked = {"op": "sequence", "a": LOOKED, "b": ORDERS, "within": {"seconds": 86_400}, "window": {"days": {"n": 1}}}
    found = Explainer(rule.read(asked), look, BERLIN).explain(customer_of(told, BERLIN), NOW)

    assert (found["holds"], found["rule"]["seen"]) == (False, {})
    assert found["rule"]["says"].startswith("No order came so soon after a “Looked” today; ")
    assert found["changes"]["at"] == "2026-11-22T12:00:00.000Z"
    assert found["changes"]["why"] == "the order of 22 November 2026 comes into today"


def test_one_line_says_why():
    assert Explainer(rule.read(in_list("vip")), look, BERLIN).line(customer("ann"), NOW) == (
        "Is on the list vip since 5 September 2026."
    )


def test_the_walk_ends_with_the_calendar():
    far = evaluate.compile_rule(rule.read({"op": "profile_age", "cmp": "ge", "span": {"seconds": 10**9}}))
    assert walking.turn(far, customer("bo"), NOW).at == to_ms("2026-11-21T20:00:00Z") + 10**12
    assert walking.turn(far, customer("bo"), NOW, most=0) == (None, to_ms("2026-11-21T20:00:00Z") + 10**12)
