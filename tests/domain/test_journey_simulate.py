"""What a simulation does is what the run protocol does, and what a script says happens when it says so."""

import json
from pathlib import Path

import pytest

from shopkeeper.customer import requests
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.requests import BadRequest
from shopkeeper.journey import effects
from shopkeeper.journey.definition import compiling, writing
from shopkeeper.journey.definition.journey import Journey
from shopkeeper.journey.definition.script import Script
from shopkeeper.journey.rehearsal.rehearsing import rehearse
from shopkeeper.journey.rehearsal.scenery import Scenery
from shopkeeper.journey.rehearsal.simulate import Stage
from shopkeeper.segment.references import no_segments
from tests.journey_definitions import short, with_nodes
from tests.journey_facts import Facts
from tests.journey_happenings import KEY
from tests.journey_machine import Life

DOCS = Path(__file__).parents[2] / "docs/journeys"
SCENERY = Scenery()
START = "2026-11-23T10:00Z"
ANSWER = {"wait_for": {"seen": {"event": "Page Viewed"}}, "timeout": "P3D", "on": {"seen": "exit"}, "else": "exit"}
HELLO = {"message": {"template": "hello"}, "next": "answer"}


def compiled(said, name="it"):
    return compiling.compiled(requests.read(Journey, said), name, 1, no_segments, lambda _: 1)


CART = compiled(writing.as_json((DOCS / "cart.yaml").read_text()), "cart")
SPECIALS = compiled(writing.as_json((DOCS / "holiday-specials.yaml").read_text()), "holiday-specials")


def played(graph, *steps, somebody=None, scenery=SCENERY, **said):
    script = requests.read(Script, json.dumps({"starts_at": START, "script": steps, **said}))
    return rehearse(script, graph, somebody, scenery)


def did(trace):
    """Without what the journey tells of itself."""
    return [each["what"] for leg in trace["legs"] for each in leg["did"] if "event Journey" not in each["what"]]


def bought(after):
    return {"after": after, "event": "Order Completed", "properties": {"order_id": "A", "total": 9}}


class Deployed(Life):
    """Without the oracle, which tests the protocol elsewhere."""

    def wrote(self, after, before):
        if after.run is not before.run:
            self.made |= {each.key: each for each in after.pending}


class Simulated(Life):
    """The same life, told to a stage."""

    def __init__(self, seed):
        super().__init__(seed, crashes=False)
        self.stage = Stage(self.graph, lambda _: Facts(self), self._carry, self.now)
        self.runs = self.stage.runs

    def leg(self):
        self.stage.now = self.now
        self.stage.leg(KEY)

    def _carry(self, row, made):
        self.made |= {each.key: each for each in made}
        mails = [each for each in made if isinstance(each, effects.Mail)]
        self.plan(mails, row, self.graph)
        for each in made:
            if each not in mails or not each.is_end:
                self._receive({"key": each.key, "channel": effects.channel(each)})


def same(seed):
    real, simulated = Deployed(seed, crashes=False).lives(), Simulated(seed).lives()
    assert list(simulated.made.items()) == list(real.made.items())
    assert (simulated.row.run, simulated.handed) == (real.row.run, real.handed)


def test_a_simulation_does_what_the_run_protocol_does():
    for seed in range(25):
        same(seed)


@pytest.mark.prove
@pytest.mark.parametrize("first", range(0, 4_000, 1_000))
def test_the_same_of_many_more_journeys(first):
    for seed in range(first, first + 1_000):
        same(seed)


@pytest.mark.parametrize(
    ("after", "seen"),
    [
        ("PT1S", ["mail email_1"]),
        ("PT3H", ["mail email_1"]),
        ("PT8H", ["mail email_1", "audience dsp:cart"]),
        ("PT23H", ["mail email_1", "audience dsp:cart", "audience google:cart", "mail email_2"]),
    ],
)
def test_whoever_buys_leaves_wherever_they_stand_and_all_goes_off(after, seen):
    trace = played(CART, bought(after))
    assert [each for each in did(trace) if each in {*seen, "mail email_2", "audience google:cart"}] == seen
    ons = {each for each in did(trace) if each.startswith(("audience", "slot"))}
    assert {each for each in did(trace) if each.startswith("end ")} == {f"end {each}" for each in ons}
    assert (trace["runs"][0]["reason"], trace["runs"][0]["status"]) == ("converted", "over")


def test_who_never_answers_goes_the_whole_way_and_is_watched_until_the_goal_is_out_of_reach():
    trace = played(CART)
    assert [each["at"][:16] for each in trace["legs"]][-2:] == ["2026-11-30T10:00", "2026-12-23T10:00"]
    assert (trace["legs"][-2]["run"]["status"], trace["runs"][0]["status"]) == ("watching", "over")


def test_a_mail_waits_for_the_end_of_quiet_hours():
    trace = played(CART)
    sent = [(leg["at"], each["what"]) for leg in trace["legs"] for each in leg["did"] if each["what"] == "mail email_2"]
    assert sent == [("2026-11-24T08:00:00.000Z", "mail email_2")]


def test_a_rule_is_asked_of_the_customer_as_the_script_has_changed_them():
    trace = played(CART, {"after": "PT2H", "traits": {"cart": {"items": 0}}}, traits={"cart": {"items": 2}})
    assert trace["runs"][0]["reason"] == "emptied"


def test_a_task_is_done_and_leads_where_its_outcome_says():
    trace = played(SPECIALS, {"after": "P5D", "task": {"node": "call", "outcome": "interested"}})
    assert did(trace) == ["mail email_1", "task call"]
    assert trace["runs"][0]["reason"] == "end"


