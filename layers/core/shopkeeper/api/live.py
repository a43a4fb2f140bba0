"""What arrives at the door just now, for whoever connects a shop."""

from typing_extensions import TypedDict

from shopkeeper.api import pages
from shopkeeper.api.calls import Call, Parameter, Room
from shopkeeper.api.roles import GROUPS
from shopkeeper.customer import live
from shopkeeper.customer.live import MOST, Became, LiveCall, Part
from shopkeeper.customer.rows import Key, Row

room = Room("live", "What arrives at the door just now.")


class PartView(TypedDict):
    """`index` is the place in the call. `customer_id` and `seconds_to_land` are there once it has landed."""

    index: int
    became: Became
    code: str | None
    field: str | None
    subject: str | None
    message_id: str | None
    customer_id: str | None
    seconds_to_land: float | None


class CallView(TypedDict):
    """`key` names the write key as rows do. `items` are some of them, those that were refused first."""

    at: str
    call: str
    key: str | None
    status: int
    code: str | None
    accepted: int
    refused: dict[str, int]
    items: list[PartView]


class CallList(TypedDict):
    items: list[CallView]


_KEY = Parameter("key", "query", "Only calls with this write key, as `key` names it.", {"type": "string"})
_SUBJECT = Parameter("subject", "query", "Only calls that show an item of this subject.", {"type": "string"})


@room.get("/v1/live", groups=GROUPS, parameters=(pages.limited(MOST), _KEY, _SUBJECT))
def list_calls(call: Call) -> CallList:
    """The last calls at the door, at most 200, newest first: what they were told, whom they reached, and how fast.

    Nothing of what was sent is shown but ids. A busy shop sees some of its calls only, those with refusals first.
    """
    limit, key, subject = pages.limit(call, MOST), call.query.get("key"), call.query.get("subject")
    calls = [each for each in call.aws.live.newest(MOST) if each.is_about(key, subject)][:limit]
    keys = {part.key for each in calls for part in each.parts if not part.code}
    rows = {row.key: row for row in call.aws.interactions.rows(sorted(keys))}
    return {"items": [_shown(each, rows) for each in calls]}


def _shown(call: LiveCall, rows: dict[Key, Row]) -> CallView:
    return {
        "at": call.at,
        "call": call.call,
        "key": call.key or None,
        "status": call.status,
        "code": call.code or None,
        "accepted": call.accepted,
        "refused": dict(call.refused),
        "items": [_part(call, part, rows.get(part.key)) for part in call.parts],
    }


def _part(call: LiveCall, part: Part, row: Row | None) -> PartView:
    what = live.became(call, part, row)
    landed = row if row and what in ("landed", "repeated") else None
    return {
        "index": part.index,
        "became": what,
        "code": (row.unfolded if row and what == "kept_aside" else part.code) or None,
        "field": part.field or None,
        "subject": part.subject or None,
        "message_id": part.message_id or None,
        "customer_id": landed.customer_id if landed else None,
        "seconds_to_land": live.seconds_to_land(landed) if landed and what == "landed" else None,
    }
