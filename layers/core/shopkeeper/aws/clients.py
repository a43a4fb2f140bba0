"""Where the AWS clients come from: one of each in a process, quick to give up, so a caller is told in time."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

PATIENCE = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 3},
    tcp_keepalive=True,
)


@cache
def client(service: str) -> Any:
    """For `from_env` alone: what takes a client in its constructor can be given another one by a test."""
    return boto3.client(service, config=PATIENCE)
