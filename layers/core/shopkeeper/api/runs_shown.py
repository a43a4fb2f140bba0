"""How runs of customers are shown."""

from collections.abc import Sequence

from typing_extensions import TypedDict

from shopkeeper.api.calls import Call
from shopkeeper.api.journey_credits import CreditView, credits_of
from shopkeeper.customer.instants import from_ms
from shopkeeper.journey import nodes
from shopkeeper.journey.nodes import Node
from shopkeeper.journey.rows import Row
from shopkeeper.journey.run import Run
from shopkeeper.journey.stands import Stands, stands


class VisitView(TypedDict):
    """What came of a node."""

    node: str
    outcome: str
    at: str
    leg: str


class EarlierView(TypedDict):
    entered_at: str
    left_at: str | None
    reason: str
    converted_at: str | None


class Ended(TypedDict):
    """How it came to its end, if it has."""

    left_at: str | None
    reason: str
    converted_at: str | None
    history: list[VisitView]
    earlier: list[EarlierView]


class RunView(Stands, Ended):
    """Where a customer stands. `waits_for` names what is heard at `node`, and `waits_until` when it is looked at again
    by itself. `on` is what has been switched on for them, `credit` tells what led to the goal, once it is reached.
    `earlier` are runs of before."""

    waits_for: list[str]
    arms: dict[str, str]
    on: list[str]
    tasks: list[str]
    credit: CreditView | None


class RunsView(TypedDict):
    items: list[RunView]


def shown(call: Call, held: Sequence[Row]) -> RunsView:
    credited = credits_of(call, held)
    return {"items": [_shown(call, row, credited.get(row.run.id)) for row in held]}


def _shown(call: Call, row: Row, credit: CreditView | None) -> RunView:
    run = row.run
    return {
        **stands(row),
        "waits_for": nodes.awaits(_node(call, run)) if run.is_open else [],
        "arms": dict(run.arms),
        "on": [f"{each.channel}:{each.name}" for each in run.on],
        "tasks": [each.node for each in run.tasks],
        "credit": credit,
        **_ended(run),
    }


def _ended(run: Run) -> Ended:
    return {
        "left_at": _instant(run.left_at),
        "reason": run.reason,
        "converted_at": _instant(run.goal_at),
        "history": [
            {"node": each.node, "outcome": each.outcome, "at": from_ms(each.at), "leg": each.leg}
            for each in run.history
        ],
        "earlier": [
            {
                "entered_at": from_ms(each.entered_at),
                "left_at": _instant(each.left_at),
                "reason": each.reason,
                "converted_at": _instant(each.goal_at),
            }
            for each in run.past
        ],
    }


def _instant(at: int) -> str | None:
    return from_ms(at) if at else None


def _node(call: Call, run: Run) -> Node | None:
    return call.aws.journeys.graph(run.journey, run.version).nodes.get(run.node)
