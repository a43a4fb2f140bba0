"""Recomputations of the segments, what they found, and how the sizes of segments have changed."""

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from shopkeeper.api import roles, segment_states
from shopkeeper.api.calls import Call, found
from shopkeeper.api.roles import ADMIN, MARKETER
from shopkeeper.api.segment_explain import PART
from shopkeeper.api.segment_rules import KIND, written
from shopkeeper.api.segments import room
from shopkeeper.clock import Clock
from shopkeeper.customer.requests import Strict
from shopkeeper.customer.walks import SLICES
from shopkeeper.segment.planning import Planner
from shopkeeper.segment.runs import Found, Run
from shopkeeper.segment.scanning import found_in


class Sized(TypedDict):
    at: str
    version: int
    size: int


class Sizes(TypedDict):
    items: list[Sized]


class Example(TypedDict):
    """`was` in or out, by the document of that `version`, written at `written_at`; the clock would have come by at
    `due_at`, null for never."""

    customer_id: str
    segment: str
    was: Literal["in", "out"]
    version: int
    written_at: str
    due_at: str | None


class Difference(TypedDict):
    """`missing` customers belong to the segment and were not in it, `wrong` ones were in it and do not belong."""

    segment: str
    missing: int
    wrong: int


class RunView(TypedDict):
    """`why`: something was published, the schedule, or a request. `builds` are versions that count once it is done.

    `customers` have been looked at in `slices_done` of the slices, and `changed` ones were written; documents of
    `unreadable` ones could not be read, and `unclear` ones could not be written. `differences` are customers who were
    wrong in what counts, though no time had passed: all are right again, and of some there are `examples`.
    """

    id: str
    why: str
    state: Literal["running", "failed", "done"]
    begun_at: str
    ended_at: str | None
    error: NotRequired[str]
    builds: list[str]
    slices: int
    slices_done: int
    customers: int
    changed: int
    unreadable: int
    unclear: int
    differences: list[Difference]
    examples: list[Example]


class Runs(TypedDict):
    items: list[RunView]


class Ordered(TypedDict):
    """It begins within a minute or so of `due_at`, or once the one at work is done."""

    due_at: str


class Nothing(Strict):
    pass


@room.get("/v1/segments/{id}/sizes", groups=roles.GROUPS, parameters=(PART,))
def show_sizes(call: Call) -> Sizes:
    """Show how many customers a segment had at each recomputation, the newest first."""
    version = found(call.aws.definitions.newest(KIND, call.path["id"]), KIND)
    part = call.query.get("part", "")
    name = f"{call.path['id']}/{part}" if part else call.path["id"]
    sizes = call.aws.recomputes.sizes(name)
    if not sizes:  # A part that the newest version leaves out has sizes until that one counts.
        found(written(version).of(part), "part")
    return {"items": [{"at": each.at, "version": each.version, "size": each.size} for each in reversed(sizes)]}


@room.get("/v1/recomputes", groups=roles.GROUPS)
def list_recomputes(call: Call) -> Runs:
    """List the last 50 recomputations, the newest first: how far they have come, and what they found to be wrong."""
    desk = call.aws.recomputes.desk()
    return {"items": [_shown(call, run) for run in call.aws.recomputes.runs(desk.runs)]}


@room.post("/v1/recomputes", groups=(MARKETER, ADMIN), status=202)
def order_recompute(call: Call, _: Nothing) -> Ordered:
    """Look through all customers, and count all segments. There is one run at a time."""
    return {"due_at": Planner(call.aws.recomputes, Clock()).ask("request").due_at}


def _shown(call: Call, run: Run) -> RunView:
    parts = [] if run.state == "done" else segment_states.slices(call, run)
    told = run.found if run.state == "done" else sum((found_in(each.gathered) for each in parts), Found())
    shown: RunView = {
        "id": run.id,
        "why": run.why,
        "state": run.state,
        "begun_at": run.begun_at,
        "ended_at": run.ended_at or None,
        "builds": [run.names[str(number)] for number in run.slots],
        "slices": SLICES,
        "slices_done": sum(each.ended for each in parts) if parts else SLICES,
        "customers": told.customers,
        "changed": told.changed,
        "unreadable": told.unreadable,
        "unclear": told.unclear,
        "differences": _differences(run, told),
        "examples": [_example(each) for each in told.examples],
    }
    if run.error:
        shown["error"] = run.error
    return shown


def _differences(run: Run, told: Found) -> list[Difference]:
    numbers = sorted({*told.missing, *told.wrong}, key=int)
    return [
        {
            "segment": run.names.get(number, number),
            "missing": told.missing.get(number, 0),
            "wrong": told.wrong.get(number, 0),
        }
        for number in numbers
    ]


def _example(said: Any) -> Example:
    return {
        "customer_id": said["customer_id"],
        "segment": said["segment"],
        "was": said["was"],
        "version": int(said["version"]),
        "written_at": said["written_at"],
        "due_at": said["due_at"] or None,
    }
