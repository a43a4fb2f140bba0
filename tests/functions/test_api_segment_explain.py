"""Why a customer is in a segment, over the marketer API."""

import json

import pytest
from moto import mock_aws
from msgspec.structs import replace

from shopkeeper.aws.definitions import Version
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.standing import Standing
from tests.api_world import World, refusal
from tests.explained_people import DAYS_90, customer
from tests.rules import all_of, count, in_list, trait
from tests.standing_world import edition_of

NOW = "2026-11-22T09:00:00Z"
AT = f"at={NOW}"
REGULARS = {"name": "Regulars", "rule": count(3) | {"window": DAYS_90}}
VIP = {
    "name": "Very important",
    "rule": all_of({"op": "in_segment", "id": "regulars"}, trait("city", "eq", "Ulm")),
    "parts": [
        {"id": "listed", "name": "On the list", "rule": in_list("vip")},
        {"id": "others", "name": "All others"},
    ],
}


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        for who in ("ann", "bo"):
            world.adapters["customers"].save(document.store(replace(customer(who), customer_id=who)))
        tombstone = Customer("anna", 1, Document(merged_into="ann"))
        world.adapters["customers"].save(document.store(tombstone))
        keep(world, "regulars", REGULARS)
        keep(world, "vip", VIP)
        yield world


def keep(world, segment_id, said, number=1):
    world.definitions.save(Version("segment", segment_id, number, json.dumps(said), NOW, "u-1"), "{}")


def explained(world, path, query=AT, **named):
    return world.get(f"/v1/segments/{path}", query=query, **named)


def test_a_member_is_told_why_and_until_when(world):
    status, answer, _ = explained(world, "regulars/explain/ann", group="viewer")

    assert (status, answer["segment"], answer["version"], answer["part"]) == (200, "regulars", 1, None)
    assert answer["counted"] is None
    told = answer["explanation"]
    assert told["summary"].startswith("In Regulars: ordered 4 times in the last 90 days, newest on 3 November 2026.")
    assert told["changes"]["at"] == "2026-12-03T00:00:00.000Z"
    assert told["changes"]["why"] == "the order of 4 September 2026 falls out of the last 90 days"


def test_who_is_not_in_it_is_told_what_is_missing_also_of_the_segments_it_names(world):
    told = explained(world, "vip/explain/bo")[1]["explanation"]

    assert (told["holds"], told["changes"]) == (False, None)
    assert [each["path"] for each in told["missing"]] == ["rule.all.of[0].rule", "rule.all.of[1]"]
    assert told["rule"]["of"][0]["segment"] == "regulars"


def test_at_another_instant_it_is_as_it_will_be_then(world):
    told = explained(world, "vip/explain/ann", "at=2026-12-03T00:00:00Z")[1]["explanation"]

    assert (told["at"], told["holds"]) == ("2026-12-03T00:00:00.000Z", False)
    assert explained(world, "vip/explain/ann", "at=2026-12-02T23:59:59Z")[1]["explanation"]["holds"]


def test_a_part_is_explained_with_all_that_makes_it(world):
    parts = {part: explained(world, "vip/explain/ann", f"{AT}&part={part}")[1] for part in ("listed", "others")}

    assert {part: each["explanation"]["holds"] for part, each in parts.items()} == {"listed": True, "others": False}
    assert parts["listed"]["part"] == "listed"
    assert "In Very important (listed): " in parts["listed"]["explanation"]["summary"]
    assert explained(world, "vip/explain/ann", "part=none")[0] == 404


def test_of_a_part_nodes_are_named_where_they_were_written_and_parts_before_it_by_their_ids(world):
    parts = [{"id": "listed", "rule": in_list("vip")}, {"id": "new", "rule": count(1)}, {"id": "rest"}]
    keep(world, "vip", VIP | {"parts": parts}, 2)
    told = {
        part: explained(world, "vip/explain/ann", f"{AT}&part={part}")[1]["explanation"] for part in ("new", "rest")
    }

    already = "is in the part listed already: is on the list vip since 5 September 2026"
    assert told["new"]["missing"] == [{"path": "parts.0.rule", "says": already}]
    assert [each["path"] for each in told["new"]["rule"]["of"]] == ["rule.all", "parts.1.rule", "part.all.of[2].not"]
    (others,) = told["rest"]["rule"]["of"][1]["of"]
    assert [each["path"] for each in others["of"]] == ["parts.0.rule", "parts.1.rule"]
    assert told["rest"]["missing"] == told["new"]["missing"]


