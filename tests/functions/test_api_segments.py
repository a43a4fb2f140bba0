"""Segments over the marketer API: published, built, counted, referred to and deleted."""

from datetime import UTC, datetime

import pytest

from shopkeeper import clock
from shopkeeper.customer.backfilling import WAIT
from tests.api_world import CAMPAIGN, refusal
from tests.interactions import identified, ordered
from tests.publishing_shop import state
from tests.rules import all_of, count, in_list, negated, trait

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BUYER = count(1)


def segment(name):
    return {"op": "in_segment", "id": name}


def test_a_segment_is_built_and_then_counts_whoever_belongs_to_it(shop):
    shop.tell(ordered("user:jo", "m1"), identified("user:al", "m2"))
    status, made, headers = shop.put_segment(name="Buyers", rule=BUYER)
    assert (status, made["version"], headers["etag"]) == (201, 1, '"1"')
    assert made["state"]["phase"] == "building"
    assert made["state"]["building"] == {"waits_for": [], "begins_at": clock.to_text(NOON + WAIT)}
    shop.build()
    assert shop.inside() == {"jo"}
    shown = state(shop)
    assert (shown["phase"], shown["size"], shown["since"]) == ("ready", 1, clock.to_text(NOON))
    assert "building" not in shown


def test_whoever_comes_while_it_is_built_is_in_it_too(shop):
    shop.put_segment(rule=BUYER)
    shop.pass_time(minutes=2)
    shop.tell(ordered("user:jo", "m1"))
    shop.build()
    shop.tell(ordered("user:al", "m2"))
    assert shop.inside() == {"jo", "al"}


def test_the_same_said_again_is_no_new_version_and_builds_nothing(shop):
    shop.put_segment(rule=BUYER)
    shop.build()
    status, made, _ = shop.put_segment(rule=BUYER)
    assert (status, made["version"], made["state"]["phase"]) == (200, 1, "ready")


def test_another_version_counts_only_when_it_is_built(shop):
    shop.tell(ordered("user:jo", "m1"), identified("user:al", "m2"))
    shop.put_segment(rule=BUYER)
    shop.build()
    assert shop.put_segment(rule=negated(BUYER))[1]["state"]["phase"] == "building"
    assert (state(shop, query="version=1")["phase"], shop.inside()) == ("ready", {"jo"})
    shop.build()
    assert (state(shop)["phase"], state(shop, query="version=1")["phase"]) == ("ready", "replaced")
    assert shop.inside() == {"al"}


def test_parts_share_out_the_customers_of_a_segment(shop):
    shop.tell(ordered("user:jo", "m1"), ordered("user:al", "m2"), identified("user:al", "m3", {"country": "DE"}))
    parts = [{"id": "german", "rule": trait("country", "eq", "DE")}, {"id": "rest", "name": "All others"}]
    assert shop.put_segment(rule=BUYER, parts=parts)[0] == 201
    shop.build()
    assert (shop.inside("buyers/german"), shop.inside("buyers/rest")) == ({"al"}, {"jo"})
    assert state(shop)["parts"] == [{"id": "german", "size": 1}, {"id": "rest", "size": 1}]


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"rule": all_of(BUYER, segment("no"))}, ["rule.all.of[1].id"]),
        ({"rule": negated(segment("buyers"))}, ["rule.not.rule.id"]),
        ({"rule": all_of(in_list("no"))}, ["rule.all.of[0].id"]),
        ({"rule": {"op": "count"}}, ["rule.measure", "rule.window", "rule.cmp", "rule.n"]),
        ({"rule": BUYER, "parts": [{"id": "a"}, {"id": "b", "rule": BUYER}]}, ["parts.0.rule"]),
        ({"rule": BUYER, "parts": [{"id": "a", "rule": BUYER}] * 2}, ["parts.1.id"]),
        ({"rule": BUYER, "parts": [{"id": "a", "rule": segment("no")}]}, ["parts.0.rule.id"]),
        ({"rule": BUYER, "parts": [{"id": "a", "rule": {"op": "x"}}]}, ["parts.0.rule.op"]),
        ({"rule": BUYER, "parts": [{"id": f"p{n}", "rule": BUYER} for n in range(21)]}, ["parts"]),
    ],
)
def test_what_cannot_be_is_refused_with_the_way_to_the_node(shop, said, fields):
    assert refusal(shop.put_segment(**said)) == (400, fields)
    assert shop.editions.fresh().number == 0


def test_a_circle_through_others_is_refused(shop):
    shop.put_segment("a", rule=BUYER)
    shop.put_segment("b", rule=segment("a"))
    status, problem, _ = shop.put_segment("a", rule=all_of(BUYER, segment("b")))
    assert (status, problem["errors"]) == (
        400,
        [{"field": "rule.all.of[1].id", "reason": "goes round in a circle: a -> b -> a"}],
    )


