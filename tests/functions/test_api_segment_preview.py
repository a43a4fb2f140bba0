"""A look at a rule over the marketer API, before it is kept."""

from datetime import timedelta

import pytest
from moto import mock_aws
from msgspec.structs import replace

from shopkeeper.api import segment_preview
from shopkeeper.aws import customers
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Document
from tests.api_world import World, refusal
from tests.explained_people import customer
from tests.rules import all_of, count, in_list

PATH = "/v1/segments/preview"


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        yield world


def people(world, buyers, others, **more):
    for n in range(buyers + others):
        known = {"first_name": "Jo", "last_name": f"Doe{n}", "email": "secret"} | more
        seen = replace(customer("ann" if n < buyers else "bo"), customer_id=f"c{n}")
        about = replace(seen.document, traits=known, told=dict.fromkeys(known, (0, "")))
        named = replace(about, identities={f"email:jo{n}@example.com": 1, f"user:{n}": 1})
        world.adapters["customers"].save(document.store(replace(seen, document=named)))
    world.adapters["customers"].save(document.store(Customer("gone", 1, Document(merged_into="c0"))))


def test_a_small_shop_is_looked_at_as_a_whole(world):
    people(world, 25, 5)

    status, answer, _ = world.post(PATH, {"rule": count(1)})

    assert (status, answer["uncounted"]) == (200, [])
    size = {"about": 25, "exact": True, "low": 25, "high": 25, "looked_at": 30, "customers": 30}
    assert answer["size"] == size
    assert len({each["customer_id"] for each in answer["sample"]}) == 20
    one = answer["sample"][0]
    assert (one["name"], one["email"]) == ("J••• D•••", "j•••@e•••.com")
    assert one["why"] == "Ordered 4 times, newest on 3 November 2026."


def test_why_masks_what_the_sample_masks_and_explaining_one_customer_does_not(world):
    people(world, 1, 0, mail="jo@x.example", address={"street": "Am Markt 5"}, city="Ulm")
    asked = all_of(*({"op": "trait", "path": each, "cmp": "exists"} for each in ("mail", "address.street", "city")))

    (one,) = world.post(PATH, {"rule": asked})[1]["sample"]
    explained = world.post("/v1/segments/explain", {"rule": asked, "customer": "c0"})[1]

    assert one["why"] == 'Mail is "j•••@x•••.example"; address.street is "A••• M••• •••"; city is "Ulm".'
    assert 'mail is "jo@x.example"; address.street is "Am Markt 5"' in explained["summary"]


def test_a_larger_one_is_looked_at_in_slices_until_time_is_up(world, monkeypatch):
    monkeypatch.setattr(customers, "_PAGE", 3)
    people(world, 20, 20)

    whole = world.post(PATH, {"rule": count(1)})[1]["size"]
    monkeypatch.setattr(segment_preview, "LOOKS_FOR", timedelta())
    part = world.post(PATH, {"rule": count(1)})[1]["size"]

    assert (whole["about"], whole["exact"], whole["looked_at"]) == (20, True, 40)
    assert (part["exact"], part["looked_at"] < 10) == (False, True)
    assert part["low"] <= 20 <= part["high"]


def test_its_price_is_what_building_it_and_keeping_it_true_takes(world):
    people(world, 3, 1)

    price = world.post(PATH, {"rule": count(1)})[1]["price"]

    assert (price["month"]["wakes"], price["month"]["changes"], price["month"]["dollars"]) == (0, 0, "0.000000")
    size = world.adapters["customers"].load(["c0"])["c0"].size
    assert price["build"]["write_units"] == 3 * (-(-(size + 120) // 1_024) + 1)
    assert 1 <= price["build"]["read_units"] <= 3
    assert 0 < float(price["build"]["dollars"]) < 0.00001


def test_nobody_is_a_size(world):
    answer = world.post(PATH, {"rule": count(1)})[1]

    assert (answer["size"]["about"], answer["size"]["exact"], answer["sample"]) == (0, True, [])


def test_what_is_wrong_with_a_rule_is_named(world):
    for rule, fields in (
        (None, ["rule"]),
        ({"op": "all", "of": []}, ["rule.all.of"]),
        (all_of(count(1), in_list("gone")), ["rule.all.of[1].id"]),
        (all_of({"op": "in_segment", "id": "gone"}), ["rule.all.of[0].id"]),
    ):
        assert refusal(world.post(PATH, {"rule": rule})) == (400, fields)


def test_of_a_measure_that_is_not_counted_nothing_is_guessed(world):
    people(world, 1, 0)
    dear = {"event": "Looked", "where": [{"prop": "price", "cmp": "ge", "value": 7}]}

    answer = world.post(PATH, {"rule": count(1) | {"measure": dear}})[1]

    assert (answer["size"], answer["price"], answer["sample"]) == (None, None, [])
    [why] = answer["uncounted"]
    assert why.startswith("takes a measure of its own, which is not defined: PUT /v1/measures/<name> {")
    assert why.endswith("}; publishing the segment defines it by itself")


def test_an_agent_looks_at_no_segments(world):
    assert world.post(PATH, {"rule": count(1)}, group="agent")[0] == 403
