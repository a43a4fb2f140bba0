"""Decide over tables: a run that has entered hands over what its first nodes do, and plans its mail."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from moto import mock_aws
from msgspec import structs

from functions.journey_decide import app
from shopkeeper import clock
from shopkeeper.aws import definition_items as items
from shopkeeper.aws.customers import Customers
from shopkeeper.aws.journeys import STATE, Journeys
from shopkeeper.aws.runs import Runs
from shopkeeper.aws.sends import Sends
from shopkeeper.clock import Clock
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.instants import ms_of
from shopkeeper.journey import graph
from shopkeeper.journey.beginning import begin
from shopkeeper.journey.rows import Row, RunKey
from shopkeeper.journey.run import Cause
from shopkeeper.journey.state import State
from shopkeeper.mail.offers import Offered
from tests import tables
from tests.campaign_world import context
from tests.journey_graphs import cart
from tests.journey_world import NOON

ROOT = Path(__file__).parents[2]
NOW = datetime.fromtimestamp(NOON / 1000, UTC)
JO = RunKey("jo", "cart#")
TABLES = tuple(f"{name}Table" for name in "Runs Customers Contacts Sends Definitions Records Interactions".split())
VARIABLES = {f"{name.removesuffix('Table').upper()}_TABLE": name for name in TABLES}


def sample(name):
    return json.loads((ROOT / f"events/journey_decide.{name}.json").read_text())


def define(dynamodb, kind, name, content):
    said = {**items.key(kind, items.name(name, 1)), **items.texts({"content": json.dumps(content)})}
    said |= {**items.texts({"saved_at": clock.to_text(NOW), "saved_by": "ada"}), "version": {"N": "1"}}
    dynamodb.put_item(TableName="DefinitionsTable", Item=said)
    pointer = {**items.pointer(kind, name), "version": {"N": "1"}}
    dynamodb.put_item(TableName="DefinitionsTable", Item=pointer)


@pytest.fixture
def shop(monkeypatch):
    for name, value in {**VARIABLES, "WORKSPACE_ZONE": "Europe/Berlin", "DUE_SHARDS": "1"}.items():
        monkeypatch.setenv(name, value)
    app.decider.cache_clear()
    with mock_aws():
        dynamodb = tables.create(*TABLES)
        graphed = {**items.key("journey", items.name("cart", 1)), "graph": {"S": graph.to_json(journey())}}
        dynamodb.put_item(TableName="DefinitionsTable", Item=graphed)
        Journeys(dynamodb, "DefinitionsTable", Clock()).put(State(journey="cart", live=1, versions=(1,)))
        define(dynamodb, "template", "cart_contents", {"class": "marketing"})
        define(dynamodb, "brand", "shop", {"home": "https://shop.example/"})
        define(dynamodb, "topic", "carts", {"opt_in": "assumed"})
        stored = document.store(
            Customer("jo", 1, Document(traits={"email": "jo@example.com"}, told={"email": (NOON, "1")}))
        )
        Customers(dynamodb, "CustomersTable", 1).save(stored)
        yield dynamodb
    app.decider.cache_clear()


def journey():
    whole = cart()
    message = whole.nodes["email_1"]
    return cart(
        nodes={**whole.nodes, "email_1": message.__class__(**{**_parts(message), "topic": "carts", "brand": "shop"})}
    )


def _parts(struct):
    return {name: getattr(struct, name) for name in struct.__struct_fields__}


def enter(dynamodb):
    now = ms_of(Clock().now())
    cause = Cause(id="entry", kind="entry", at=now, received_at=now)
    run = begin(journey(), cause, "jo", "", UTC, now)
    Runs(dynamodb, "RunsTable").open(
        Row(customer_id="jo", run=run, inbox=(cause,), causes=1, due_at=clock.to_text(NOW)), None
    )
    return run


def test_what_the_first_nodes_do_is_handed_over_and_the_mail_is_planned_before(shop):
    run = enter(shop)

    answer = app.handler(sample("entered"), context())

    assert answer["any"] is True
    [leg] = answer["runs"]
    assert (leg["customer_id"], leg["name"], leg["fence"], leg["causes"]) == ("jo", "cart#", 1, 1)
    assert [each["channel"] for each in leg["effects"]] == ["fact", "audience", "slot", "slot", "mail"]
    row = Sends(shop, "SendsTable").load(run.send_id("email_1", 2))
    assert (row.activity, row.step, row.occurrence) == ("journey:cart", "email_1", f"{run.id}/2")
    assert (row.template, row.brand, row.topic, row.state) == ("cart_contents#1", "shop#1", "carts", "ready")
    assert row.due_at  # The clock looks after it, whatever becomes of its message.


def test_a_journey_that_is_not_remembered_keeps_nobody_as_it_was_published_a_moment_ago(shop):
    shop.delete_item(TableName="DefinitionsTable", Key=items.key(STATE, "cart"))
    enter(shop)

    [leg] = app.handler(sample("entered"), context())["runs"]

    assert leg["effects"][-1]["channel"] == "mail"


def test_a_customer_whom_the_door_would_not_write_to_goes_the_other_way_without_a_mail(shop):
    define(shop, "topic", "carts", {"opt_in": "required"})
    run = enter(shop)

    [leg] = app.handler(sample("entered"), context())["runs"]

    assert "mail" not in [each["channel"] for each in leg["effects"]]
    after = Runs(shop, "RunsTable").load(JO).run
    last = after.history[-1]
    assert (last.node, last.outcome) == ("email_1", "not_sent:do_not_contact:no_consent")
    assert Sends(shop, "SendsTable").load(run.send_id("email_1", 2)) is None


def test_a_letter_whose_offer_is_over_is_not_planned(shop, monkeypatch):
    define(shop, "offer", "free_shipping", {"value": "free shipping", "valid": {"until": "2020-01-01T00:00:00.000Z"}})
    whole = journey()
    offering = structs.replace(whole.nodes["email_1"], offer=Offered(name="free_shipping"))
    whole = structs.replace(whole, nodes={**whole.nodes, "email_1": offering})
    monkeypatch.setattr(Journeys, "graph", lambda *_: whole)
    enter(shop)

    app.handler(sample("entered"), context())

    last = Runs(shop, "RunsTable").load(JO).run.history[-1]
    assert (last.node, last.outcome) == ("email_1", "not_sent:other:offer_over")


def test_a_run_that_nobody_knows_is_nothing_to_hand_over(shop):
    assert app.handler(sample("entered"), context()) == {"runs": [], "round": 0, "any": False}
