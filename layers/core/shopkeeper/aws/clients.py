"""Where the AWS clients come from: one of each in a process, quick to give up, so a caller is told in time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

# As many calls as one process makes at once.
MOST_CONNECTIONS = 16
PATIENCE = Config(
    connect_timeout=1,
    read_timeout=2.5,  # Two tries of one call fit into the ten seconds of a function that answers a caller.
    retries={"mode": "standard", "total_max_attempts": 2},
    tcp_keepalive=True,
    max_pool_connections=MOST_CONNECTIONS,
)
_BUSY = frozenset(
    """
    RequestThrottled ThrottlingException Throttling ProvisionedThroughputExceededException RequestLimitExceeded
    """.split()
)


class Unavailable(Exception):
    """A service could not be reached or was too busy: the same call may well succeed in a while."""


@cache
def client(service: str) -> Any:
    """For `from_env` alone: what takes a client in its constructor can be given another one by a test."""
    return boto3.client(service, config=PATIENCE)


def s3_client() -> Any:
    """Signed addresses need version 4 and the region in the host name; an endpoint of one's own has no such names."""
    own = "AWS_ENDPOINT_URL" in os.environ or "AWS_ENDPOINT_URL_S3" in os.environ
    config = Config(signature_version="s3v4", s3={"addressing_style": "path" if own else "virtual"})
    return boto3.client("s3", config=PATIENCE.merge(config))


@contextmanager
def outages_named() -> Iterator[None]:
    """Raises Unavailable for what time will heal, once the retries of the client are used up; the rest flies on."""
    try:
        yield
    except (NoConnection, HTTPClientError) as error:
        raise Unavailable(type(error).__name__) from error
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if status >= 500 or code in _BUSY:
            raise Unavailable(code) from error
        raise


def condition_failed(error: ClientError) -> bool:
    """Whether DynamoDB refused a write because its condition does not hold."""
    return bool(error.response["Error"]["Code"] == "ConditionalCheckFailedException")
