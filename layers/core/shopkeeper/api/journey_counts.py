"""How many are where in a journey, and what came of each of its nodes."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from typing_extensions import TypedDict

from shopkeeper.api import journey_simulations, roles
from shopkeeper.api.calls import Call, Parameter
from shopkeeper.api.journeys_going import Nothing
from shopkeeper.api.problems import Problem, bad_request
from shopkeeper.api.versions import number_asked
from shopkeeper.aws.journeys import KIND
from shopkeeper.customer.amounts import Amount, amounts
from shopkeeper.customer.walks import SLICES
from shopkeeper.journey.insiders import census
from shopkeeper.journey.insiders.census import Census, Made, Overtaken
from shopkeeper.journey.insiders.counts import Counts, Credit, OfNode, summed

room = journey_simulations.room
VERSION = Parameter(
    "version", "query", "Of those who follow this version; without it, of all.", {"type": "integer", "minimum": 1}
)


class Earned(TypedDict):
    """`converted` have reached the goal by it, and ordered for `worth`."""

    converted: int
    worth: dict[str, Amount]


class NodeCounts(Earned):
    """Of all who `arrived` some are `standing` there, `stuck` ones among them; each other one had one of the
    `outcomes`, or `left` the journey there, by its reason. It has the credit for those who `converted`."""

    node: str
    arrived: int
    standing: int
    stuck: int
    outcomes: dict[str, int]
    left: dict[str, int]


class Elsewhere(Earned):
    """`by` is `<activity>/<step>` of what is no node of this journey; null is nobody."""

    by: str | None


class Entries(TypedDict):
    """`entered` counts entries. Of each that is not forgotten one of these is true: `coming` (no leg has seen it yet),
    `inside`, `watching` (left or held out, and the goal may still be reached), `over`. `left` is by reason, of those
    who were not held out; so is `converted`. `stuck` ones wait for somebody to look at them."""

    entered: int
    coming: int
    inside: int
    watching: int
    over: int
    stuck: int
    left: dict[str, int]
    converted: int
    worth: dict[str, Amount]
    held_out: int
    held_out_converted: int
    held_out_worth: dict[str, Amount]


class Unknown(TypedDict):
    """What no run knows any more: `ways` are earlier entries of a customer who came again, which are at no node here;
    of `ends` among them even how they ended; `visits` are arrivals older than the newest lines of a history. `lines`
    found no room among what can be told apart."""

    ways: int
    ends: int
    visits: int
    lines: int


class Progress(TypedDict):
    """Of the count that is under way: so many runs have been seen, in `slices_done` of the slices."""

    asked_at: str
    runs: int
    slices: int
    slices_done: int


class CountsView(TypedDict):
    """`state` is never for a journey that nobody has counted. `asked_at` and `counted_at` are those of the counts that
    are shown, which may be older than the one `under_way`. `versions` were told apart; older ones count among all
    alone."""

    state: Literal["never", "counting", "counted"]
    asked_at: str | None
    counted_at: str | None
    under_way: Progress | None
    version: int | None
    versions: list[int]
    entries: Entries | None
    nodes: list[NodeCounts]
    elsewhere: list[Elsewhere]
    unknown: Unknown


@room.get("/v1/journeys/{id}/counts", groups=roles.GROUPS, parameters=(VERSION,))
def show(call: Call) -> CountsView:
    """Show the counts of a journey as they were made last, and how far one is that has been asked for."""
    exists(call)
    return _shown(call, call.aws.censuses.get(call.path["id"]))


@room.post("/v1/journeys/{id}/counts", groups=(roles.MARKETER, roles.ADMIN), status=202)
def count(call: Call, _: Nothing) -> CountsView:
    """Count who is where in a journey, and what came of each node. It begins within a minute, and looks at all runs.

    One at a time: whoever asks while a count is under way waits for that one. One that was made less than a minute ago
    is given back.
    """
    exists(call)
    journey, kept = call.path["id"], call.aws.censuses
    before, state = kept.get(journey), call.aws.journeys.state(journey)
    wanted = census.asked(before, journey, state.versions if state else (), call.now)
    if wanted is not before:
        try:
            kept.put(wanted)
        except Overtaken:  # By somebody who asked at the same time.
            wanted = kept.get(journey) or wanted
    if wanted.is_under_way:
        census.start(call.aws.slices, wanted, call.now)
    return _shown(call, wanted)


def exists(call: Call) -> None:
    """Raises Problem 404."""
    if not call.aws.definitions.number(KIND, call.path["id"]):
        raise Problem(404, "There is no such journey.")


def _shown(call: Call, kept: Census | None) -> CountsView:
    made = kept.made if kept else None
    version = _version(call, made)
    counts = summed(made.lines, version) if made else Counts()
    return {
        "state": "never" if kept is None else "counting" if kept.is_under_way else "counted",
        "asked_at": made.asked.at if made else None,
        "counted_at": made.counted_at if made else None,
        "under_way": _progress(call, kept) if kept and kept.is_under_way else None,
        "version": version,
        "versions": list(made.asked.apart) if made else [],
        "entries": _entries(counts) if made else None,
        "nodes": list(_nodes(call, counts, version or max(made.asked.apart, default=0))) if made else [],
        "elsewhere": [
            {"by": by or None, **_earned(credit)} for by, credit in sorted(counts.credit.items()) if "/" in by or not by
        ],
        "unknown": {
            "ways": counts.unknown["ways"],
            "ends": counts.unknown["ends"],
            "visits": counts.unknown["visits"],
            "lines": counts.unknown["lines"],
        },
    }


def _version(call: Call, made: Made | None) -> int | None:
    """Raises Problem 400."""
    asked = number_asked(call)
    if asked is not None and made and asked not in made.asked.apart:
        told = ", ".join(map(str, made.asked.apart)) or "none"
        raise bad_request("version", f"is one of those that were counted apart: {told}")
    return asked


def _progress(call: Call, kept: Census) -> Progress:
    parts = call.aws.slices.load(kept.walk, range(SLICES))
    return {
        "asked_at": kept.asked.at,
        "runs": sum(part.gathered.get("runs", 0) for part in parts),
        "slices": SLICES,
        "slices_done": sum(part.ended for part in parts),
    }


def _entries(counts: Counts) -> Entries:
    whole = counts.whole
    return {
        "entered": whole["entered"],
        "coming": whole["coming"],
        "inside": whole["inside"],
        "watching": whole["watching"],
        "over": whole["over"],
        "stuck": whole["stuck"],
        "left": _ordered(counts.left),
        "converted": whole["converted"],
        "worth": amounts(_worth(counts.credit.values())),
        "held_out": whole["held_out"],
        "held_out_converted": whole["held_out_converted"],
        "held_out_worth": amounts(counts.held_out_worth),
    }


def _worth(credits_: Iterable[Credit]) -> dict[str, int]:
    total: dict[str, int] = {}
    for credit in credits_:
        for currency, units in credit.worth.items():
            total[currency] = total.get(currency, 0) + units
    return total


def _nodes(call: Call, counts: Counts, version: int) -> Iterator[NodeCounts]:
    """Those of the version, in its order; behind them what others had, and somebody was at."""
    known = call.aws.journeys.graph(call.path["id"], version).nodes if version else {}
    credited = {by for by in counts.credit if by and "/" not in by}
    for key in (*known, *sorted({*counts.nodes, *credited} - known.keys())):
        node = counts.nodes.get(key, OfNode())
        yield {
            "node": key,
            "arrived": node.arrived,
            "standing": node.standing,
            "stuck": node.stuck,
            "outcomes": _ordered(node.outcomes),
            "left": _ordered(node.left),
            **_earned(counts.credit.get(key, Credit())),
        }


def _earned(credit: Credit) -> Earned:
    return {"converted": credit.converted, "worth": amounts(credit.worth)}


def _ordered(numbers: Mapping[str, int]) -> dict[str, int]:
    """The most frequent first."""
    return dict(sorted(numbers.items(), key=lambda each: (-each[1], each[0])))
