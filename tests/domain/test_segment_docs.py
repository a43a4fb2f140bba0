"""The guide to rules names every operator there is, with all of its fields, and nothing else."""

import json
import re
from pathlib import Path

from shopkeeper.api.segments import Segment
from shopkeeper.segment import refusals, rule
from shopkeeper.segment.leaves import mailed

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/segments.md").read_text()
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| .+ \|$", re.MULTILINE)


def test_the_table_of_operators_is_that_of_the_code():
    told = {op: set(re.findall(r"`(\w+)`", fields)) for op, fields in ROW.findall(GUIDE) if op != "op"}

    assert told == {op: set(fields) - {"op"} for op, fields in refusals.OPS.items()}


def test_what_is_refused_by_its_name_is_named():
    sentence = next(line for line in GUIDE.splitlines() if "are refused by their names" in line)

    assert set(re.findall(r"`(\w+)`", sentence)) == set(refusals.NOT_YET)


def test_the_limits_name_what_is_refused_and_nothing_that_can_be_asked():
    limits = (ROOT / "docs/limits.md").read_text().split("\n* ")
    said = set(re.findall(r"`(\w+)`", next(each for each in limits if each.startswith("**Rules**"))))

    assert said - {"outcome", "avg", "sequence"} == {*refusals.NOT_YET, *mailed._UNTOLD}


def test_each_rule_in_a_line_is_one():
    examples = re.findall(r'`(\{"op": .+?\})`', GUIDE)

    assert {json.loads(each)["op"] for each in examples} >= {"outcome", "profile_age", "consent", "place"}
    assert all(rule.read(json.loads(each)) for each in examples)


def test_the_hour_at_which_all_customers_are_looked_through_is_that_of_the_template():
    schedule = (ROOT / "template.yaml").read_text().partition("  RecomputeSchedule:\n")[2]
    minute, hour = re.findall(r"Default: cron\((\d+) (\d+) \* \* \? \*\)", schedule)[0]

    assert f"(`RecomputeSchedule`, each night at {int(hour):02}:{int(minute):02} UTC)" in GUIDE


EXAMPLES = [json.loads(example) for example in re.findall(r"```json\n(.+?)```", GUIDE, re.DOTALL)]


def test_its_example_is_a_rule():
    assert rule.read(EXAMPLES[0])


def test_its_example_with_parts_is_a_segment():
    said = Segment.model_validate_json(json.dumps(EXAMPLES[1]))

    assert [each.id for each in said.parts] == ["vip", "window-shoppers", "rest"]
    assert rule.read(said.rule)
    assert all(rule.read(each.rule) for each in said.parts[:-1])
