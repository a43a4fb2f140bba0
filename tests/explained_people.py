"""Two customers whose standing is explained: Ann orders, Bo was seen once. It is Sunday, 22 November 2026, 10:00."""

from msgspec.structs import replace

from shopkeeper.customer.document import Scores
from shopkeeper.customer.instants import to_ms
from shopkeeper.segment import rule
from shopkeeper.segment.explaining import Explainer
from shopkeeper.segment.leaves.counted import needed
from shopkeeper.zones import zone
from tests.interactions import identified, ordered, said
from tests.rules import ORDERS, count, in_list, total, trait
from tests.segment_worlds import customer_of

BERLIN = zone("Europe/Berlin")
NOW = to_ms("2026-11-22T09:00:00Z")
DEAR = {"event": "Looked", "where": [{"prop": "price", "cmp": "ge", "value": 5}]}
LOOKED, CART = {"event": "Looked"}, {"event": "Product Added"}
DAY = 86_400


def consented(id_, topic, is_, at):
    return said("user:ann", id_, name="Consent Changed", properties={"topic": topic, "is": is_}, at=at)


TOLD = {
    "ann": [
        identified(
            "user:ann",
            "i1",
            {"birthday": "1990-11-25", "city": "Ulm", "tags": ["a", "B"], "location": {"lat": 48.4, "lon": 10}},
            at="2026-08-01T10:00:00Z",
            context={"zone": "America/New_York", "country": "US"},
        ),
        *(
            ordered("user:ann", f"o{n}", None, each, at=f"{day}T12:00:00Z")
            for n, (day, each) in enumerate(
                {"2026-08-28": 40, "2026-09-04": "60.50", "2026-10-30": 5, "2026-11-03": 20}.items()
            )
        ),
        said("user:ann", "l1", name="Looked", properties={"price": 9}, at="2026-11-03T11:15:00Z"),
        said("user:ann", "c1", name="Product Added", at="2026-11-22T08:40:00Z"),
        said(
            "user:ann",
            "e1",
            name="Email Opened",
            source="tracking",
            properties={"class": "unknown"},
            at="2026-11-20T10:00:00Z",
        ),
        said(
            "user:ann", "s1", name="Email Sent", properties={"activity": "campaign:spring"}, at="2026-11-01T10:00:00Z"
        ),
        said(
            "user:ann", "s2", name="Email Sent", properties={"activity": "campaign:spring"}, at="2026-11-19T10:00:00Z"
        ),
        said("user:ann", "v1", name="List Entered", properties={"list": "vip"}, at="2026-09-05T10:00:00Z"),
        said("user:ann", "v2", name="List Left", properties={"list": "staff"}, at="2026-09-06T10:00:00Z"),
        consented("n1", "news", "in", "2026-09-07T10:00:00Z"),
    ],
    "bo": [
        said(
            "user:bo",
            "k1",
            name="Not Sent",
            source="mail",
            properties={"activity": "campaign:spring", "reason": "do_not_contact:opted_out"},
            at="2026-11-21T20:03:00Z",
        ),
        identified("user:bo", "i1", {"country": "at"}, at="2026-11-21T20:00:00Z", context={"country": "DE"}),
        said("user:bo", "l1", name="Looked", properties={"price": 1}, at="2026-11-21T20:00:00Z"),
        said(
            "user:bo", "n1", name="Consent Changed", properties={"topic": "*", "is": "out"}, at="2026-11-21T20:01:00Z"
        ),
        said(
            "user:bo", "n2", name="Consent Changed", properties={"topic": "news", "is": "in"}, at="2026-11-21T20:02:00Z"
        ),
    ],
}
SPRING = {"activity": "campaign:spring"}
LETTER = {"op": "outcome", "window": "ever"} | SPRING
DAYS_90 = {"days": {"n": 90}}
RULES = [
    count(3) | {"window": DAYS_90},
    count(2, "le") | {"window": {"rolling": {"seconds": 30 * DAY}}},
    count(1) | {"measure": CART, "window": {"rolling": {"seconds": 3600}}},
    count(0, "le", "Looked") | {"measure": DEAR, "window": {"calendar": "this_month"}},
    count(20) | {"window": DAYS_90},
    count(1),
    total("100") | {"window": DAYS_90},
    total("30") | {"fn": "avg"},
    total("50") | {"fn": "max", "window": DAYS_90},
    total("10") | {"fn": "min"},
    count(2) | {"measure": ORDERS | {"amount": {"prop": "total", "currency": "USD", "cmp": "ge", "x": 30}}},
    total("20", "lt") | {"measure": DEAR, "prop": "price", "currency": "XXX"},
    {"op": "total", "measure": ORDERS, "fn": "active_days", "window": {"months": {"n": 2}}, "cmp": "ge", "x": 2},
    {"op": "first", "measure": ORDERS, "window": {"between": {"from": "2026-08-01", "to": "2026-12-01"}}},
    {"op": "sequence", "a": LOOKED, "b": ORDERS, "within": {"seconds": 3600}, "window": {"weeks": {"n": 4}}},
    {"op": "abandoned", "did": CART, "without": ORDERS, "grace": {"seconds": 1800}},
    {"op": "regular", "measure": ORDERS, "at_least": 2, "of_last": 3, "unit": "months"},
    {"op": "engaged", "kind": "opened", "scope": "any", "window": {"days": {"n": 7}}, "cmp": "ge", "n": 1},
    {"op": "last", "measure": ORDERS, "prop": "total", "cmp": "ge", "value": 30},
    {"op": "last", "measure": DEAR, "prop": "color", "cmp": "in", "values": ["red", "blue"]},
    LETTER | {"is": "opened"},
    LETTER | {"is": "unopened", "window": {"days": {"n": 30}}},
    LETTER | {"is": "waiting"},
    LETTER | {"is": "clicked", "step": "second", "link": "https://a.example/"},
    *(LETTER | {"is": rung} for rung in ("not_sent", "malformed", "do_not_contact", "other_failures", "held_out")),
    LETTER | {"is": "ordered", "within": {"seconds": 7 * DAY}},
    {"op": "engaged", "kind": "sent", "scope": SPRING, "window": {"days": {"n": 7}}, "cmp": "ge", "n": 1},
    trait("city", "in", "Ulm", "Bonn"),
    trait("tags", "eq", "b"),
    {"op": "date", "path": "birthday", "cmp": "before", "ref": {"today": {"years": -36}}},
    {"op": "date", "path": "birthday", "cmp": "on", "ref": {"calendar": "this_month"}},
    {"op": "anniversary", "path": "birthday", "within_days": 3},
    {"op": "profile_age", "cmp": "ge", "span": {"seconds": 30 * DAY}},
    in_list("vip"),
    in_list("staff"),
    {"op": "consent", "topic": "news", "is": "in"},
    {"op": "consent", "channel": "email", "is": "in"},
    {"op": "reachable", "channel": "email"},
    {"op": "place", "country": ["DE", "AT"]},
    {"op": "near", "lat": 48.1, "lon": 11.6, "km": 100},
    {"op": "rfm", "dim": "r", "cmp": "ge", "value": 4},
    {"op": "bucket", "salt": "spring", "from_bp": 0, "to_bp": 5_000},
    count(1) | {"measure": CART, "window": {"calendar": "yesterday"}},
    total("100", "gt"),
]
ASKED = [(who, said_rule) for said_rule in RULES for who in ("ann", "bo")]
OWN = [each for said_rule in RULES for each in needed(rule.read(said_rule))]


def customer(who):
    seen = customer_of(TOLD[who], BERLIN, OWN)
    if who == "ann":
        return replace(
            seen, customer_id="a" * 32, document=replace(seen.document, scores=Scores(5, 4, 1, "2026-11-21"))
        )
    return replace(seen, customer_id="b" * 32)


def explained(who, said_rule, look=lambda _: None, **about):
    return Explainer(rule.read(said_rule, "rule"), look, BERLIN, **about).explain(customer(who), NOW)
