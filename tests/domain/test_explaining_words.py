"""What each leaf is told with, of Ann and of Bo at the same moment: `explained.txt` is read as a marketer reads it."""

from pathlib import Path

import pytest

from tests.explained_people import RULES, explained

PARTS = (Path(__file__).parent / "explained.txt").read_text().strip().split("\n\n")


def told(said_rule):
    nodes = {who: explained(who, said_rule)["rule"] for who in ("ann", "bo")}
    yield f"{nodes['ann']['op']}: {nodes['ann']['asks']}"
    for who, node in nodes.items():
        yield f"  {who} {'yes' if node['holds'] else 'no'}: {node['says']}"
        if node["changes"]:
            yield f"    {node['changes']['local'][:16]} {node['changes']['why']}"


@pytest.mark.parametrize(("said_rule", "part"), list(zip(RULES, PARTS, strict=True)), ids=[each[:60] for each in PARTS])
def test_what_was_seen_and_what_is_asked_stand_in_one_sentence(said_rule, part):
    assert "\n".join(told(said_rule)) == part
