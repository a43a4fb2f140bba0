"""The counts of a journey as they are read: lines that were counted, summed by node, reason and credit. Pure."""

from collections import Counter
from dataclasses import dataclass, field

from shopkeeper.journey.insiders.counting import Line, Lines


@dataclass(slots=True)
class OfNode:
    """All who arrived are standing, or had an outcome, or have left there; `stuck` are some of those standing."""

    arrived: int = 0
    standing: int = 0
    stuck: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Credit:
    """`worth` is in minor units, by currency."""

    converted: int = 0
    worth: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Counts:
    """Of entries. `coming` have not been seen by a leg yet, `watching` have left and may still reach the goal. `left`
    is by reason, of whom was not held out. So is `credit`, by whom `Run.goal_by` names, of all who have converted.

    Of what is `unknown`, `ways` are earlier entries, which are at no node here; of `ends` among them even the reason
    and the goal; `visits` are arrivals older than the history of a run; `lines` had no room.
    """

    whole: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    nodes: dict[str, OfNode] = field(default_factory=dict)
    credit: dict[str, Credit] = field(default_factory=dict)
    held_out_worth: Counter[str] = field(default_factory=Counter)


def summed(lines: Lines, version: int | None = None) -> Counts:
    """Of one version that was kept apart, or of all together: a node of the same key is the same node."""
    counts = Counts()
    for line, number in lines.items():
        if version in (None, line.version):
            _sum(counts, line, number)
    return counts


def _sum(counts: Counts, line: Line, number: int) -> None:
    if line.what in ("credited", "worth"):
        _sum_credit(counts.credit.setdefault(line.node, Credit()), line, number)
    elif line.node:
        _sum_node(counts.nodes.setdefault(line.node, OfNode()), line, number)
    elif line.what == "left":
        counts.left[line.word] += number
    elif line.what == "unknown":
        counts.unknown[line.word] += number
    elif line.what == "held_out_worth":
        counts.held_out_worth[line.word] += number
    else:
        counts.whole[line.what] += number


def _sum_node(node: OfNode, line: Line, number: int) -> None:
    if line.what == "outcome":
        node.outcomes[line.word] += number
    elif line.what == "left":
        node.left[line.word] += number
    else:
        setattr(node, line.what, getattr(node, line.what) + number)


def _sum_credit(credit: Credit, line: Line, number: int) -> None:
    if line.what == "worth":
        credit.worth[line.word] += number
    else:
        credit.converted += number