def test_a_click_of_a_machine_is_no_answer_and_one_of_a_person_is():
    clicked = {"after": "P2D", "event": "Email Link Clicked", "of": "email_1"}
    assert did(played(SPECIALS, clicked)) == ["mail email_1"]
    assert "task call" in did(played(SPECIALS, {**clicked, "machine": True}))


def test_who_has_not_agreed_is_not_written_to():
    out = {"event": "Consent Changed", "properties": {"topic": "offers", "is": "out"}}
    trace = played(CART, out)
    assert "mail email_1" not in did(trace)
    visited = [each["outcome"] for each in trace["legs"][0]["visited"] if each["node"] == "email_1"]
    assert visited == ["not_sent:do_not_contact:opted_out"]


def test_a_mail_that_has_not_gone_is_called_off():
    waiting = {"mail": {"node": "email_1", "state": "waiting"}}
    assert "end mail email_1" in did(played(CART, waiting, bought("PT1H")))
    assert "end mail email_1" not in did(played(CART, bought("PT1H")))


def test_counts_are_those_of_the_script():
    rule = {"op": "count", "measure": {"event": "Order Completed"}, "window": "ever", "cmp": "ge", "n": 2}
    at_fair = {"event": "Order Completed", "where": [{"prop": "at", "cmp": "eq", "value": "fair"}]}
    where = {"op": "count", "measure": at_fair, "window": "ever", "cmp": "ge", "n": 1}
    graph = compiled(
        json.dumps(
            with_nodes(
                a={"wait": {"for": "P1D"}, "next": "b"},
                b={"branch": [{"when": where, "to": "x"}, {"when": rule, "to": "y"}], "else": "exit"},
                x={"exit": {"reason": "fair"}},
                y={"exit": {"reason": "twice"}},
            )
        )
    )
    again = {"after": "PT2H", "event": "Order Completed", "properties": {"order_id": "B"}}
    fair = {**again, "properties": {"order_id": "B", "at": "fair"}}
    reasons = [
        played(graph, *said)["runs"][0]["reason"] for said in ([bought("PT1H")], [bought("PT1H"), again], [fair])
    ]
    assert reasons == ["end", "twice", "fair"]


def test_what_a_run_does_to_the_customer_is_seen_by_its_rules():
    is_in = {"op": "in_list", "id": "fair"}
    graph = compiled(
        json.dumps(
            with_nodes(
                a={"list": {"add": "fair"}, "next": "b"},
                b={"wait_for": {"in": {"rule": is_in}}, "timeout": "P1D", "on": {"in": "c"}, "else": "exit"},
                c={"exit": {"reason": "listed"}},
            )
        )
    )
    assert played(graph)["runs"][0]["reason"] == "listed"


def test_events_bring_in_who_has_not_come_in_and_again_who_may():
    entry = [{"on": "event", "event": "Cart Left"}]
    graph = compiled(
        json.dumps(short(entry=entry, reentry={"policy": "always"}, nodes={"hello": HELLO, "answer": ANSWER}))
    )
    left = [{"after": after, "event": "Cart Left"} for after in ("PT1H", "PT2H", "P9D")]
    assert did(played(graph, *left, enters=False)) == ["mail hello"] * 2
    assert played(graph, enters=False)["entered"] is False


def test_a_real_customer_is_as_they_are():
    told = {"email": (0, "a"), "cart": (0, "a")}
    jo = Customer("jo", 3, Document(traits={"email": "jo@x.example", "cart": {"items": 0}}, told=told))
    assert played(CART, somebody=jo)["runs"][0]["reason"] == "emptied"


def test_what_was_expected_otherwise_is_told():
    expect = {"did": ["mail email_1", "mail email_3"], "did_not": ["slot chat"], "reason": "bored", "converted": False}
    assert played(CART, bought("PT1H"), expect=expect)["failures"] == [
        "expect.did: mail email_3 is not done after mail email_1",
        "expect.did_not: slot chat was done",
        "expect.reason: is converted, and not bored",
        "expect.converted: is true",
    ]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"script": [{"after": "PT1H"}]}, "script.0"),
        ({"script": [{"after": "PT1H", "at": START, "event": "X"}]}, "script.0"),
        ({"script": [{"traits": {}, "of": "email_1"}]}, "script.0"),
        ({"script": [{"event": "X", "machine": True}]}, "script.0"),
        ({"script": [{"event": "X", "of": "email_2", "after": "PT1S"}]}, "script.0.of"),
        ({"script": [{"at": "2026-11-01T00:00Z", "event": "X"}]}, "script.0.at"),
        ({"script": [{"mail": {"node": "w4", "state": "sent"}}]}, "script.0.mail.node"),
        ({"script": [{"task": {"node": "w4", "outcome": "sold"}}]}, "script.0.task.node"),
        ({"starts_at": "2026-11-23T10:00"}, "starts_at"),
        ({"until": "2026-11-01T00:00Z"}, "until"),
        ({"customer": "user:1", "traits": {}}, ""),
    ],
)
def test_what_cannot_happen_is_refused_by_its_field(said, field):
    with pytest.raises(BadRequest) as refused:
        played(CART, *said.pop("script", ()), **said)
    assert [each for each, _ in refused.value.findings] == [field]


def test_the_key_of_a_run_has_to_be_said():
    graph = compiled(json.dumps(short(key="order_id", nodes={"hello": HELLO, "answer": ANSWER})))
    with pytest.raises(BadRequest, match=r"properties\.order_id"):
        played(graph)
    assert played(graph, properties={"order_id": "A"})["runs"][0]["key"] == "A"
