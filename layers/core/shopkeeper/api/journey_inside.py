"""Who is inside a journey, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from typing_extensions import TypedDict

from shopkeeper.api import journey_counts, masking, pages
from shopkeeper.api.calls import Call, Parameter
from shopkeeper.api.problems import bad_request
from shopkeeper.api.roles import ADMIN, AGENT, MARKETER
from shopkeeper.api.versions import number_asked
from shopkeeper.aws.due import JOINT
from shopkeeper.customer.instants import from_ms
from shopkeeper.journey.rows import Row
from shopkeeper.journey.run import Status
from shopkeeper.journey.stands import Stands, stands

room = journey_counts.room
ROWS_PER_LOOK, MOST_LOOKS = 1_000, 5
"""So many rows of the table are looked at at once, and so often for one page."""
MOST_KEY_BYTES = 1_024
STATUSES = get_args(Status)
_NODE = Parameter("node", "query", "Those who stand there, or stood there when they left.", {"type": "string"})
_STATUS = Parameter(
    "status", "query", "Without it, those who are inside, stuck or not.", {"type": "string", "enum": list(STATUSES)}
)
_VERSION = Parameter("version", "query", "Those who follow it.", {"type": "integer", "minimum": 1})


class Insider(Stands):
    """`key` tells runs of one customer apart; what speaks of a person is masked. `since` is when they came to `node`,
    `waits_until` when it is looked at again by itself."""

    customer_id: str
    left_at: str | None
    reason: str


class Insiders(TypedDict):
    """A page may hold fewer than asked for, or none; the last one has no `next`."""

    items: list[Insider]
    next: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    node: str | None
    status: str | None
    version: int | None

    def fits(self, row: Row) -> bool:
        run = row.run
        return (
            (row.status == self.status if self.status else run.is_open)
            and (self.node is None or run.node == self.node)
            and (self.version is None or run.version == self.version)
        )


@room.get("/v1/journeys/{id}/runs", groups=(AGENT, MARKETER, ADMIN), parameters=(*pages.PAGE, _NODE, _STATUS, _VERSION))
def look(call: Call) -> Insiders:
    """List who is inside a journey, in no order that says anything, as they stood a moment ago.

    Each page looks at 5,000 runs at most, of whichever journey: where few fit, several pages are asked for.
    """
    journey_counts.exists(call)
    rows, after = _found(call, _wanted(call), pages.limit(call))
    given: Insiders = pages.page([_shown(call, row) for row in rows], [after])
    return given


def _wanted(call: Call) -> Wanted:
    """Raises Problem 400."""
    status = call.query.get("status")
    if status is not None and status not in STATUSES:
        raise bad_request("status", f"is one of {', '.join(STATUSES)}")
    return Wanted(call.query.get("node"), status, number_asked(call))


def _found(call: Call, wanted: Wanted, most: int) -> tuple[Sequence[Row], str]:
    """Those of the next page, and the row behind which the one after it begins."""
    found: list[Row] = []
    after = _after(call)
    for _ in range(MOST_LOOKS):
        rows, after = call.aws.runs.page(0, 1, after, ROWS_PER_LOOK, call.path["id"])
        found += filter(wanted.fits, rows)
        if len(found) > most:
            return found[:most], JOINT.join(found[most - 1].key)
        if len(found) == most or not after:
            break
    return found, after


def _after(call: Call) -> str:
    """Raises Problem 400 for what is the place of no row."""
    (after,) = pages.after(call) or ("",)
    customer_id, _, name = after.partition(JOINT)
    if after and not (customer_id and name and len(after.encode()) <= MOST_KEY_BYTES):
        raise bad_request("cursor", "is none that this list gave out")
    return after


def _shown(call: Call, row: Row) -> Insider:
    run = row.run
    named = call.aws.journeys.graph(run.journey, run.version).entry.key
    return {
        **stands(row),
        "customer_id": row.customer_id,
        "key": masking.value(named, run.key),
        "left_at": from_ms(run.left_at) if run.left_at else None,
        "reason": run.reason,
    }
