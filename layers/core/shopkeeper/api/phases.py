"""The phases of the decision to buy: one list of rules in an order, of which the first that holds counts."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from shopkeeper import zones
from shopkeeper.api import roles, rules, versions
from shopkeeper.api.calls import Answer, Call, Room, Route, found
from shopkeeper.api.matching import IF_MATCH, IF_NONE_MATCH
from shopkeeper.api.versions import VERSION, Kind
from shopkeeper.aws.definitions import Version
from shopkeeper.customer.requests import Id, Strict, Text
from shopkeeper.segment import phases, rule
from shopkeeper.segment.phases import Phase
from shopkeeper.segment.references import Look, inlined

MOST = 20
_PATH = "/v1/phases"
_VERSION = replace(VERSION, form={**VERSION.form, "minimum": 0})
_SHIPPED = Version("phases", "phases", 0, json.dumps({"phases": phases.DEFAULT}), "", "")


class PhaseRule(Strict):
    """Who is in it: those of whom `when` holds, and no `when` of a phase before it. The last one may go without: it is
    for everybody else."""

    id: Id
    name: Text | None = None
    when: rules.Said | None = None


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
room = Room("phases", "Where customers stand in the decision to buy, and by which rules.")


def current(call: Call) -> tuple[Phase, ...]:
    """As they count now."""
    content = (_newest(call) or _SHIPPED).content
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


def _newest(call: Call) -> Version | None:
    return call.aws.definitions.newest(KIND.name, KIND.name)


def _read(call: Call) -> Answer[Any]:
    named = _named(call)
    asked = call.query.get("version")
    if asked == str(_SHIPPED.number) or (asked is None and _newest(named) is None):
        return Answer(versions.shown(KIND, named, _SHIPPED).body)
    return versions.shown(KIND, named, found(versions.version_asked(KIND, named), "version"))


def _put(call: Call, wanted: Strict) -> Answer[Any]:
    return versions.put(KIND, _named(call), wanted)


def _named(call: Call) -> Call:
    return replace(call, path={"id": KIND.name})


room.routes += [
    Route(
        "GET",
        _PATH,
        room.name,
        _read,
        "Show the phases of the decision to buy, in the order in which their rules are tried.\n\n"
        "Version 0 are those that are there from the start.",
        KIND.form,
        groups=roles.GROUPS,
        parameters=(_VERSION,),
        refusals={404: "There is no such version."},
    ),
    Route(
        "PUT",
        _PATH,
        room.name,
        _put,
        "Define all phases of the decision to buy, in the order in which their rules are tried.\n\n"
        "They are asked when a customer is looked at, so a change counts for everybody within a minute.",
        KIND.form,
        Phases,
        groups=(roles.MARKETER, roles.ADMIN),
        parameters=(IF_MATCH, IF_NONE_MATCH),
        check=_faults,
        refusals={201: "The first phases of your own.", 412: "Another version counts by now."},
    ),
]
