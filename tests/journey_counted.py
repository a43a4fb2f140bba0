"""What one life comes to in the counts of its journey, added up from the oracle, which forgets nothing."""

from collections import Counter

from shopkeeper.journey.insiders.counting import counted
from shopkeeper.journey.insiders.counts import summed

OLDEST_LINES = 30
SAME = {"over": "time", "timeout": "time", "enough": "again"}


def agrees(row, oracle):
    counts = summed(counted([row], {row.run.version}), row.run.version)
    nodes, lost = {}, 0
    if oracle.status != "held_out" and oracle.reason != "held_out":
        nodes, lost = _nodes(oracle)
    assert {key: _plain(each) for key, each in counts.nodes.items()} == nodes
    assert counts.unknown == ({"visits": lost} if lost else {})
    assert counts.whole == _whole(oracle)
    assert counts.left == ({oracle.reason: 1} if oracle.reason not in ("", "held_out") else {})


def _nodes(oracle):
    """By its key how many came to a node, stand there, and went on or left by what."""
    lines = [(each["node"], "went", _word(each["outcome"])) for each in oracle.path]
    lines += [(oracle.node, "left", _word(oracle.left_by))] if oracle.left_by else []
    kept = lines[-OLDEST_LINES:] + ([] if oracle.reason else [(oracle.node, "stands", "")])
    nodes = {}
    for node, what, word in kept:
        said = nodes.setdefault(node, Counter())
        said["came"] += 1
        said[what, word] += 1
    return nodes, len(lines) - len(lines[-OLDEST_LINES:])


def _plain(node):
    said = Counter({"came": node.arrived}) + Counter({("stands", ""): node.standing})
    for what, words in (("went", node.outcomes), ("left", node.left)):
        for word, number in words.items():
            said[what, _word(word)] += number
    return said


def _word(outcome):
    """As both call it; the oracle says less of what was not sent."""
    said = outcome.partition(":")[0].replace("_", " ")
    return SAME.get(said, said)


def _whole(oracle):
    is_apart = "held_out" in (oracle.status, oracle.reason)
    state = {"active": "inside", "held_out": "watching"}.get(oracle.status, oracle.status)
    whole = {"entered": 1, state: 1}
    whole |= {"held_out": 1} if is_apart else {}
    return whole | ({"held_out_converted" if is_apart else "converted": 1} if oracle.goal_at else {})
