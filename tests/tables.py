"""The tables of template.yaml on moto."""

import re
from pathlib import Path

import boto3
import yaml

TEMPLATE = Path(__file__).parent.parent / "template.yaml"
_KEPT = ("AttributeDefinitions", "KeySchema", "BillingMode", "LocalSecondaryIndexes", "GlobalSecondaryIndexes")


class _Loader(yaml.SafeLoader):
    """Reads the short forms of intrinsic functions as whatever stands behind them."""


_Loader.add_multi_constructor("!", lambda loader, tag, node: getattr(node, "value", None))


def create(*logical_ids):
    """Inside `mock_aws`: the tables by their logical ids, e.g. CustomersTable; gives the client."""
    dynamodb = boto3.client("dynamodb", region_name="us-east-1")
    resources = yaml.load(TEMPLATE.read_text(), _Loader)["Resources"]
    for logical_id in logical_ids:
        properties = resources[logical_id]["Properties"]
        dynamodb.create_table(TableName=logical_id, **{name: properties[name] for name in _KEPT if name in properties})
    return dynamodb


def variable(logical_id):
    """The environment variable that names the table: CustomersTable is in CUSTOMERS_TABLE."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", logical_id).upper()
