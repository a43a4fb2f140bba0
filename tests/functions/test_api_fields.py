"""The field dictionary over the marketer API."""

import pytest
from moto import mock_aws

from shopkeeper.customer.fields import Dictionary, Field
from shopkeeper.customer.names import EVENT, TRAIT, Name
from tests.api_world import World, cursor, refusal

NOTE = {"purpose": "To greet people by it", "sensitivity": "personal"}


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        names = world.adapters["names"]
        for kind, name, origin in (
            (TRAIT, "firstName", "web"),
            (TRAIT, "firstName", "crm"),
            (TRAIT, "allergy", "crm"),
            (EVENT, "Order Completed", "shop"),
            (EVENT, "order_completed", "app"),
            (EVENT, "Shoe Tied", "app"),
        ):
            names.note(Name(kind, name, origin, "2026-03-01"))
        yield world


def fields(world):
    status, page, _ = world.get("/v1/fields")
    assert status == 200
    return {each["name"]: each for each in page["items"]}, page


def test_before_the_first_count_names_and_origins_are_known(world):
    found, page = fields(world)
    assert (found["firstName"]["origins"], found["firstName"]["fill"]) == (["crm", "web"], 0)
    assert (page["counted_on"], page["customers"]) == (None, 0)


def test_a_field_says_how_full_it_is_and_what_is_common(world):
    world.adapters["dictionaries"].keep(Dictionary(3, "2026-03-02", {"firstName": Field(1, ("Jo",))}))
    found, page = fields(world)
    assert (found["firstName"]["customers"], found["firstName"]["fill"]) == (1, 0.3333)
    assert (found["firstName"]["examples"], found["allergy"]["fill"]) == (["Jo"], 0)
    assert (page["counted_on"], page["customers"]) == ("2026-03-02", 3)


def test_what_a_field_is_for_is_said_by_somebody(world):
    assert world.put("/v1/fields/firstName", NOTE)[0] == 201
    assert fields(world)[0]["firstName"]["note"] == NOTE
    assert "note" not in fields(world)[0]["allergy"]


def test_what_is_no_json_is_said_to_be_none_and_where(world):
    status, problem, _ = world.put("/v1/fields/firstName", '{"purpose": ')
    assert (status, problem["detail"]) == (
        400,
        "The body is no JSON: EOF while parsing a value at line 1 column 12.",
    )


def test_what_is_sensitive_needs_a_basis_and_shows_no_examples(world):
    note = {"purpose": "To send the right sweets", "sensitivity": "sensitive"}
    assert refusal(world.put("/v1/fields/allergy", note)) == (400, ["basis"])
    assert world.put("/v1/fields/allergy", note | {"basis": "consent"})[0] == 201
    world.adapters["dictionaries"].keep(Dictionary(9, "2026-03-02", {"allergy": Field(9, ("nuts",))}))
    assert fields(world)[0]["allergy"]["examples"] == []


def test_what_is_reserved_says_what_it_is_for_and_needs_a_basis_where_it_is_sensitive(world):
    world.adapters["names"].note(Name(TRAIT, "gender", "crm", "2026-03-01"))
    world.adapters["dictionaries"].keep(Dictionary(9, "2026-03-02", {"gender": Field(9, ("f",))}))
    seen = fields(world)[0]["gender"]
    assert (seen["note"]["sensitivity"], seen["examples"]) == ("sensitive", [])
    assert refusal(world.put("/v1/fields/gender", NOTE)) == (400, ["basis"])
    assert world.put("/v1/fields/gender", NOTE | {"basis": "consent"})[0] == 201
    assert fields(world)[0]["gender"]["note"] == NOTE | {"basis": "consent"}


def test_fields_come_in_pages(world):
    _, page, _ = world.get("/v1/fields", query="limit=1")
    _, rest, _ = world.get("/v1/fields", query=f"limit=1&{cursor(page)}")
    assert [each["name"] for each in page["items"] + rest["items"]] == ["allergy", "firstName"]


def test_an_event_that_is_almost_a_known_one_is_pointed_out(world):
    _, page, _ = world.get("/v1/events")
    found = {each["name"]: (each["is_known"], each.get("did_you_mean")) for each in page["items"]}
    assert found == {
        "Order Completed": (True, None),
        "Shoe Tied": (False, None),
        "order_completed": (False, "Order Completed"),
    }
