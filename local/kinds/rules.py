"""EventBridge rules of the default bus."""

from typing import TYPE_CHECKING

from local.emulator.account import arn
from local.evaluate import TemplateError
from local.kinds.kind import WORDS, Kind, Properties, Resource, refuse_unknown
from local.pumps.bus import Rule

if TYPE_CHECKING:
    from local.world import World


def _create(world: "World", name: str, properties: Properties) -> Resource:
    queues = [_queue(name, target) for target in properties["Targets"]]
    world.bus.rules.append(Rule(pattern=properties["EventPattern"], queues=queues))
    return Resource(ref=name, attributes={"Arn": arn("events", f"rule/{name}")})


def _queue(rule: str, target: Properties) -> str:
    refuse_unknown(f"a target of {rule}", target, {"Id", "Arn"})
    service, queue = target["Arn"].split(":")[2], target["Arn"].split(":")[-1]
    if service != "sqs":
        raise TemplateError(f"{rule} sends events to {service}; the local stack delivers to SQS only")
    return queue


RULE = Kind(_create, heeds=frozenset({"EventPattern", "Targets"}), ignores={"Description": WORDS})
