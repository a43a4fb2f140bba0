"""Segments where others name them: audiences of campaigns, phases, and measures that they count by."""

from shopkeeper.campaign import freeze
from shopkeeper.clock import Clock
from shopkeeper.customer import document
from shopkeeper.segment import references
from tests.api_world import CAMPAIGN, refusal
from tests.interactions import identified, ordered
from tests.rules import count, negated

BUYER = count(1)
NAMED = {"op": "in_segment", "id": "buyers"}


def launch(shop):
    return shop.post("/v1/campaigns/spring/launch", {}, headers={"idempotency-key": "1"})


def meant(shop):
    """Users whom the launch would write to."""
    stands = shop.adapters["launches"].get("spring-1")
    page, _ = shop.adapters["customers"].page(0, 1)
    found = freeze.meant(stands, [document.load(stored) for stored in page], Clock().now())
    return {name.removeprefix("user:") for each in found for name in each.document.identities}


def test_a_launch_holds_on_to_the_version_that_counted(shop):
    shop.define()
    shop.tell(ordered("user:jo", "m1"), identified("user:al", "m2"))
    shop.put_segment(rule=BUYER)
    assert shop.put("/v1/campaigns/spring", CAMPAIGN | {"audience": NAMED})[0] == 201
    status, problem, _ = launch(shop)
    assert (status, problem["detail"]) == (409, "The segment buyers is still being built.")
    shop.build()
    shop.pass_time(minutes=2)
    assert shop.post("/v1/campaigns/spring/launch", {}, headers={"idempotency-key": "2"})[0] == 202
    assert meant(shop) == {"jo"}
    shop.put_segment(rule=negated(BUYER))
    shop.machine.started.clear()
    shop.build()
    assert (shop.inside(), meant(shop)) == ({"al"}, {"jo"})


def test_an_audience_names_only_what_there_is(shop):
    shop.define()
    refused = shop.put("/v1/campaigns/spring", CAMPAIGN | {"audience": negated(NAMED)})
    assert refusal(refused) == (400, ["audience.not.rule.id"])


def test_phases_ask_the_version_that_counts(shop):
    shop.tell(ordered("user:jo", "m1"))
    shop.put_segment(rule=BUYER)
    shop.build()
    named = {"phases": [{"id": "bought", "when": NAMED}, {"id": "rest"}]}
    assert shop.put("/v1/phases", named)[0] == 201
    assert shop.picture("user:jo")["computed"]["phase"] == "bought"
    shop.put_segment(rule=negated(BUYER))
    shop.build()
    shop.pass_time(minutes=2)
    assert shop.picture("user:jo")["computed"]["phase"] == "rest"


def printed():
    where = [{"prop": "kind", "cmp": "eq", "value": "print"}]
    return count(1) | {"measure": {"event": "Order Completed", "where": where}}


def test_a_measure_that_a_segment_counts_by_stays_as_it_is(shop):
    shop.put_segment(rule=printed())
    [name] = shop.get("/v1/segments/buyers")[1]["state"]["building"]["waits_for"]
    said = shop.get(f"/v1/measures/{name}")[1]["definition"]
    status, problem, _ = shop.put(f"/v1/measures/{name}", said | {"retired": True})
    assert (status, problem["errors"][0]["reason"]) == (
        400,
        "cannot be taken from the segments that count by it: buyers",
    )
    assert shop.put(f"/v1/measures/{name}", said | {"tiles": True})[0] == 400
    shop.ask_delete("buyers")
    assert shop.put(f"/v1/measures/{name}", said | {"retired": True})[0] == 200


def test_a_part_that_phases_name_cannot_be_left_out(shop):
    shop.put_segment(rule=BUYER, parts=[{"id": "often", "rule": count(5)}, {"id": "rest"}])
    named = {"phases": [{"id": "regular", "when": {"op": "in_segment", "id": "buyers/often"}}, {"id": "others"}]}
    assert shop.put("/v1/phases", named)[0] == 201
    assert refusal(shop.put_segment(rule=BUYER)) == (400, ["parts"])
    assert shop.put_segment(rule=BUYER, parts=[{"id": "often", "rule": count(4)}])[0] == 200
    assert shop.put("/v1/phases", {"phases": [{"id": "all"}]})[0] == 200
    assert shop.put_segment(rule=BUYER)[0] == 200


def test_what_is_made_anew_with_another_one_is_as_prompt_as_its_newest_version(shop):
    shop.put_segment(rule=BUYER)
    shop.put_segment("vip", rule=NAMED, prompt=True)
    shop.build()
    shop.put_segment("vip", rule=NAMED)
    shop.put_segment(rule=negated(BUYER))
    newest = [each for each in shop.editions.fresh().slots if each.phase == "building"]
    assert [(each.segment, each.version, each.prompt) for each in newest] == [("buyers", 2, False), ("vip", 2, False)]


def test_all_segments_together_have_so_many_nodes(shop, monkeypatch):
    monkeypatch.setattr(references, "MOST_IN_ALL", 3)
    assert shop.put_segment(rule=negated(BUYER))[0] == 201
    assert refusal(shop.put_segment("vip", rule=negated(BUYER))) == (400, ["rule"])
    assert shop.put_segment("vip", rule=NAMED | {"version": 1})[0] == 400
    assert shop.put_segment("new", rule=BUYER)[0] == 201
