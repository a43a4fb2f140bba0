"""What the rows of runs say of a journey: how many came in, where they stand, what came of each node. Pure.

Each row is taken apart into lines, and lines are added up: in any order, slice by slice. What a row no longer knows is
counted as unknown: the ways of earlier entries of the same customer and key, and visits older than its history.
Who was held out is counted apart, and is at no node.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from shopkeeper.journey.leaving import HELD_OUT
from shopkeeper.journey.rows import Row
from shopkeeper.journey.run import Past, Run

MOST_BYTES = 300_000
"""Of the lines of one count, as JSON, so that it fits where it is kept."""
MOST_LETTERS = 64
OTHERS = 0
"""Stands for versions that are not counted apart, and for one that nobody knows any more."""

What = Literal[
    "entered",
    "coming",
    "inside",
    "watching",
    "over",
    "stuck",
    "held_out",
    "left",
    "converted",
    "held_out_converted",
    "held_out_worth",
    "credited",
    "worth",
    "arrived",
    "standing",
    "outcome",
    "unknown",
]


class Line(NamedTuple):
    """`node` is "" for what is about the whole run, and who has the credit for what was reached or earned; `word` is
    the outcome, the reason, the currency, or what is unknown."""

    version: int
    node: str
    what: What
    word: str = ""


Lines = Mapping[Line, int]
NOTHING: Lines = MappingProxyType({})


def counted(rows: Iterable[Row], apart: Collection[int], before: Lines = NOTHING) -> Counter[Line]:
    """With what was counted before; versions that are not to be kept `apart` are together."""
    each_one = ((line, number) for row in rows for line, number in _of_row(row, apart))
    return _added(Counter(before), each_one)


def together(parts: Iterable[Lines]) -> Counter[Line]:
    return _added(Counter(), ((line, number) for part in parts for line, number in part.items()))


def _added(lines: Counter[Line], more: Iterable[tuple[Line, int]]) -> Counter[Line]:
    room = MOST_BYTES - sum(map(_bytes, lines))
    for line, number in ((line, number) for line, number in more if number):
        takes = 0 if line in lines else _bytes(line)
        has_room = takes <= room
        lines[line if has_room else Line(OTHERS, "", "unknown", "lines")] += number
        room -= takes if has_room else 0
    return lines


def _bytes(line: Line) -> int:
    """At most, with its number."""
    return len("".join(line[1:]).encode()) + 40


def _of_row(row: Row, apart: Collection[int]) -> Iterator[tuple[Line, int]]:
    run = row.run
    version = run.version if run.version in apart else OTHERS
    for line in _newest(row, version):
        yield line, 1
    yield from _goal(run, version)
    for past in run.past:
        yield from _earlier(past)
    yield from _unknown(run, version)


def _newest(row: Row, version: int) -> Iterator[Line]:
    """Entry of the row."""
    run = row.run
    yield Line(version, "", "entered")
    yield Line(version, "", _state(run))
    if row.is_stuck:
        yield Line(version, "", "stuck")
    if is_held_out(run):
        yield Line(version, "", "held_out")
        return
    if run.left_at:
        yield Line(version, "", "left", _short(run.reason))
    yield from _way(row, version)


def is_held_out(run: Run | Past) -> bool:
    return run.reason == HELD_OUT or (isinstance(run, Run) and run.status == HELD_OUT)


def _state(run: Run) -> What:
    if not run.visit:
        return "coming"
    if run.status in ("active", "stuck"):
        return "inside"
    return "watching" if run.status in ("watching", HELD_OUT) else "over"


def _way(row: Row, version: int) -> Iterator[Line]:
    """Each visit has one line in the history, once it is over."""
    run = row.run
    for each in run.history:
        has_left = bool(run.left_at) and each is run.history[-1]
        yield Line(version, each.node, "arrived")
        yield Line(version, each.node, "left" if has_left else "outcome", _short(each.outcome))
    if run.visit and run.is_open:
        yield Line(version, run.node, "arrived")
        yield Line(version, run.node, "standing")
        if row.is_stuck:
            yield Line(version, run.node, "stuck")


def _goal(run: Run | Past, version: int) -> Iterator[tuple[Line, int]]:
    if not run.goal_at:
        return
    is_apart, worth = is_held_out(run), run.worth
    yield Line(version, "", "held_out_converted" if is_apart else "converted"), 1
    if not is_apart:
        yield Line(version, run.goal_by, "credited"), 1
    if worth:
        line = Line(version, "", "held_out_worth") if is_apart else Line(version, run.goal_by, "worth")
        yield line._replace(word=worth.currency), worth.minor_units


def _earlier(past: Past) -> Iterator[tuple[Line, int]]:
    yield Line(OTHERS, "", "entered"), 1
    yield Line(OTHERS, "", "over"), 1
    ended = Line(OTHERS, "", "held_out") if is_held_out(past) else Line(OTHERS, "", "left", _short(past.reason))
    yield ended, 1
    yield from _goal(past, OTHERS)


def _unknown(run: Run, version: int) -> Iterator[tuple[Line, int]]:
    lost = 0 if is_held_out(run) else run.visit - len(run.history) - run.is_open
    earlier = run.n - 1
    forgotten = earlier - len(run.past)
    yield Line(OTHERS, "", "entered"), forgotten
    yield Line(OTHERS, "", "unknown", "ends"), forgotten
    yield Line(OTHERS, "", "unknown", "ways"), earlier
    yield Line(version, "", "unknown", "visits"), max(lost, 0)


def _short(word: str) -> str:
    return word[:MOST_LETTERS]


def to_json(lines: Lines) -> list[Any]:
    return [[*line, number] for line, number in sorted(lines.items())]


def from_json(said: Iterable[Any]) -> Counter[Line]:
    return Counter({Line(*each[:4]): each[4] for each in said})
