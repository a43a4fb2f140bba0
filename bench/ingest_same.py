"""That both sides of the ingest benchmark have made the same."""

import gzip
import json
import zlib
from datetime import datetime
from decimal import Decimal

from boto3.dynamodb.types import TypeDeserializer

from shopkeeper.aws import customers as customer_items
from shopkeeper.customer import document


def compare(theirs_made, ours_made):
    """Rows say the same, customers count the same, archives hold the same."""
    read = TypeDeserializer()
    plain = [
        [{name: read.deserialize(value) for name, value in item.items()} for item in items] for items in theirs_made[:2]
    ]
    own = [customer_items.stored_of(item) for item in ours_made[0]]
    counted = {each["customer_id"]: each for each in plain[0]}
    for customer in {each.customer_id: document.load(each) for each in own}.values():
        other = counted.pop(customer.customer_id)
        numbers = {
            name: (each.count, each.first, each.last, dict(each.totals)) for name, each in customer.measures.items()
        }
        assert numbers == {
            name: (each["count"], each["first"], each["last"], each["totals"]) for name, each in other["events"].items()
        }
        assert customer.document.traits == other["traits"]
        seen = {
            what.replace("device", "device_class"): word.value for what, word in customer.document.words["seen"].items()
        }
        assert seen == {what: each["value"] for what, each in other["seen"].items()}
    assert counted == {}
    compare_rows(theirs_made[1:], ours_made[1:])


def compare_rows(theirs_made, ours_made):
    read = TypeDeserializer()
    plain = [{name: read.deserialize(value) for name, value in item.items()} for item in theirs_made[0]]
    own = {(row["subject"]["S"], row["message_id"]["S"]): row for row in ours_made[0]}
    assert len(own) == len(plain)
    for other in plain:
        row = own[other["subject"], other["message_id"]]
        assert json.loads(row["body"]["S"], parse_float=Decimal) == {
            name: other[name] for name in ("properties", "traits", "context", "ids") if name in other
        }
        assert datetime.fromisoformat(row["at"]["S"]) == datetime.fromisoformat(other["at"])
        assert row["trusted"]["BOOL"] == other["trusted"]
    assert gzip.decompress(theirs_made[1]) == zlib.decompress(ours_made[1])
