"""Measures of the business's own choosing, over the marketer API."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from moto import mock_aws

from shopkeeper import clock
from shopkeeper.api import measures
from shopkeeper.aws.measure_rules import MeasureRules
from shopkeeper.aws.orders import Orders
from shopkeeper.clock import Clock
from shopkeeper.customer import backfilling
from shopkeeper.customer.store.backfill import Backfill
from shopkeeper.customer.walks import Walks, over
from tests.api_world import refusal
from tests.interactions import identified, said
from tests.merge_world import Shop
from tests.standing_world import nowhere

DEAR = {"event": "Product Viewed", "where": [{"prop": "price", "cmp": "ge", "value": 10}], "sum": "price"}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def shop(monkeypatch):
    with mock_aws(), time_machine.travel(NOON, tick=False):
        yield Shop(monkeypatch)


def put(shop, definition=DEAR, name="dear", **named):
    return shop.put(f"/v1/measures/{name}", definition, **named)


def walk(shop):
    """As the clock does it once it is due."""
    customers, interactions, identities, slices = (
        shop.adapters[name] for name in ("customers", "interactions", "identities", "slices")
    )
    backfill = Backfill(
        customers, interactions, Orders(shop.dynamodb, "InteractionsTable"), identities, nowhere, Clock(), None
    )
    filling = backfilling.Filling(MeasureRules(shop.definitions, UTC, Clock()).fresh, backfill, Clock())
    walks = Walks(slices, over(customers, {backfilling.KIND: filling}), Clock())
    for _ in range(3):
        for number in range(8):
            walks.visit(f"{backfilling.KIND}/dear/1/{int(NOON.timestamp() * 1000)}#{number}")


def test_a_measure_is_built_for_everybody_and_shown_by_its_id(shop):
    shop.tell(*(said("user:jo", f"m{n}", properties={"price": n, "currency": "EUR"}) for n in range(9, 12)))
    shop.tell(identified("user:al", "m1"))
    status, made, _ = put(shop)

    assert (status, made["state"]["phase"], made["state"]["slices_done"]) == (201, "building", 0)
    assert made["state"]["begins_at"] == clock.to_text(NOON + backfilling.WAIT)
    assert shop.picture("user:jo")["registered"] == {}
    walk(shop)

    state = shop.get("/v1/measures/dear")[1]["state"]
    assert state == {
        "phase": "ready",
        "customers": 2,
        "uncounted": 0,
        "slices": 8,
        "slices_done": 8,
        "known_since": clock.to_text(NOON - timedelta(days=90)),
    }
    dear = shop.picture("user:jo")["registered"]["dear"]
    assert (dear["count"], dear["totals"]) == (2, {"EUR": {"amount": "21.00", "minor_units": 2100}})
    assert shop.picture("user:al")["registered"] == {"dear": {"count": 0}}
    shop.tell(said("user:jo", "later", properties={"price": 50}))
    assert shop.picture("user:jo")["registered"]["dear"]["count"] == 3


def test_what_means_the_same_is_counted_once_and_what_changes_is_built_anew(shop):
    made = put(shop)[1]
    other = put(shop, DEAR | {"where": [{"prop": "price", "cmp": "ge", "value": 10.0}]}, "precious")[1]
    assert other["measure"] == made["measure"]

    walk(shop)
    assert shop.get("/v1/measures/dear")[1]["state"]["phase"] == "ready"
    changed = put(shop, DEAR | {"tiles": True})[1]
    assert changed["measure"] != made["measure"]
    assert changed["state"]["phase"] == "building"
    assert shop.get("/v1/measures/dear", query="version=1")[1]["state"]["phase"] == "replaced"


def test_a_measure_that_is_retired_is_counted_no_more(shop):
    shop.tell(said("user:jo", "m1", properties={"price": 20}))
    put(shop)
    walk(shop)
    assert put(shop, DEAR | {"retired": True})[1]["state"]["phase"] == "retired"
    assert shop.picture("user:jo")["registered"] == {}

    with time_machine.travel(NOON + timedelta(minutes=2)):
        shop.tell(said("user:jo", "m2", properties={"price": 20}))
        assert put(shop)[1]["state"]["phase"] == "building"
        assert shop.picture("user:jo")["registered"] == {}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"event": "Product Viewed"}, "where"),
        ({"event": "", "tiles": True}, "event"),
        ({"event": "Interaction Retracted", "tiles": True}, "event"),
        ({"where": []}, "event"),
        (DEAR | {"where": [{"prop": "price", "cmp": "about", "value": 10}]}, "where.0.cmp"),
        (DEAR | {"where": [{"prop": "price", "cmp": "ge"}]}, "where.0.value"),
        (DEAR | {"where": [{"prop": "price", "cmp": "in", "values": []}]}, "where.0.values"),
        (DEAR | {"where": [{"prop": "price..x", "cmp": "exists"}]}, "where.0.prop"),
        (DEAR | {"where": DEAR["where"] * 9}, "where"),
        (DEAR | {"of": 1}, "of"),
    ],
)
def test_what_cannot_be_counted_is_refused_by_its_field(shop, wrong, field):
    assert refusal(put(shop, wrong)) == (400, [field])


def test_there_are_so_many_measures_and_no_more(shop, monkeypatch):
    monkeypatch.setattr(measures, "MOST", 1)
    put(shop)
    assert refusal(put(shop, DEAR, "another")) == (400, [""])
    assert put(shop, DEAR | {"tiles": True})[0] == 200
    put(shop, DEAR | {"retired": True})
    assert put(shop, DEAR, "another")[0] == 201
    assert [each["id"] for each in shop.get("/v1/measures")[1]["items"]] == ["another", "dear"]


def test_who_only_looks_after_customers_defines_none(shop):
    assert refusal(put(shop, group="agent"))[0] == 403
    assert put(shop, if_match='"1"')[0] == 412


def test_a_merge_of_two_of_whom_one_lacks_a_measure_owes_it(shop):
    shop.tell(identified("anon:tab", "m1"), identified("anon:phone", "m1"))
    put(shop)
    with time_machine.travel(NOON + timedelta(minutes=2)):
        shop.tell(identified("user:new", "m1"))
        tab, new = (shop.picture(name)["customer_id"] for name in ("anon:tab", "user:new"))
        merge = shop.merge(tab, new)[1]["merge"]
        assert shop.owed.load(new) == merge
        assert shop.picture("user:new")["registered"] == {}


def test_a_rule_takes_a_measure_of_its_own_once_it_is_built(shop):
    where = [{"prop": "price", "cmp": "ge", "value": 10}]
    bought = {"op": "total", "measure": {"event": "Product Viewed", "where": where}, "prop": "price", "fn": "sum"}
    asked = bought | {"currency": "EUR", "window": "ever", "cmp": "ge", "x": "10"}
    phases = {"phases": [{"id": "dear", "when": {"op": "not", "rule": asked}}]}

    def refused():
        status, problem, _ = shop.put("/v1/phases", phases)
        assert (status, problem["errors"][0]["field"]) == (400, "phases.0.when.not.rule")
        return problem["errors"][0]["reason"]

    name_it = '{"event": "Product Viewed", "where": [{"prop": "price", "cmp": "ge", "value": 10}], "sum": "price"}'
    assert refused() == f"takes a measure of its own, which is not defined: PUT /v1/measures/<name> {name_it}"
    assert put(shop)[0] == 201
    assert refused() == "takes the measure dear, which is still building"
    walk(shop)
    assert shop.put("/v1/phases", phases)[0] == 201


def test_a_rule_finds_no_segment_yet(shop):
    phases = {"phases": [{"id": "dear", "when": {"op": "in_segment", "id": "vip"}}]}

    assert refusal(shop.put("/v1/phases", phases)) == (400, ["phases.0.when.id"])
