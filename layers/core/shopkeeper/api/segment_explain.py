"""Why a customer is in a segment, or is not, and when and why that will be otherwise."""

import json
from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from shopkeeper import clock, zones
from shopkeeper.api import customers, roles, segment_rules, versions
from shopkeeper.api.calls import Call, Parameter, Room, found
from shopkeeper.api.launches import Instant
from shopkeeper.api.problems import bad_request
from shopkeeper.api.roles import ADMIN, MARKETER
from shopkeeper.api.segment_rules import Kept
from shopkeeper.aws.definitions import Version
from shopkeeper.customer.document import Customer
from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.requests import Strict
from shopkeeper.customer.standing import slots_of
from shopkeeper.segment import publishing
from shopkeeper.segment.explaining import Explainer
from shopkeeper.segment.explaining.forms import Explanation
from shopkeeper.segment.rule import Rule
from shopkeeper.segment.said import Said

room = Room("segments", "Who is meant: customers for whom a rule holds, kept true by themselves.")
AT = Parameter(
    "at",
    "query",
    "Another instant than now, past or to come, by what is known today: such as 2026-11-21T09:30:00Z.",
    {"type": "string", "format": "date-time"},
)
PART = Parameter("part", "query", "The id of a part of the segment, instead of all of it.", {"type": "string"})


class Counted(TypedDict):
    version: int
    is_in: bool


class SegmentExplanation(TypedDict):
    """Of the segment, or one part of it, as this version says it.

    `counted` is where the customer is counted at this moment, by the version that counts, if there is one: that may be
    another one, and whom midnight moves is looked at in the two hours after it.
    """

    segment: str
    version: int
    part: str | None
    counted: Counted | None
    explanation: Explanation


class ToExplain(Strict):
    """`customer` is an id, or a name such as `user:42`. Without `at` it is now."""

    rule: Said
    customer: Annotated[str, Field(min_length=1, max_length=1_000)]
    at: Instant | None = None


@room.get("/v1/segments/{id}/explain/{customer}", groups=roles.GROUPS, parameters=(AT, versions.VERSION, PART))
def explain(call: Call) -> SegmentExplanation:
    """Explain why a customer is in a segment or not, what is missing, and when and why that changes by itself.

    The newest version is explained, also while it is still being built. Segments that it names are taken as they are
    now. A customer who was merged into another is explained as that other one.
    """
    kept, part = Kept(call), call.query.get("part", "")
    version = found(_version(call, kept), "version" if kept.version(call.path["id"]) else "segment")
    explainer = found(of_version(call, version, part, kept), "part of the segment")
    customer, at = customers.by_name(call, call.path["customer"]), _at(call, call.query.get("at"))
    return {
        "segment": version.id,
        "version": version.number,
        "part": part or None,
        "counted": _counted(call, f"{version.id}/{part}" if part else version.id, customer),
        "explanation": explainer.explain(customer, at),
    }


def of_version(call: Call, version: Version, part: str, kept: Kept) -> Explainer | None:
    """Of a segment, or of one part of it; None for a part that it does not have."""
    written = segment_rules.written(version)
    rule = written.of(part)
    if rule is None:
        return None
    name = json.loads(version.content).get("name") or version.id
    about = (
        {"name": f"{name} ({part})", "at": "part", "places": written.places(part, "part")} if part else {"name": name}
    )
    return _explainer(call, rule, kept, **about)


@room.post("/v1/segments/explain", groups=(MARKETER, ADMIN), refusals={404: "There is no such customer."})
def explain_rule(call: Call, wanted: ToExplain) -> Explanation:
    """Explain why a rule that is not kept holds for a customer, or does not.

    It is checked as at publishing; nothing is kept of it.
    """
    kept = Kept(call)
    rule = segment_rules.checked(call, wanted.rule, kept)
    customer = customers.by_name(call, wanted.customer)
    return _explainer(call, rule, kept).explain(customer, _at(call, wanted.at))


def _counted(call: Call, name: str, customer: Customer) -> Counted | None:
    slot = publishing.slot(call.aws.editions.fresh(), name, "ready")
    held = slots_of(customer.document.standing)
    return {"version": slot.version, "is_in": slot.number in held} if slot else None


def _version(call: Call, kept: Kept) -> Version | None:
    return kept.version(call.path["id"], versions.number_asked(call) or 0)


def _explainer(call: Call, rule: Rule, kept: Kept, **about: Any) -> Explainer:
    return Explainer(rule, kept.look, zones.zone(call.aws.zone), **about)


def _at(call: Call, said: str | None) -> int:
    try:
        return to_ms(said or clock.to_text(call.now))
    except (ValueError, OverflowError):
        raise bad_request("at", "is an instant with its offset from UTC, such as 2026-11-21T09:30:00Z") from None