def test_beside_it_stands_where_the_customer_is_counted(world):
    """By the version that counts, which may still be another one."""
    slots = edition_of(ready={"regulars": count(9), "vip/listed": count(1)}, building={"regulars": count(3)})
    world.adapters["editions"].replace(slots.edition)
    seen = document.load(world.adapters["customers"].load(["ann"])["ann"])
    standing = replace(seen, version=2, document=replace(seen.document, standing=Standing(1, (2, 3))))
    world.adapters["customers"].save(document.store(standing))

    assert explained(world, "regulars/explain/ann")[1]["counted"] == {"version": 1, "is_in": False}
    assert explained(world, "vip/explain/ann", "part=listed")[1]["counted"] == {"version": 1, "is_in": True}
    assert explained(world, "regulars/explain/bo")[1]["counted"] == {"version": 1, "is_in": False}


def test_versions_are_explained_each_as_it_was_said(world):
    keep(world, "regulars", REGULARS | {"rule": count(9)}, 2)

    assert explained(world, "regulars/explain/ann")[1]["explanation"]["holds"] is False
    assert explained(world, "regulars/explain/ann", f"{AT}&version=1")[1]["explanation"]["holds"] is True
    status, problem, _ = explained(world, "regulars/explain/ann", "version=3")
    assert (status, problem["detail"]) == (404, "There is no such version.")
    assert world.get("/v1/segments/regulars", query="version=3")[1]["detail"] == "There is no such version."
    assert world.get("/v1/segments/none", query="version=3")[1]["detail"] == "There is no such segment."
    assert refusal(explained(world, "regulars/explain/ann", "version=x")) == (400, ["version"])


def test_who_was_merged_into_another_is_explained_as_that_one(world):
    ann = world.adapters["customers"].load(["ann"])["ann"]
    seen = document.load(ann)
    family = replace(seen, version=2, document=replace(seen.document, merged={"anna": "m1"}))
    world.adapters["customers"].save(document.store(family))

    assert explained(world, "regulars/explain/anna")[1]["explanation"]["customer_id"] == "ann"


def test_what_there_is_not_is_not_explained(world):
    assert explained(world, "regulars/explain/nobody")[0] == 404
    for query in (AT, f"{AT}&version=3"):
        assert explained(world, "none/explain/ann", query)[1]["detail"] == "There is no such segment."
    assert refusal(explained(world, "regulars/explain/ann", "at=soon")) == (400, ["at"])
    assert explained(world, "regulars/explain/ann", group="guests")[0] == 403


def test_a_rule_that_is_not_kept_is_explained_as_well(world):
    said = {"rule": all_of({"op": "in_segment", "id": "regulars"}), "customer": "ann", "at": NOW}

    status, told, _ = world.post("/v1/segments/explain", said)

    assert (status, told["holds"]) == (200, True)
    assert told["summary"].startswith("In the segment: ordered 4 times")


def test_what_is_wrong_with_it_is_named(world):
    for said, fields in (
        ({"rule": {"op": "weather"}}, ["rule.op"]),
        ({"rule": all_of(in_list("gone"))}, ["rule.all.of[0].id"]),
        ({"rule": {"op": "in_segment", "id": "gone"}}, ["rule.id"]),
        ({"rule": count(1), "at": "soon"}, ["at"]),
        ({"rule": count(1), "mood": "good"}, ["mood"]),
    ):
        assert refusal(world.post("/v1/segments/explain", {"customer": "ann"} | said)) == (400, fields)
    assert world.post("/v1/segments/explain", {"rule": count(1), "customer": "nobody"})[0] == 404


def test_a_measure_that_is_not_counted_yet_is_said_to_be(world):
    dear = {"event": "Looked", "where": [{"prop": "price", "cmp": "ge", "value": 7}]}
    said = {"rule": count(1) | {"measure": dear}, "customer": "ann", "at": NOW}

    told = world.post("/v1/segments/explain", said)[1]

    assert told["rule"]["says"].startswith("Has not done “Looked” (where price is at least 7)")
    assert "not counted of this customer yet" in told["rule"]["says"]
