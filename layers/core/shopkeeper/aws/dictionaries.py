"""The field dictionary as it was counted last, in one item of the Definitions table."""

import json
import os
from typing import Any

from shopkeeper.aws.clients import client, outages_named
from shopkeeper.aws.definition_items import key
from shopkeeper.customer.fields import Dictionary, Field

KIND = "dictionary"
_KEY = key(KIND, "traits")
SCHEMA = 1


class Dictionaries:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    @classmethod
    def from_env(cls) -> "Dictionaries":
        return cls(client("dynamodb"), os.environ["DEFINITIONS_TABLE"])

    def keep(self, dictionary: Dictionary) -> None:
        """In the place of the one before. Raises Unavailable."""
        fields = {name: [each.count, each.examples] for name, each in dictionary.fields.items()}
        with outages_named():
            self._dynamodb.put_item(
                TableName=self._table,
                Item=_KEY
                | {
                    "customers": {"N": str(dictionary.customers)},
                    "counted_on": {"S": dictionary.counted_on},
                    "fields": {"S": json.dumps(fields, ensure_ascii=False, separators=(",", ":"))},
                    "schema": {"N": str(SCHEMA)},
                },
            )

    def load(self) -> Dictionary:
        """An empty one before the first count. Raises Unavailable."""
        with outages_named():
            item = self._dynamodb.get_item(TableName=self._table, Key=_KEY).get("Item")
        if item is None:
            return Dictionary()
        fields = {
            name: Field(count, tuple(examples)) for name, (count, examples) in json.loads(item["fields"]["S"]).items()
        }
        return Dictionary(int(item["customers"]["N"]), item["counted_on"]["S"], fields)
