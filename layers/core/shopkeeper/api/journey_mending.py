"""Journeys that are mended by hand: runs that nobody tries any more go on."""

from shopkeeper.api import journey_runs
from shopkeeper.api.calls import Call
from shopkeeper.api.journey_runs import Key
from shopkeeper.api.problems import Problem
from shopkeeper.api.roles import ADMIN, MARKETER
from shopkeeper.api.runs_shown import RunsView
from shopkeeper.customer.requests import Strict
from shopkeeper.journey import rows

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
