"""AWS itself, as far as the bundle uses it: moto, in this process. Nothing else in `local/` imports moto.

moto's own `mock_aws` stays off. It looks at each request through some thousand patterns, takes over the HTTP clients
of the tests, and its queues and queries slow down as they fill; so calls are handed to its services directly, and
the few slow or wrong places are replaced while a stack is open (`SEAMS`). tests/local/test_seams.py holds each to
its name and to what it does: a new version of moto breaks there first.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

import boto3
from botocore.loaders import create_loader
from botocore.session import get_session
from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data

from local.emulator import dispatch, expressions, queues, storage, tables

SEAMS = [*dispatch.SEAMS, *queues.SEAMS, *tables.SEAMS, *expressions.SEAMS, *storage.SEAMS]


@contextmanager
def switched_on() -> Iterator[None]:
    """AWS, empty. Clients made before are not served; those made inside are served until the end."""
    with ExitStack() as until_the_end:
        for seam in SEAMS:
            until_the_end.enter_context(patch.object(seam.owner, seam.name, seam.stand_in))
        until_the_end.enter_context(patch.object(boto3, "DEFAULT_SESSION", _session()))
        until_the_end.enter_context(dispatch.serving())
        until_the_end.callback(empty)
        empty()
        yield


_descriptions = create_loader()
"""Of the services, kept from one stack to the next: to read them is most of what a first client costs."""


def _session() -> boto3.Session:
    session = get_session()
    session.register_component("data_loader", _descriptions)
    return boto3.Session(botocore_session=session)


def empty() -> None:
    """Forget every table, queue, bucket and secret."""
    BackendDict.reset()
    reset_model_data()
