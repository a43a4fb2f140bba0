"""The guide to rules names every operator there is, with all of its fields, and nothing else."""

import json
import re
from pathlib import Path

from shopkeeper.segment import refusals, rule

GUIDE = (Path(__file__).parents[2] / "docs/segments.md").read_text()
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| .+ \|$", re.MULTILINE)


def test_the_table_of_operators_is_that_of_the_code():
    told = {op: set(re.findall(r"`(\w+)`", fields)) for op, fields in ROW.findall(GUIDE) if op != "op"}

    assert told == {op: set(fields) - {"op"} for op, fields in refusals.OPS.items()}


def test_what_is_refused_by_its_name_is_named():
    sentence = next(line for line in GUIDE.splitlines() if "are refused by their names" in line)

    assert set(re.findall(r"`(\w+)`", sentence)) == set(refusals.NOT_YET)


def test_its_example_is_a_rule():
    (example,) = re.findall(r"```json\n(.+?)```", GUIDE, re.DOTALL)

    assert rule.read(json.loads(example))
