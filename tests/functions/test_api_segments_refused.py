"""Segments are published as a whole or not at all, and only as many as all writers can bear."""

from shopkeeper.aws.clients import Unavailable
from shopkeeper.segment import references
from tests.api_world import refusal
from tests.publishing_shop import state
from tests.rules import count, negated, trait

BUYER = count(1)


def printed():
    where = [{"prop": "kind", "cmp": "eq", "value": "print"}]
    return count(1) | {"measure": {"event": "Order Completed", "where": where}}


def test_there_are_only_so_many_segments_with_their_parts(shop, monkeypatch):
    monkeypatch.setattr(references, "MOST_SEGMENTS", 3)
    parts = [{"id": "german", "rule": trait("country", "eq", "DE")}, {"id": "rest"}]
    assert shop.put_segment(rule=BUYER, parts=parts)[0] == 201
    assert shop.put_segment(rule=negated(BUYER), parts=parts)[0] == 200
    status, problem, _ = shop.put_segment("one-more", rule=BUYER)
    assert (status, problem["detail"]) == (
        400,
        "The body is one too many: there are at most 3 segments with their parts.",
    )


def test_measures_may_take_only_so_much_of_a_document(shop, monkeypatch):
    monkeypatch.setattr(references, "MOST_MEASURED", 200)
    assert shop.put_segment(rule=printed())[0] == 201
    where = [{"prop": "kind", "cmp": "eq", "value": "disk"}]
    other = count(1) | {"measure": {"event": "Order Completed", "where": where}}
    assert refusal(shop.put_segment("others", rule=other)) == (400, ["rule"])
    assert shop.put_segment("again", rule=negated(printed()))[0] == 201


def test_whoever_dies_before_it_is_all_there_has_published_nothing(shop, monkeypatch):
    def dies(*_):
        raise Unavailable("down")

    with monkeypatch.context() as now:
        now.setattr(shop.definitions, "_write", dies)
        assert shop.put_segment(rule=BUYER)[0] == 503
    assert (shop.editions.fresh().number, shop.get("/v1/segments/buyers")[0]) == (0, 404)
    shop.build()
    assert shop.recomputes.desk().runs == ()
    assert shop.put_segment(rule=BUYER)[0] == 201
    shop.build()
    assert state(shop)["phase"] == "ready"


def test_two_who_publish_at_once_both_do(shop, monkeypatch):
    fresh, stale = shop.editions.fresh, [shop.editions.fresh()]
    shop.put_segment("first", rule=BUYER)
    monkeypatch.setattr(shop.editions, "fresh", lambda: stale.pop() if stale else fresh())
    assert shop.put_segment("second", rule=negated(BUYER))[0] == 201
    assert not stale
    assert {each.segment for each in fresh().slots} == {"first", "second"}
    assert len({each.number for each in fresh().slots}) == 2
