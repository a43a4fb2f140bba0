"""The tables of template.yaml on moto, whose mocks share one session of boto3."""

import re
from functools import cache
from pathlib import Path

import boto3
import yaml
from moto.core.config import default_user_config

# With a session of its own each mock would read the models of all services again, which takes longer than most tests.
default_user_config["core"]["reset_boto3_session"] = False

TEMPLATE = Path(__file__).parent.parent / "template.yaml"
_KEPT = ("AttributeDefinitions", "KeySchema", "BillingMode", "LocalSecondaryIndexes", "GlobalSecondaryIndexes")


class _Loader(yaml.SafeLoader):
    """Reads the short forms of intrinsic functions as whatever stands behind them."""


_Loader.add_multi_constructor("!", lambda loader, tag, node: getattr(node, "value", None))


@cache
def _resources():
    return yaml.load(TEMPLATE.read_text(), _Loader)["Resources"]


def create(*logical_ids):
    """Inside `mock_aws`: the tables by their logical ids, e.g. CustomersTable; gives the client."""
    dynamodb = boto3.client("dynamodb", region_name="us-east-1")
    for logical_id in logical_ids:
        properties = _resources()[logical_id]["Properties"]
        dynamodb.create_table(TableName=logical_id, **{name: properties[name] for name in _KEPT if name in properties})
    return dynamodb


def variable(logical_id):
    """The environment variable that names the table: CustomersTable is in CUSTOMERS_TABLE."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", logical_id).upper()
