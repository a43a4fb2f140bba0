"""What a marketer writes, and the graph that is made of it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from shopkeeper.customer import requests
from shopkeeper.customer.requests import BadRequest
from shopkeeper.journey import going, graph, nodes, untils
from shopkeeper.journey.definition import checking, compiling, writing
from shopkeeper.journey.definition.journey import Journey
from shopkeeper.journey.going import By
from shopkeeper.journey.hearing import Trigger
from shopkeeper.journey.untils import Span
from shopkeeper.segment import rule
from shopkeeper.segment.edition import ref
from shopkeeper.segment.elsewhere import RULES_IN
from shopkeeper.segment.references import no_segments
from tests import journey_definitions
from tests.journey_definitions import EVERYTHING

DOCS = Path(__file__).parents[2] / "docs/journeys"


def read(said):
    return requests.read(Journey, json.dumps(said))


def compiled(said, look=no_segments):
    return compiling.compiled(read(said), "it", 3, look, lambda _: 7)


def written(name):
    return requests.read(Journey, writing.as_json((DOCS / name).read_text()))


@pytest.mark.parametrize("name", ["cart.yaml", "holiday-specials.yaml"])
def test_every_journey_of_the_guide_compiles(name):
    said = written(name)
    assert list(checking.faults(said)) == []
    made = compiling.compiled(said, name.removesuffix(".yaml"), 1, no_segments, lambda _: 1)
    assert graph.from_json(graph.to_json(made)) == made


def test_the_cart_is_the_graph_that_is_meant():
    made = compiling.compiled(written("cart.yaml"), "cart", 1, no_segments, lambda _: 1)
    assert made.first == "on_1"
    assert made.entry.sources == (graph.OnSegment(segment="cart-abandoner"),)
    assert made.nodes["w12"] == nodes.Wait(until=untils.For(span=Span(seconds=43_200), since="entry"), next="on_3")
    assert made.nodes["on_1"].on[1] == nodes.Switch(channel="slot", name="welcome_mat", content="cart")
    assert made.nodes["exit"] == nodes.Exit()
    emptied = rule.read({"op": "trait", "path": "cart.items", "cmp": "eq", "value": 0})
    assert made.exits[0].triggers == (Trigger(event="Order Completed"),)
    assert made.exits[1] == graph.Ends(reason="emptied", rule=ref(emptied))
    assert made.rules == {ref(emptied): rule.to_json(emptied)}
    assert made.terms.quiet == (graph.Hours(from_="21:00", to="08:00"),)
    assert made.terms.max_defer == 50_400


def test_the_specials_are_the_graph_that_is_meant():
    made = compiling.compiled(written("holiday-specials.yaml"), "specials", 1, no_segments, lambda _: 1)
    call = made.nodes["call"]
    assert call.outcomes == {"interested": "exit", "declined": "exit"}
    assert call.timeout == Span(days=7)
    assert call.due == 2 * 86_400
    assert [each.of for each in call.hears[0].triggers] == ["email_1", ""]
    assert made.nodes["until_season"].until == untils.Local(time="2026-11-24T09:00")
    assert made.nodes["email_1"].topic == "specials"
    assert made.hold_out == graph.HoldOut(salt="holiday-2026", share=500)
    assert made.entry.reentry == graph.Reentry(policy="after", span=Span(days=300))


def test_every_kind_of_node_and_entry_is_compiled():
    assert list(checking.faults(read(EVERYTHING))) == []
    made = compiled(EVERYTHING)
    assert {type(each) for each in made.nodes.values()} == set(nodes.Node.__args__)
    assert {type(each) for each in made.entry.sources} == set(graph.Source.__args__)
    assert compiled(EVERYTHING | {"entry": [{"on": "api"}], "key": "order_id"}).entry.key == "order_id"
    untils_met = {type(each.until) for each in made.nodes.values() if isinstance(each, nodes.Wait)}
    assert untils_met == set(untils.Until.__args__)
    assert graph.from_json(graph.to_json(made)) == made


def test_what_is_kept_of_a_definition_reads_as_the_same():
    said = read(EVERYTHING)
    kept = said.model_dump(mode="json", by_alias=True, exclude_none=True)
    assert compiled(kept) == compiled(EVERYTHING)
    assert read(kept).model_dump(mode="json", by_alias=True, exclude_none=True) == kept


def test_a_message_takes_from_the_journey_what_it_does_not_say():
    made = compiled(EVERYTHING)
    assert made.nodes["letter"] == nodes.Message(
        next="answer", template="hello#7", topic="news", brand="shop", not_sent="fork", expires_after=3_600
    )
    assert made.nodes["receipt"].mail_class == "transactional"


def test_segments_stand_in_the_graph_with_their_rules():
    vip = rule.read({"op": "trait", "path": "vip", "cmp": "eq", "value": True})
    said = journey_definitions.short(audience={"op": "in_segment", "id": "vip"})
    made = compiled(said, lambda name: vip if name.id == "vip" else None)
    assert made.rules == {made.entry.audience: rule.to_json(vip)}
    with pytest.raises(BadRequest) as refused:
        compiled(said)
    assert refused.value.findings == [("audience.id", "there is no segment vip")]


def test_the_order_of_nodes_says_nothing():
    said = dict(reversed(EVERYTHING["nodes"].items()))
    assert compiled({**EVERYTHING, "nodes": said}) == compiled(EVERYTHING)


def test_a_graph_never_holds_more_than_was_said():
    assert msgspec.json.decode(graph.to_json(compiled(journey_definitions.short())))["nodes"] == {
        "hello": {"type": "message", "next": "exit", "template": "hello", "topic": "news", "brand": "shop"},
        "exit": {"type": "exit"},
    }


def test_all_its_rules_are_found_by_whoever_looks_for_what_they_name():
    kept = read(EVERYTHING).model_dump(mode="json", by_alias=True, exclude_none=True)
    said = [each for _, each in RULES_IN["journey"]("it", kept)]
    assert said[0] == {"op": "in_segment", "id": "regulars"}
    assert len(said[1:]) == len(list(checking.rules(read(EVERYTHING)))) == 3
    assert all(rule.read(each) for each in said)


def test_a_state_is_published_paused_and_stopped_and_can_begin_anew():
    by = By("jo", datetime(2026, 11, 22, tzinfo=UTC))
    first = going.published(None, "it", 1, by)
    assert (first.going, first.live, first.revision) == ("live", 1, 1)
    assert going.published(first, "it", 1, by) is first
    paused = going.paused(first, by)
    assert going.paused(paused, by) is paused
    assert going.published(paused, "it", 2, by).going == "paused"
    assert going.resumed(first, "catch_up", by) is first
    assert going.resumed(paused, "skip_due", by).shifts == ()
    later = By("ada", by.now + timedelta(days=2))
    assert [each.until - each.since for each in going.resumed(paused, "shift", later).shifts] == [2 * 86_400_000]
    stopped = going.stopped(paused, by)
    assert (stopped.going, stopped.paused_at, stopped.lets_in) == ("stopped", "", False)
    assert going.published(stopped, "it", 1, by).lets_in
    for refused in (lambda: going.paused(stopped, by), lambda: going.stopped(None, by), lambda: going.paused(None, by)):
        with pytest.raises(going.Never):
            refused()
