"""S3 buckets."""

from typing import TYPE_CHECKING

from local.emulator.account import ACCOUNT, PARTITION, REGION
from local.kinds.kind import ENCRYPTION, PERMISSIONS, RETENTION, Kind, Properties, Resource, refuse_unknown

if TYPE_CHECKING:
    from local.world import World


def _create(world: "World", name: str, properties: Properties) -> Resource:
    bucket = f"{name.lower()}-{ACCOUNT}"
    s3 = world.client("s3")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    wanted = properties.get("NotificationConfiguration", {})
    refuse_unknown(f"NotificationConfiguration of {name}", wanted, {"EventBridgeConfiguration"})
    if wanted.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled"):
        s3.put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}}
        )
    return Resource(ref=bucket, attributes={"Arn": f"arn:{PARTITION}:s3:::{bucket}"})


BUCKET = Kind(
    _create,
    heeds=frozenset({"NotificationConfiguration"}),
    ignores={
        "BucketEncryption": ENCRYPTION,
        "LifecycleConfiguration": RETENTION,
        "OwnershipControls": PERMISSIONS,
        "PublicAccessBlockConfiguration": PERMISSIONS,
    },
)