def test_what_refers_to_it_is_built_anew_with_it(shop):
    shop.tell(ordered("user:jo", "m1"), identified("user:al", "m2"))
    shop.put_segment(rule=BUYER)
    shop.put_segment("others", rule=negated(segment("buyers")))
    shop.build()
    assert shop.inside("others") == {"al"}
    shop.put_segment(rule=negated(BUYER))
    assert (state(shop, "others")["phase"], "building" in state(shop, "others")) == ("ready", True)
    shop.build()
    assert (shop.inside(), shop.inside("others")) == ({"al"}, {"jo"})
    assert "building" not in state(shop, "others")


def test_a_version_that_makes_another_one_too_costly_is_refused(shop):
    shop.put_segment("a", rule=BUYER)
    shop.put_segment("b", rule=all_of(*[segment("a")] * 100))
    status, problem, _ = shop.put_segment("a", rule=all_of(*[BUYER] * 30))
    assert (status, problem["errors"][0]["field"]) == (400, "rule")
    assert problem["errors"][0]["reason"].startswith("the segment b refers to this one, and then is too costly")


def test_who_is_referred_to_cannot_be_deleted(shop):
    shop.define()
    shop.put_segment(rule=BUYER)
    shop.put_segment("others", rule=negated(segment("buyers")))
    shop.build()
    shop.put("/v1/phases", {"phases": [{"id": "has", "when": segment("buyers")}, {"id": "rest"}]})
    shop.put("/v1/campaigns/spring", CAMPAIGN | {"audience": segment("buyers")})
    status, problem, _ = shop.ask_delete("buyers")
    assert status == 409
    assert [(each["field"], each["reason"]) for each in problem["errors"]] == [
        ("segment", "others"),
        ("campaign", "spring"),
        ("phases", "has"),
    ]


def test_a_deleted_segment_is_gone_and_may_come_again(shop):
    shop.tell(ordered("user:jo", "m1"))
    shop.put_segment(rule=BUYER)
    shop.build()
    assert shop.ask_delete("buyers")[0] == 204
    assert shop.get("/v1/segments/buyers")[0] == 404
    assert state(shop, query="version=1")["phase"] == "deleted"
    assert shop.get("/v1/segments")[1]["items"] == []
    assert shop.editions.fresh().slots == ()
    assert shop.ask_delete("buyers")[0] == 404
    status, made, _ = shop.put_segment(rule=BUYER)
    assert (status, made["version"]) == (201, 2)
    shop.build()
    assert shop.inside() == {"jo"}


def test_only_the_version_that_was_read_is_deleted(shop):
    shop.put_segment(rule=BUYER)
    shop.put_segment(rule=negated(BUYER))
    assert refusal(shop.ask_delete("buyers", if_match='"1"')) == (412, ["If-Match"])
    assert shop.get("/v1/segments/buyers")[1]["version"] == 2
    assert shop.ask_delete("buyers", if_match='"2"')[0] == 204


def test_a_list_shows_how_many_there_are(shop):
    shop.tell(ordered("user:jo", "m1"))
    shop.put_segment(name="Buyers", rule=BUYER)
    shop.build()
    shop.put_segment("others", rule=negated(BUYER))
    first, second = shop.get("/v1/segments")[1]["items"]
    assert (first["id"], first["name"], first["state"]["phase"], first["state"]["size"]) == (
        "buyers",
        "Buyers",
        "ready",
        1,
    )
    assert (second["id"], second["state"]) == ("others", {"phase": "building", "size": None, "as_of": None})


def test_sizes_are_kept_from_run_to_run(shop):
    shop.put_segment(rule=BUYER)
    shop.build()
    shop.tell(ordered("user:jo", "m1"))
    shop.pass_time(days=1)
    assert shop.post("/v1/recomputes", {}, headers={"idempotency-key": "1"})[0] == 202
    shop.build()
    sizes = shop.get("/v1/segments/buyers/sizes")[1]["items"]
    assert [(each["version"], each["size"]) for each in sizes] == [(1, 1), (1, 0)]
    assert shop.get("/v1/segments/buyers/sizes", query="part=none")[1]["detail"] == "There is no such part."
    newest, first = shop.get("/v1/recomputes")[1]["items"]
    assert (newest["why"], newest["state"], newest["builds"], newest["customers"]) == ("request", "done", [], 1)
    assert (first["why"], first["builds"], first["differences"], first["examples"]) == ("publish", ["buyers@1"], [], [])


def printed():
    where = [{"prop": "kind", "cmp": "eq", "value": "print"}]
    return count(1) | {"measure": {"event": "Order Completed", "where": where}}


def test_a_measure_that_it_takes_is_asked_for_and_awaited(shop):
    shop.put_segment(rule=printed())
    [waits_for] = state(shop)["building"]["waits_for"]
    measure = shop.get(f"/v1/measures/{waits_for}")[1]
    assert (measure["saved_by"], measure["definition"]["event"]) == ("shopkeeper", "Order Completed")
    shop.pass_time(minutes=5)
    shop.wake()
    assert shop.machine.started == {}
