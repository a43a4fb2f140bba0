"""EventBridge rules of the default bus: which events go where, and what happens at which times."""

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from local.emulator import queues
from local.emulator.account import arn
from local.evaluate import TemplateError
from local.kinds.kind import WORDS, Kind, Properties, Resource, refuse_unknown
from local.pumps import timetable
from local.pumps.bus import Rule
from local.pumps.schedules import Schedule

if TYPE_CHECKING:
    from local.world import World

Deliver = Callable[[dict[str, Any]], None]


def _create(world: "World", name: str, properties: Properties) -> Resource:
    rule = arn("events", f"rule/{name}")
    targets = [_target(world, name, target) for target in properties["Targets"]]
    if properties.get("State", "ENABLED") != "ENABLED":
        targets = []
    if "EventPattern" in properties:
        world.bus.rules.append(Rule(pattern=properties["EventPattern"], targets=targets))
    if "ScheduleExpression" in properties:
        times = timetable.read(properties["ScheduleExpression"], time.time())
        world.schedules.add(Schedule(rule, times, lambda event: [deliver(event) for deliver in targets]))
    return Resource(ref=name, attributes={"Arn": rule})


def _target(world: "World", rule: str, target: Properties) -> Deliver:
    """Whatever is delivered here arrives, so a dead-letter queue makes no difference."""
    refuse_unknown(f"a target of {rule}", target, {"Id", "Arn", "Input", "DeadLetterConfig"})
    service, name = target["Arn"].split(":")[2], target["Arn"].split(":")[-1]
    constant = json.loads(target["Input"]) if "Input" in target else None
    if service == "sqs":
        return lambda event: queues.send(name, json.dumps(event if constant is None else constant))
    if service == "lambda":
        return lambda event: world.calls.put(world.functions[name], event if constant is None else constant)
    raise TemplateError(f"{rule} sends events to {service}; the local stack delivers to SQS and to Lambda only")


RULE = Kind(
    _create,
    heeds=frozenset({"EventPattern", "ScheduleExpression", "State", "Targets"}),
    ignores={"Description": WORDS},
)
