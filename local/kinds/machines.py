"""State machines of Step Functions."""

import json
import re
from typing import TYPE_CHECKING

from local.evaluate import TemplateError
from local.kinds.kind import PERMISSIONS, WORDS, Kind, Properties, Resource
from local.machines import language

if TYPE_CHECKING:
    from local.world import World

_PLACE = re.compile(r"\$\{(\w+)\}")


def _create(world: "World", name: str, properties: Properties) -> Resource:
    definition = json.loads(_substitute(name, properties))
    language.check(name, definition)
    is_express = properties.get("StateMachineType", "STANDARD") == "EXPRESS"
    machine = world.machines.add(name, definition, is_express=is_express)
    return Resource(ref=machine.arn, attributes={"Arn": machine.arn, "Name": name})


def _substitute(name: str, properties: Properties) -> str:
    values = properties.get("DefinitionSubstitutions", {})
    text = properties["DefinitionString"]
    if unknown := {place for place in _PLACE.findall(text) if place not in values}:
        raise TemplateError(f"the definition of {name} has {', '.join(sorted(unknown))}, which nothing substitutes")
    return _PLACE.sub(lambda place: json.dumps(str(values[place[1]]))[1:-1], text)


MACHINE = Kind(
    _create,
    heeds=frozenset({"DefinitionString", "DefinitionSubstitutions", "StateMachineType"}),
    ignores={
        "LoggingConfiguration": "/_local/state shows where each execution is.",
        "RoleArn": PERMISSIONS,
        "Tags": WORDS,
        "TracingConfiguration": "Nothing is traced in one process.",
    },
)
