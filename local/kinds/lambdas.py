"""Functions, and what feeds them from queues and streams."""

from typing import TYPE_CHECKING

from local.evaluate import TemplateError
from local.functions import Function
from local.kinds.kind import PACE, PERMISSIONS, WORDS, Kind, Properties, Resource, refuse_unknown
from local.pumps.queue import QueuePump
from local.pumps.stream import StreamPump, StreamSettings
from local.template import CODE_BUCKET

if TYPE_CHECKING:
    from local.world import World

_SHARED = {"BatchSize", "EventSourceArn", "FunctionName", "FunctionResponseTypes"}
_QUEUE_ONLY = {"MaximumBatchingWindowInSeconds", "ScalingConfig"}
_STREAM_ONLY = {"BisectBatchOnFunctionError", "DestinationConfig", "MaximumRetryAttempts", "StartingPosition"}


def _create_function(world: "World", name: str, properties: Properties) -> Resource:
    code = properties["Code"]
    if code["S3Bucket"] != CODE_BUCKET:
        raise TemplateError(f"the code of {name} is not in this repository")
    variables = properties.get("Environment", {}).get("Variables", {})
    world.functions[name] = Function(
        name=name,
        folder=world.root / code["S3Key"],
        handler=properties["Handler"],
        timeout_s=int(properties["Timeout"]),
        memory_mb=int(properties["MemorySize"]),
        environment=world.environment | {key: str(value) for key, value in variables.items()},
        logbook=world.logbook,
    )
    return Resource(ref=name, attributes={"Arn": world.functions[name].arn})


def _create_mapping(world: "World", name: str, properties: Properties) -> Resource:
    service, source = properties["EventSourceArn"].split(":")[2], properties["EventSourceArn"].split(":", 5)[5]
    creator = {"sqs": _feed_from_queue, "dynamodb": _feed_from_stream}.get(service)
    if creator is None:
        raise TemplateError(f"{name} is fed from {service}; the local stack feeds from SQS and DynamoDB streams only")
    creator(world, name, source, properties)
    return Resource(ref=name)


def _feed_from_queue(world: "World", name: str, source: str, properties: Properties) -> None:
    refuse_unknown(name, properties, _SHARED | _QUEUE_ONLY)
    world.pumps.append(
        QueuePump(
            queue=source,
            function=world.functions[properties["FunctionName"]],
            batch_size=min(int(properties["BatchSize"]), world.most_at_once),
            reports_failures="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", []),
        )
    )


def _feed_from_stream(world: "World", name: str, source: str, properties: Properties) -> None:
    refuse_unknown(name, properties, _SHARED | _STREAM_ONLY)
    if properties["StartingPosition"] != "TRIM_HORIZON":
        raise TemplateError(f"{name} must start at TRIM_HORIZON: a new stack has no news that could be skipped")
    destination = properties.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    settings = StreamSettings(
        batch_size=min(int(properties["BatchSize"]), world.most_at_once),
        retries=int(properties["MaximumRetryAttempts"]),
        bisects=bool(properties.get("BisectBatchOnFunctionError", False)),
        reports_failures="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", []),
        parked_in=destination.rpartition(":")[2] if destination else None,
    )
    table = source.split("/")[1]
    world.pumps.append(StreamPump(table, world.functions[properties["FunctionName"]], settings))


FUNCTION = Kind(
    _create_function,
    heeds=frozenset({"Code", "Environment", "Handler", "MemorySize", "Timeout"}),
    ignores={
        "Architectures": "Handlers run in this process.",
        "Description": WORDS,
        "EphemeralStorage": "Handlers use the disk of this machine.",
        "Layers": "Their code is on the path of this process.",
        "LoggingConfig": "What handlers print is passed on as it is.",
        "ReservedConcurrentExecutions": PACE,
        "Role": PERMISSIONS,
        "Runtime": "Handlers run in this process.",
        "Tags": WORDS,
    },
)

EVENT_SOURCE_MAPPING = Kind(
    _create_mapping,
    heeds=frozenset(_SHARED | _QUEUE_ONLY | _STREAM_ONLY),
    ignores={"Tags": WORDS},
)
