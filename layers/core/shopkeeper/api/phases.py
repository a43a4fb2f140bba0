"""The phases of the decision to buy: one list of rules in an order, of which the first that holds counts."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from shopkeeper import zones
from shopkeeper.api import rules
from shopkeeper.api.calls import Call, Room
from shopkeeper.api.singles import Single
from shopkeeper.api.versions import Kind
from shopkeeper.customer.requests import Id, Strict, Text
from shopkeeper.segment import phases, rule
from shopkeeper.segment.phases import Phase
from shopkeeper.segment.references import Look, inlined
from shopkeeper.segment.said import Said

MOST = 20


class PhaseRule(Strict):
    """Who is in it: those of whom `when` holds, and no `when` of a phase before it. The last one may go without: it is
    for everybody else."""

    id: Id
    name: Text | None = None
    when: Said | None = None


def _few(given: tuple[PhaseRule, ...]) -> tuple[PhaseRule, ...]:
    if not 0 < len(given) <= MOST:
        raise ValueError(f"are 1 to {MOST}")
    return given


class Phases(Strict):
    """In the order in which they are tried."""

    # Not `min_length`, which would also find too few where one is refused.
    phases: Annotated[tuple[PhaseRule, ...], AfterValidator(_few), Field(json_schema_extra={"maxItems": MOST})]


def _faults(call: Call, wanted: Phases) -> Iterator[tuple[str, str]]:
    known: set[str] = set()
    for place, each in enumerate(wanted.phases):
        if each.id in known:
            yield f"phases.{place}.id", f"{each.id} is there already"
        known.add(each.id)
        if each.when is not None:
            yield from rules.faults(call, each.when, f"phases.{place}.when")
        elif place + 1 < len(wanted.phases):
            yield f"phases.{place}.when", "is missing: only the last phase may be for everybody else"


KIND = Kind("phases", "phases", Phases, check=_faults)
PHASES = Single(
    KIND,
    KIND.name,
    json.dumps({"phases": phases.DEFAULT}),
    "Show the phases of the decision to buy, in the order in which their rules are tried.",
    "Define all phases of the decision to buy, in the order in which their rules are tried.\n\n"
    "They are asked when a customer is looked at, so a change counts for everybody within a minute.",
    "The first phases of your own.",
)
room = Room("phases", "Where customers stand in the decision to buy, and by which rules.")
room.routes += PHASES.routes("/v1/phases", _faults)


def current(call: Call) -> tuple[Phase, ...]:
    """As they count now."""
    content = PHASES.counting(call).content
    return _compiled(_whole(call, content) if "in_segment" in content else content, call.aws.zone)


def _whole(call: Call, content: str) -> str:
    """With the segments that are named in their places, as they count now."""
    look, said = rules.counting(call), json.loads(content)["phases"]
    whole = [each | ({"when": _inlined(each["when"], look)} if each.get("when") else {}) for each in said]
    return json.dumps({"phases": whole})


def _inlined(said: Any, look: Look) -> Any:
    return json.loads(rule.to_json(inlined(rule.read(said), look)))


@lru_cache(maxsize=4)
def _compiled(content: str, zone: str) -> tuple[Phase, ...]:
    return phases.compiled(json.loads(content)["phases"], zones.zone(zone))
