"""Offers over the API: what they say, their codes, and what a customer was granted."""

import pytest
from moto import mock_aws

from shopkeeper.aws.customers import Customers
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer
from shopkeeper.mail.offers import Grant
from tests.api_world import CAMPAIGN, World, refusal

TEN = {"value": "10 % off", "percent": 10, "pool": True, "valid": {"days": 14}}


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        yield World(monkeypatch)


def test_an_offer_says_how_many_were_granted_redeemed_and_are_left(world):
    made = world.put("/v1/offers/ten", TEN)[1]
    loaded = [world.post("/v1/offers/ten/codes", {"codes": each})[1] for each in (["a", "b", "c"], ["c", "D"])]
    Customers(world.dynamodb, "CustomersTable").save(document.store(Customer("jo", 1)))
    world.adapters["offers"].grant("jo", Grant(name="ten#1", activity="campaign:spring", occurrence="spring-1"))
    granted = world.get("/v1/customers/jo/grants")[1]["items"]
    world.adapters["offers"].redeem(granted[0]["code"].upper(), ["jo"], "o-7", "2026-03-01T12:00:00.000Z")

    assert made["counts"] == {"granted": 0, "redeemed": 0, "left": 0, "codes": 0}
    assert loaded == [{"added": 3, "already": 0}, {"added": 1, "already": 1}]
    assert world.get("/v1/offers/ten")[1]["counts"] == {"granted": 1, "redeemed": 1, "left": 3, "codes": 4}
    assert (granted[0]["offer"], granted[0]["activity"]) == ("ten#1", "campaign:spring")
    assert world.get("/v1/customers/jo/grants")[1]["items"][0]["order"] == "o-7"


def test_a_code_belongs_to_one_offer_and_may_stay_with_it_in_other_versions(world):
    spring = {"value": "5 off", "code": "SPRING", "stock": 9}
    made = [world.put("/v1/offers/five", spring | {"stock": stock})[1]["version"] for stock in (9, 10)]
    world.put("/v1/offers/ten", TEN)

    assert made == [1, 2]
    assert world.get("/v1/offers/five")[1]["counts"]["left"] == 10
    assert refusal(world.put("/v1/offers/other", {"value": "x", "code": "spring"})) == (400, ["code"])
    assert refusal(world.post("/v1/offers/ten/codes", {"codes": ["x", "spring"]})) == (400, ["codes.1"])


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"code": "x"}, "pool"),
        ({"stock": 5}, "stock"),
        ({"amount": 500}, "currency"),
        ({"supersedes": ["gone"]}, "supersedes.0"),
        ({"valid": {"until": "2026-12-01T00:00:00Z", "days": 3}}, "valid"),
        ({"percent": 101}, "percent"),
    ],
)
def test_what_does_not_fit_together_is_refused_by_its_field(world, said, field):
    assert refusal(world.put("/v1/offers/ten", TEN | said)) == (400, [field])


def test_a_campaign_is_launched_with_the_version_of_its_offer_that_counts_then(world):
    world.define()
    refused = refusal(world.put("/v1/campaigns/spring", CAMPAIGN | {"offer": {"id": "ten"}}))
    for value in ("10 % off", "11 % off"):
        world.put("/v1/offers/ten", TEN | {"value": value})
    world.put("/v1/campaigns/spring", CAMPAIGN | {"offer": {"id": "ten", "when_out": "without"}})
    world.post("/v1/campaigns/spring/launch", {})
    terms = world.adapters["launches"].get("spring-1").pins.terms

    assert refused == (400, ["offer.id"])
    assert (terms.offer.name, terms.offer.when_out) == ("ten#2", "without")
