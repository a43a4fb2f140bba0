"""What a journey cannot be: each finding names the node, and the field of it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from shopkeeper.customer import requests
from shopkeeper.customer.requests import BadRequest
from shopkeeper.journey.definition import checking, spans, writing
from shopkeeper.journey.definition.journey import Journey
from shopkeeper.journey.untils import Span
from tests.journey_definitions import VIP, short, with_nodes

ROOT = Path(__file__).parents[2]
HELLO = {"message": {"template": "hello"}, "next": "exit"}
WAIT = {"wait": {"for": "P1D"}, "next": "exit"}
ANSWER = {"wait_for": {"x": {"event": "Page Viewed"}}, "timeout": "P1D", "on": {"x": "exit"}, "else": "exit"}
TASK = {"task": {"queue": "sales", "outcomes": ["yes"]}, "timeout": "P1D", "on": {"yes": "exit"}, "else": "exit"}
ON = {"effects": {"on": [{"audience": "ads:a"}]}, "next": "exit"}


def letter(**said):
    return {"message": said, "next": "exit"}


def variant(name, share):
    return {"id": name, "template": name, "share": share}


def found(said):
    try:
        return list(checking.faults(requests.read(Journey, json.dumps(said))))
    except BadRequest as refused:
        return refused.findings


def without(said, field):
    return {name: value for name, value in said.items() if name != field}


def test_a_short_journey_is_as_it_should_be():
    assert found(short()) == []


@pytest.mark.parametrize(
    ("nodes", "finding"),
    [
        ({"a": {}}, ("nodes.a", "is of exactly one kind: message, effects, task, webhook, wait, wait_for, branch, ")),
        ({"a": {**HELLO, **WAIT}}, ("nodes.a", "is of exactly one kind")),
        ({"a": {"message": {}, "next": "exit"}}, ("nodes.a.message.template", "is missing")),
        (
            {"a": {"message": {"template": "t", "offer": "ten"}, "next": "exit"}},
            ("nodes.a.message.offer", "must be an object"),
        ),
        ({"a": without(HELLO, "next")}, ("nodes.a.next", "is missing")),
        ({"a": {**HELLO, "next": "b"}}, ("nodes.a.next", "there is no node b")),
        ({"a": {**HELLO, "not_sent": "b"}}, ("nodes.a.not_sent", "there is no node b")),
        ({"a": HELLO, "b": WAIT}, ("nodes.b", "is never reached from a")),
        ({"a": {**HELLO, "next": "b"}, "b": {**WAIT, "next": "a"}}, ("nodes.b.next", "goes round in a circle")),
        ({"a": HELLO, "exit": HELLO}, ("nodes.exit", "is where a journey ends, and cannot be a node")),
        ({"A b": HELLO}, ("nodes.A b", "is 1 to 64 small letters")),
        ({"a": without(ANSWER, "timeout")}, ("nodes.a.timeout", "is missing")),
        ({"a": without(ANSWER, "else")}, ("nodes.a.else", "is missing")),
        ({"a": without(ANSWER, "on")}, ("nodes.a.on", "leads nowhere for x")),
        ({"a": {**ANSWER, "on": {"x": "exit", "y": "exit"}}}, ("nodes.a.on.y", "is nothing that this node hears")),
        ({"a": {**ANSWER, "wait_for": {}}}, ("nodes.a.wait_for", "must not be empty")),
        ({"a": {**ANSWER, "wait_for": {"x": {}}}}, ("nodes.a.wait_for.x", "has one of event, any and rule")),
        ({"a": {**ANSWER, "wait_for": {"x": {"any": []}}}}, ("nodes.a.wait_for.x", "has one of event, any and rule")),
        ({"a": {**ANSWER, "wait_for": {"x": {"rule": VIP, "of": "a"}}}}, ("nodes.a.wait_for.x", "has of for an event")),
        ({"a": {**ANSWER, "wait_for": {"x": {"event": "E", "fresh": True}}}}, ("nodes.a.wait_for.x", "has fresh for")),
        (
            {"a": {**ANSWER, "wait_for": {"x": {"any": [{"event": "E", "of": "b"}]}}}},
            ("nodes.a.wait_for.x.any.0.of", "there is no message b"),
        ),
        (
            {"a": {**ANSWER, "wait_for": {"x": {"rule": {"op": "trait"}}}}},
            ("nodes.a.wait_for.x.rule.path", "is missing"),
        ),
        ({"a": without(TASK, "timeout")}, ("nodes.a.timeout", "is missing")),
        ({"a": {**TASK, "on": {"maybe": "exit"}}}, ("nodes.a.on.maybe", "is nothing that this node hears")),
        ({"a": {**TASK, "hears": {"yes": {"event": "E"}}}}, ("nodes.a.hears.yes", "is an outcome of the task too")),
        ({"a": {"branch": [{"when": VIP, "to": "exit"}]}}, ("nodes.a.else", "is missing")),
        ({"a": {"branch": [], "else": "exit"}}, ("nodes.a.branch", "must not be empty")),
        ({"a": {"branch": [{"when": VIP, "to": "b"}], "else": "exit"}}, ("nodes.a.branch.0.to", "there is no node b")),
        (
            {"a": {"branch": [{"when": {"op": "in_list"}, "to": "exit"}], "else": "exit"}},
            ("nodes.a.branch.0.when.id", "is missing"),
        ),
        ({"a": {"wait": {}, "next": "exit"}}, ("nodes.a.wait", "has one of for, until, trait and window")),
        ({"a": {"wait": {"for": "P1D", "until": "2026-01-01T00:00Z"}, "next": "exit"}}, ("nodes.a.wait", "has one of")),
        (
            {"a": {"wait": {"until": "2026-01-01T00:00Z", "from": "entry"}, "next": "exit"}},
            ("nodes.a.wait", "has from"),
        ),
        ({"a": {"wait": {"for": "90m"}, "next": "exit"}}, ("nodes.a.wait.for", "is a duration such as P3D")),
        ({"a": {"wait": {"until": "2026-11-24T09:00"}, "next": "exit"}}, ("nodes.a.wait.until", "is an instant such")),
        ({"a": {"wait": {"until": "2026-11-31T09:00 local"}, "next": "exit"}}, ("nodes.a.wait.until", "is an instant")),
        (
            {"a": {"wait": {"window": {"from": "25:00", "to": "08:00"}}, "next": "exit"}},
            ("nodes.a.wait.window.from", "is a time of day"),
        ),
        (
            {"a": {"wait": {"trait": {"path": "p", "missing": "b"}}, "next": "exit"}},
            ("nodes.a.wait.trait.missing", "there is no node b"),
        ),
        ({"a": letter(template="t", variants=[])}, ("nodes.a.message.template", "is said by each of the variants")),
        ({"a": letter(variants=[variant("x", 99)])}, ("nodes.a.message.variants", "are 2 at least")),
        ({"a": letter(variants=[variant("x", 60), variant("y", 30)])}, ("nodes.a.message.variants", "have shares")),
        (
            {"a": letter(variants=[variant("x", 60), variant("x", 40)])},
            ("nodes.a.message.variants.1.id", "x is the id of another variant"),
        ),
        ({"a": letter(template="t", offer={"when_out": "skip"})}, ("nodes.a.message.offer.id", "is missing")),
        ({"a": {"effects": {}, "next": "exit"}}, ("nodes.a.effects", "switches nothing on or off")),
        ({"a": {"effects": {"on": [{}]}, "next": "exit"}}, ("nodes.a.effects.on.0", "has one of audience and slot")),
        (
            {"a": {"effects": {"on": [{"audience": "cart"}]}, "next": "exit"}},
            ("nodes.a.effects.on.0.audience", "is <connector>:<audience>"),
        ),
        (
            {"a": {**ON, "next": "b"}, "b": {"effects": {"off": [{"audience": "ads:b"}]}, "next": "exit"}},
            ("nodes.b.effects.off.0", "is switched on nowhere in this journey"),
        ),
        ({"a": {"goal": {}, "next": "exit"}}, ("nodes.a.goal", "is none that the journey has")),
        ({"a": {"trait": {}, "next": "exit"}}, ("nodes.a.trait", "must not be empty")),
        ({"a": {"list": {}, "next": "exit"}}, ("nodes.a.list", "has one of add and remove")),
        ({"a": {"event": {"name": "List Entered"}, "next": "exit"}}, ("nodes.a.event.name", "is told by Shopkeeper")),
        ({"a": {"event": {"name": "Journey Split"}, "next": "exit"}}, ("nodes.a.event.name", "is told by Shopkeeper")),
        (
            {"a": {"webhook": {"connector": "c", "properties": {"long": "x" * 1100}}, "next": "exit"}},
            ("nodes.a.webhook.properties", "are over 1 KB as JSON"),
        ),
        (
            {"a": {"split": {"salt": "s", "arms": [{"name": n, "bp": 4000, "to": "exit"} for n in "xy"]}}},
            ("nodes.a.split", "has arms that come to 8000 basis points, not to 10000"),
        ),
        (
            {"a": {"split": {"salt": "s", "arms": [{"name": "x", "bp": 5000, "to": "exit"}] * 2}}},
            ("nodes.a.split", "has two arms of one name"),
        ),
        (
            {"a": {**HELLO, "next": "r"}, "r": {"repeat": {"to": "a", "most": 9}, "next": "exit"}},
            ("nodes.r.repeat.to", "goes round without a wait on the way"),
        ),
        ({"a": {"repeat": {"to": "a", "most": 0}, "next": "exit"}}, ("nodes.a.repeat.most", "must be 1 or more")),
    ],
)
def test_each_fault_is_told_by_its_node(nodes, finding):
    said = found(with_nodes(next(iter(nodes)), **nodes))
    assert [(field, why) for field, why in said if field == finding[0] and why.startswith(finding[1])], said


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"first": "b"}, ("first", "there is no node b")),
        ({"entry": []}, ("entry", "must not be empty")),
        ({"entry": [{"on": "moon"}]}, ("entry.0", "has on, which is one of event, segment.entered")),
        ({"entry": [{"on": "event"}]}, ("entry.0.event", "is missing")),
        ({"key": "order_id", "entry": [{"on": "list.added", "list": "x"}]}, ("key", "is a property of what brings")),
        ({"entry": [{"on": "recurrence", "trait": "due", "at": "09:00"}]}, ("entry.0", "has a trait, which says")),
        ({"entry": [{"on": "recurrence", "frequency": "daily"}]}, ("entry.0", "has a trait, or frequency and at")),
        ({"entry": [{"on": "recurrence", "frequency": "weekly", "at": "09:00"}]}, ("entry.0.weekdays", "is missing")),
        (
            {"entry": [{"on": "recurrence", "frequency": "monthly", "days": ["fifth mon"], "at": "09:00"}]},
            ("entry.0.days.0", "is a day of the month"),
        ),
        (
            {"key": "order_id", "entry": [{"on": "api"}, {"on": "date", "trait": "birthday"}]},
            ("entry.1", "has no order_id"),
        ),
        ({"audience": {"op": "moon"}}, ("audience.op", "there is no `moon`")),
        ({"reentry": {"policy": "after"}}, ("reentry", "has span where its policy is after")),
        ({"goal": {"within": "P1D"}}, ("goal", "can never be reached")),
        ({"goal": {"event": "E"}}, ("goal.within", "is missing")),
        ({"exit_when": [{"reason": "x"}]}, ("exit_when.0", "has one of event, any and rule")),
        ({"exit_when": [{"event": "E", "of": "b", "reason": "x"}]}, ("exit_when.0.of", "there is no message b")),
        ({"brand": None}, ("nodes.hello.message.brand", "is missing, here and for the journey")),
        ({"topic": None}, ("nodes.hello.message.topic", "is missing, here and for the journey")),
        ({"closed": ["24.12.2026"]}, ("closed.0", "is a day")),
        ({"late_after": "P1M"}, ("late_after", "cannot be in months")),
        ({"caps": {"of": []}}, ("caps.of", "must not be empty")),
    ],
)
def test_so_is_what_holds_for_all_nodes(changes, finding):
    said = found(short(**changes))
    assert [(field, why) for field, why in said if field == finding[0] and why.startswith(finding[1])], said


def test_splits_of_one_salt_have_the_same_arms():
    arms = [{"name": "x", "bp": 5000, "to": "exit"}, {"name": "y", "bp": 5000, "to": "b"}]
    other = [{**each, "bp": bp, "to": "exit"} for each, bp in zip(arms, (4000, 6000), strict=True)]
    nodes = {"a": {"split": {"salt": "s", "arms": arms}}, "b": {"split": {"salt": "s", "arms": other}}}
    assert found(with_nodes(**nodes)) == [("nodes.b.split.arms", "are others than those of a, which has the same salt")]


def test_a_repeat_may_go_round_and_everything_else_may_not():
    nodes = {"a": {**WAIT, "next": "b"}, "b": {"repeat": {"to": "a", "most": 3}, "next": "exit"}}
    assert found(with_nodes(**nodes)) == []
    nodes["b"] = {"branch": [{"when": VIP, "to": "a"}], "else": "b"}
    assert {field for field, _ in found(with_nodes(**nodes))} == {"nodes.b.branch.0.to", "nodes.b.else"}


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("P3D", Span(days=3)),
        ("P2W", Span(days=14)),
        ("P1Y2M", Span(months=14)),
        ("PT90M", Span(seconds=5400)),
        ("P1DT12H", Span(days=1, seconds=43_200)),
        ("PT168H", Span(seconds=604_800)),
    ],
)
def test_durations_are_what_they_say(text, span):
    assert spans.read(text) == span


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1DT", "3D", "P1.5D", "-P1D", "P1H", "PT1D", "P1W2D", "p1d", "P0D", "PT0S", "P11Y", "P٣D"]
)
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match="is "):
        spans.read(text)


def test_words_of_yaml_are_those_of_its_newer_rules():
    said = "on: {no: 1, yes: no, at: 21:00, day: 2026-11-24, x: null, y: true, z: -1.5, q: '1', e: ~}\nl: [1, off]"
    assert json.loads(writing.as_json(said)) == {
        "on": {
            "no": 1,
            "yes": "no",
            "at": "21:00",
            "day": "2026-11-24",
            "x": None,
            "y": True,
            "z": -1.5,
            "q": "1",
            "e": None,
        },
        "l": [1, "off"],
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: &x 1\nb: *x", "line 1, column 4: anchors and aliases are not read"),
        ("a: *x", "line 1, column 4: anchors and aliases are not read"),
        ("a: !!python/name:os.system x", "line 1, column 4: tags are not read"),
        ("a: 1\na: 2", "line 2, column 1: a stands there twice"),
        ("1: a", "line 1, column 1: is no name: put it in quotes"),
        ("a: [1", "did not find expected ',' or ']'"),
        ("a: 1\n---\nb: 2", "it is one document"),
        ("", "it is one document"),
        ("[" * 40 + "]" * 40, "line 1, column 31: is deeper than 30 levels"),
        ("a: \x00", "unacceptable character"),
    ],
)
def test_what_json_cannot_say_is_refused_by_its_place(text, why):
    with pytest.raises(BadRequest) as refused:
        writing.as_json(text)
    assert refused.value.findings[0][0] == ""
    assert why in refused.value.findings[0][1]


def test_long_yaml_is_refused_unread():
    with pytest.raises(BadRequest, match="is larger than 128 KB"):
        writing.as_json("a: " + "x" * writing.LARGEST)


def test_pyyaml_is_loaded_by_nobody_who_sends_json():
    wanted = "from shopkeeper.journey.definition import checking, compiling, writing"
    program = f"import sys; {wanted}; sys.exit('yaml' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, env={"PYTHONPATH": "layers/core"}, cwd=ROOT)
