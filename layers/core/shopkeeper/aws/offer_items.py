"""Items of the Interactions table that belong to offers, and what is written of them.

grants:<customer id>    <offer>/<activity>/<occurrence>     a grant
codes:<offer>           <code>                              a code that nobody was granted yet
code:<code>             claim                               whose offer it is, and to whom it was granted
offer:<offer>           counts#<shard>                      granted, redeemed, codes
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from shopkeeper.mail.offers import Grant, code_key

SCHEMA = 1
SHARDS = 8
NEW, THERE = "attribute_not_exists(message_id)", "attribute_exists(message_id)"


def part(stock: int, shard: int) -> int:
    """Of the stock; all parts add up to it."""
    return (stock + SHARDS - 1 - shard) // SHARDS


def key(subject: str, message_id: str) -> dict[str, Any]:
    return {"subject": {"S": subject}, "message_id": {"S": message_id}}


def item(customer_id: str, grant: Grant) -> dict[str, Any]:
    """What changes stands for itself, the rest is JSON text."""
    said = {"grant": {"S": msgspec.json.encode(grant).decode()}, "schema": {"N": str(SCHEMA)}}
    return key(f"grants:{customer_id}", grant.key) | said


def grant(item: Mapping[str, Any]) -> Grant:
    later = {name: item[name]["S"] for name in ("redeemed_at", "order") if name in item}
    return msgspec.structs.replace(msgspec.json.decode(item["grant"]["S"], type=Grant), **later)


def given(table: str, customer_id: str, its: Grant) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": table,
            "Key": key(f"code:{code_key(its.code)}", "claim"),
            "UpdateExpression": "SET #owner = :owner, #grant = :grant",
            "ConditionExpression": f"{THERE} AND attribute_not_exists(#grant)",
            "ExpressionAttributeNames": {"#owner": "owner", "#grant": "grant"},
            "ExpressionAttributeValues": {":owner": {"S": f"grants:{customer_id}"}, ":grant": {"S": its.key}},
        }
    }


def counted(table: str, offer_id: str, shard: int, name: str, most: int | None = None) -> dict[str, Any]:
    """`most` is at least 1."""
    update: dict[str, Any] = {
        "TableName": table,
        "Key": key(f"offer:{offer_id}", f"counts#{shard}"),
        "UpdateExpression": "ADD #name :one",
        "ExpressionAttributeNames": {"#name": name},
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    if most is not None:
        update["ConditionExpression"] = "attribute_not_exists(#name) OR #name < :most"
        update["ExpressionAttributeValues"] |= {":most": {"N": str(most)}}
    return {"Update": update}


def claim(table: str, offer_id: str, code: str) -> dict[str, Any]:
    its = {**key(f"code:{code_key(code)}", "claim"), "offer": {"S": offer_id}, "schema": {"N": str(SCHEMA)}}
    return {"Put": {"TableName": table, "Item": its, "ConditionExpression": NEW}}
