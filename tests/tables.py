"""The tables of template.yaml on moto, whose mocks share one session of boto3."""

import re
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from pathlib import Path

import boto3
import yaml
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.config import default_user_config
from moto.dynamodb.models import dynamodb_backends

# With a session of its own each mock would read the models of all services again, which takes longer than most tests.
default_user_config["core"]["reset_boto3_session"] = False

TEMPLATE = Path(__file__).parent.parent / "template.yaml"
_KEPT = ("AttributeDefinitions", "KeySchema", "BillingMode", "LocalSecondaryIndexes", "GlobalSecondaryIndexes")


class _Loader(yaml.SafeLoader):
    """Reads the short forms of intrinsic functions as whatever stands behind them."""


_Loader.add_multi_constructor("!", lambda loader, tag, node: getattr(node, "value", None))


@contextmanager
def told(client, event, listener):
    """The listener hears each event of the client until the end: the client lives on."""
    client.meta.events.register(event, listener)
    try:
        yield
    finally:
        client.meta.events.unregister(event, listener)


@cache
def _resources():
    return yaml.load(TEMPLATE.read_text(), _Loader)["Resources"]


_empty = {}


@cache
def client(service):
    """One for all tests: to make one takes as long as four calls, and each mock answers it with what is its own."""
    return boto3.client(service, region_name="us-east-1")


def create(*logical_ids):
    """Inside `mock_aws`: the tables by their logical ids, e.g. CustomersTable; gives the client."""
    dynamodb = client("dynamodb")
    tables = dynamodb_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].tables
    for logical_id in logical_ids:
        if logical_id not in _empty:
            dynamodb.create_table(TableName=logical_id, **_properties(logical_id))
            _empty[logical_id] = tables.pop(logical_id)
        # To copy an empty table takes a tenth of what it takes to ask for one, and most tests ask for several.
        tables[logical_id] = deepcopy(_empty[logical_id])
    return dynamodb


def _properties(logical_id):
    properties = _resources()[logical_id]["Properties"]
    return {name: properties[name] for name in _KEPT if name in properties}


def variable(logical_id):
    """The environment variable that names the table: CustomersTable is in CUSTOMERS_TABLE."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", logical_id).upper()
