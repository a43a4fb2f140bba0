"""What is mended in a journey by hand: runs that nobody tries any more, and nodes through which nobody goes."""

from typing_extensions import TypedDict

from shopkeeper.api import journey_runs, journeys
from shopkeeper.api.calls import Call
from shopkeeper.api.journey_runs import Key
from shopkeeper.api.journeys import BrokenView
from shopkeeper.api.journeys_going import Nothing
from shopkeeper.api.problems import Problem
from shopkeeper.api.roles import ADMIN, MARKETER
from shopkeeper.api.runs_shown import RunsView
from shopkeeper.customer.requests import Strict
from shopkeeper.journey import rows
from shopkeeper.journey.breaking import Node
from shopkeeper.journey.insiders import waking

_WHOLE = {409: "This node is not broken."}
_NOT_STUCK = {409: "This customer has no run here that is stuck."}
room = journey_runs.room


class Unsticking(Strict):
    key: Key | None = None


@room.post("/v1/journeys/{id}/runs/{customer}/unstick", groups=(MARKETER, ADMIN), status=202, refusals=_NOT_STUCK)
def unstick(call: Call, wanted: Unsticking) -> RunsView:
    """Try a stuck run again, within a minute: it goes on where it stands, as if it had never failed."""
    name = rows.name(call.path["id"], wanted.key or "")
    stuck = [row for row in journey_runs.rows_of(call) if row.key.name == name and row.is_stuck]
    went_on = [call.aws.runs.unstick(row.key, call.now) for row in stuck]
    if not any(went_on):
        raise Problem(409, _NOT_STUCK[409])
    return journey_runs.all_of(call)


class Mended(TypedDict):
    """What is still broken in the journey."""

    broken: list[BrokenView]


@room.post("/v1/journeys/{id}/nodes/{node}/mend", groups=(MARKETER, ADMIN), refusals=_WHOLE)
def mend(call: Call, _: Nothing) -> Mended:
    """Let customers through a broken node again: who waits at it goes on within a minute or two.

    What was counted of it so far is forgotten, so it breaks again only when as much fails anew.
    """
    journey, node = call.path["id"], call.path["node"]
    if not any(each.node == node for each in call.aws.breakers.of(journey)):
        raise Problem(409, _WHOLE[409])
    if state := call.aws.journeys.state(journey):  # Before it is mended: whoever dies in between is asked again.
        waking.start(call.aws.slices, state, call.now)
    call.aws.breakers.mend(Node(journey, node), call.now)
    return {"broken": journeys.broken(call, journey)}
