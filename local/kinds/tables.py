"""DynamoDB tables."""

from typing import TYPE_CHECKING

from local.kinds.kind import ENCRYPTION, RETENTION, Kind, Properties, Resource
from local.pumps.due import INDEX

if TYPE_CHECKING:
    from local.world import World


def _create(world: "World", name: str, properties: Properties) -> Resource:
    settings = {key: value for key, value in properties.items() if key in TABLE.heeds}
    if "StreamSpecification" in settings:
        settings["StreamSpecification"] = {"StreamEnabled": True, **settings["StreamSpecification"]}
    table = world.client("dynamodb").create_table(TableName=name, **settings)["TableDescription"]
    world.tables.append(name)
    if any(index["IndexName"] == INDEX for index in properties.get("GlobalSecondaryIndexes", [])):
        world.due.tables.append(name)
    attributes = {"Arn": table["TableArn"]}
    if "LatestStreamArn" in table:
        attributes["StreamArn"] = table["LatestStreamArn"]
    return Resource(ref=name, attributes=attributes)


TABLE = Kind(
    _create,
    heeds=frozenset(
        {
            "AttributeDefinitions",
            "BillingMode",
            "GlobalSecondaryIndexes",
            "KeySchema",
            "LocalSecondaryIndexes",
            "StreamSpecification",
        }
    ),
    ignores={
        "DeletionProtectionEnabled": RETENTION,
        "PointInTimeRecoverySpecification": RETENTION,
        "SSESpecification": ENCRYPTION,
        "TimeToLiveSpecification": "moto never expires a row, and AWS may take days: a reader must not rely on it.",
    },
)
