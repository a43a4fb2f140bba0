"""Who is in segments and on lists over the API: pages, counts, files, and the picture of a customer."""

from datetime import UTC, datetime

import pytest
from moto import mock_aws

from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.lists import Stay
from shopkeeper.customer.members import Move
from shopkeeper.customer.standing import Standing
from shopkeeper.segment import rule
from shopkeeper.segment.edition import Edition, Slot, ref
from tests.api_world import World, cursor, refusal

SINCE = "2026-03-01T09:00:00.000Z"
EVERYBODY = rule.read({"op": "profile_age", "cmp": "ge", "span": {"seconds": 1}})
GROUPS = {"vip": "segment:vip@4", "friends": "list:friends"}


def slot(number, segment, phase="ready"):
    return Slot(number=number, segment=segment, version=2, rule=ref(EVERYBODY), phase=phase, since=SINCE)


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        world.put("/v1/lists/friends", {"name": "Friends"})
        editions = world.adapters["editions"]
        editions.put_rules([EVERYBODY])
        slots = slot(4, "vip"), slot(5, "vip/gold"), slot(6, "new", "building")
        editions.replace(Edition(1, 7, slots))
        for n in range(5):
            join(world, f"c{n}", n)
        yield world


def join(world, customer_id, n):
    at = int(datetime(2026, 3, 1, 9, tzinfo=UTC).timestamp() * 1000)
    seen = Document(
        identities={f"user:{n}": at},
        lists={"friends": Stay(at, is_on=True)},
        standing=Standing(1, (4, 5) if n == 0 else (4,)),
        updated_at=at,
    )
    world.adapters["customers"].save(document.store(Customer(customer_id, 1, seen)))
    groups = (*GROUPS.values(), *(["segment:vip/gold@5"] if n == 0 else []))
    world.adapters["members"].move([Move(group, customer_id, 1, True, SINCE) for group in groups])


@pytest.mark.parametrize("path", ["/v1/segments/vip/members", "/v1/lists/friends/members"])
def test_members_come_in_pages_with_their_count_first(world, path):
    _, page, _ = world.get(path, query="limit=3")
    found, counts = list(page["items"]), [page["count"]]
    while page["next"]:
        _, page, _ = world.get(path, query=f"limit=3&{cursor(page)}")
        found += page["items"]
        counts.append(page["count"])

    assert sorted(each["customer_id"] for each in found) == [f"c{n}" for n in range(5)]
    assert {"customer_id": "c1", "since": SINCE, "identities": ["user:1"]} in found
    assert counts[0] == {"members": 5, "is_all": True}
    assert set(map(str, counts[1:])) <= {"None"}


def test_a_part_of_a_segment_has_its_own(world):
    _, page, _ = world.get("/v1/segments/vip/members", query="part=gold")

    assert [each["customer_id"] for each in page["items"]] == ["c0"]


def test_what_is_not_there_or_not_yet_has_no_members(world):
    assert world.get("/v1/segments/nothing/members")[0] == 404
    assert world.get("/v1/segments/vip/members", query="part=nothing")[0] == 404
    assert world.get("/v1/segments/new/members")[0] == 409
    assert world.get("/v1/lists/nothing/members")[0] == 404
    assert world.post("/v1/lists/nothing/exports", {})[0] == 404


def test_a_cursor_of_something_else_is_refused(world):
    _, page, _ = world.get("/v1/lists/friends/members", query="limit=1")

    assert refusal(world.get("/v1/segments/vip/members", query=cursor(page))) == (400, ["cursor"])


def test_an_export_is_begun_once_and_says_how_far_it_is(world):
    asked = {"format": "ndjson", "traits": ["plan"]}
    _, begun, _ = world.post("/v1/segments/vip/exports", asked, query="part=gold", idempotency_key="once")
    status, again, _ = world.post("/v1/segments/vip/exports", asked, query="part=gold", idempotency_key="once")

    assert (status, again) == (202, begun)
    assert begun["of"] == {"segment": "vip", "part": "gold"}
    assert (begun["state"], begun["rows"], begun["download"]) == ("writing", 0, None)
    assert world.get(f"/v1/exports/{begun['id']}")[1] == begun
    assert world.adapters["exports"].load(begun["id"]).group == "segment:vip/gold@5"


def test_a_whole_file_can_be_fetched(world):
    _, begun, _ = world.post("/v1/lists/friends/exports", {})
    exports = world.adapters["exports"]
    kept = exports.load(begun["id"])
    exports.save(type(kept)(**{**fields_of(kept), "state": "done", "due_at": "", "revision": 2}))

    status, shown, headers = world.get(f"/v1/exports/{begun['id']}")

    assert (status, shown["state"], headers["cache-control"]) == (200, "done", "no-store")
    assert f"exports/{begun['id']}.csv" in shown["download"]["url"]


def fields_of(export):
    return {name: getattr(export, name) for name in type(export).__dataclass_fields__}


def test_what_cannot_be_written_is_refused_by_its_field(world):
    assert refusal(world.post("/v1/lists/friends/exports", {"format": "xls"})) == (400, ["format"])
    assert refusal(world.post("/v1/lists/friends/exports", {"traits": [""]})) == (400, ["traits.0"])


def test_the_picture_of_a_customer_says_what_they_are_in_by_name_and_since_when(world):
    _, seen, _ = world.get("/v1/customers/c0")

    assert seen["lists"] == [{"list": "friends", "name": "Friends", "entered_at": SINCE}]
    assert seen["segments"] == [
        {"segment": "vip", "part": None, "name": "vip", "version": 2, "since": SINCE},
        {"segment": "vip", "part": "gold", "name": "vip: gold", "version": 2, "since": SINCE},
    ]
