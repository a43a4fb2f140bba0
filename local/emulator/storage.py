"""S3: what moto stores, and the events that AWS would send to EventBridge about it."""

from collections.abc import Callable
from typing import Any

import moto.s3.notifications as notifications
from moto.moto_api._internal import mock_random

from local.emulator.account import ACCOUNT, REGION
from local.emulator.seam import Seam
from shopkeeper import clock

_REASONS = {"Put": "PutObject", "Copy": "CopyObject", "CompleteMultipartUpload": "CompleteMultipartUpload"}

listeners: list[Callable[[dict[str, Any]], None]] = []
"""Who hears of each event of a bucket that sends its events to EventBridge."""


def object_event(account_id: str, event_name: str, bucket: Any, key: Any) -> None:
    """Tell the listeners "Object Created" as AWS words it. Other events of S3 reach nobody here."""
    kind, _, how = str(event_name.value).removeprefix("s3:").partition(":")
    wanted = bucket.notification_configuration
    if kind != "ObjectCreated" or wanted is None or wanted.event_bridge is None:
        return
    event = _created(bucket, key, _REASONS[how], account_id)
    for listener in listeners:
        listener(event)


def _created(bucket: Any, key: Any, reason: str, account_id: str) -> dict[str, Any]:
    return {
        "version": "0",
        "id": str(mock_random.uuid4()),
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": ACCOUNT,
        "time": f"{clock.Clock().now():%Y-%m-%dT%H:%M:%SZ}",
        "region": REGION,
        "resources": [bucket.arn],
        "detail": {
            "version": "0",
            "bucket": {"name": bucket.name},
            "object": {
                "key": key.name,
                "size": key.size,
                "etag": key.etag.strip('"'),
                "sequencer": mock_random.get_random_hex(18).upper(),
            },
            "request-id": mock_random.get_random_hex(16).upper(),
            "requester": account_id,
            "source-ip-address": "127.0.0.1",
            "reason": reason,
        },
    }


SEAMS = [
    Seam(notifications, "send_event", object_event, "moto's event has other field names, and its rules reach no queue"),
]
