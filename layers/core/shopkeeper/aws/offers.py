"""Grants of offers, their codes and their counts, in the Interactions table, where what belongs to one stands together.

A grant, its code and its place in the stock are one transaction, so none is given twice and nothing is counted that is
not there. The stock is split into shards, so that many may be granted at once.
"""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from shopkeeper import ids
from shopkeeper.aws import offer_items as items
from shopkeeper.aws import transactions
from shopkeeper.aws.clients import Unavailable, client, outages_named
from shopkeeper.aws.definitions import Definitions
from shopkeeper.aws.single import read
from shopkeeper.mail import offers
from shopkeeper.mail.offers import Grant, Held, Offer, Offered, code_key
from shopkeeper.pauses import pausing

TRIES = 12
_FREE = 20
_COUNTED = ("granted", "redeemed", "codes")
_pause = pausing(0.5, 0.01)


class Offers:
    """`definitions` may be a minute behind: so long an offer whose stock was changed goes on with the one of before."""

    def __init__(self, dynamodb: Any, table: str, definitions: Definitions) -> None:
        self._dynamodb, self._table, self._definitions = dynamodb, table, definitions

    @classmethod
    def from_env(cls, definitions: Definitions) -> "Offers":
        return cls(client("dynamodb"), os.environ["INTERACTIONS_TABLE"], definitions)

    def held(self, offered: Offered, family: Collection[str]) -> Held:
        """Raises Unavailable."""
        return Held(offered=offered, offer=self.said(offered.name), grants=tuple(self.of(family)))

    def said(self, name: str) -> Offer:
        """What `<id>#<version>` says. Raises Unavailable."""
        offer_id, _, number = name.rpartition("#")
        said = self._definitions.version(offers.KIND, offer_id, int(number))
        if said is None:
            raise Unavailable(f"there is no offer {name}")
        return msgspec.convert(said, Offer)

    def of(self, family: Iterable[str]) -> list[Grant]:
        """Of a customer and all who were merged into it. Read consistently. Raises Unavailable."""
        return [items.grant(item) for each in sorted(family) for item in self._query(f"grants:{each}")]

    def grant(self, customer_id: str, wanted: Grant) -> Grant | None:
        """The grant that stands, this one or one of before; None where there is none left. Raises Unavailable."""
        offer = self._current(wanted.id)
        start = ids.place(f"{customer_id}/{wanted.key}", items.SHARDS)
        for tried in range(TRIES):
            if tried:
                _pause(tried)
            if (code := self._code(wanted, offer, start + tried)) is None:
                return None
            if (shard := self._shard(wanted.id, offer.stock, start, is_first=not tried)) is None:
                return None
            given = msgspec.structs.replace(wanted, code=code)
            if self._give(customer_id, given, offer, shard):
                return given
            if found := read(self._dynamodb, self._table, items.key(f"grants:{customer_id}", wanted.key)):
                return items.grant(found)
        raise Unavailable(f"too many ask for the offer {wanted.id}")

    def counts(self, offer_id: str) -> dict[str, int]:
        """How many were granted and redeemed, and how many codes there are in all. Raises Unavailable."""
        rows = self._query(f"offer:{offer_id}")
        return {name: sum(int(row.get(name, {}).get("N", "0")) for row in rows) for name in _COUNTED}

    def owner(self, code: str) -> str:
        """The offer that a code belongs to, "" for none. Raises Unavailable."""
        found = read(self._dynamodb, self._table, items.key(f"code:{code_key(code)}", "claim"))
        return str(found["offer"]["S"]) if found else ""

    def claim(self, offer_id: str, code: str) -> dict[str, Any]:
        """The code of an offer for all, as a part of a transaction."""
        item = items.claim(self._table, offer_id, code)
        item["Put"]["ConditionExpression"] += " OR offer = :offer"
        return item | {"Put": item["Put"] | {"ExpressionAttributeValues": {":offer": {"S": offer_id}}}}

    def load(self, offer_id: str, codes: Sequence[str]) -> int:
        """How many of them were new; those that are there are left as they are. Raises Unavailable."""
        return sum(self._load(offer_id, code) for code in codes)

    def redeem(self, code: str, family: Collection[str], order: str, at: str) -> None:
        """Once for each order, however often it is told. Raises Unavailable."""
        found = read(self._dynamodb, self._table, items.key(f"code:{code}", "claim"))
        if found is None:
            return
        offer_id = found["offer"]["S"]
        if "grant" in found:
            self._redeem(offer_id, items.key(found["owner"]["S"], found["grant"]["S"]), order, at)
            return
        rows = [row for each in sorted(family) for row in self._query(f"grants:{each}", f"{offer_id}/")]
        if any(items.grant(row).order == order for row in rows):
            return
        mine = [row for row in rows if not items.grant(row).redeemed_at and "" < items.grant(row).granted_at <= at]
        newest = max(mine, key=lambda row: items.grant(row).granted_at, default=None)
        unasked = items.key(f"grants:{min(family)}", f"{offer_id}/order/{order}")
        key = {name: newest[name] for name in ("subject", "message_id")} if newest else unasked
        nothing = Grant(name=f"{offer_id}#0", activity="", occurrence="")
        self._redeem(offer_id, key, order, at, None if newest else nothing)

    def _current(self, offer_id: str) -> Offer:
        found = self._definitions.current(offers.KIND, offer_id)
        if found is None:
            raise Unavailable(f"there is no offer {offer_id}")
        return msgspec.convert(found[1], Offer)

    def _code(self, wanted: Grant, offer: Offer, start: int) -> str | None:
        if not offer.pool:
            return wanted.code
        free = self._query(f"codes:{wanted.id}", limit=_FREE)
        return free[start % len(free)]["code"]["S"] if free else None

    def _shard(self, offer_id: str, stock: int, start: int, *, is_first: bool) -> int | None:
        """One that has room: at first the grant's own is tried unseen, then it is looked where there is some."""
        if not stock or (is_first and items.part(stock, start)):
            return start
        granted = dict.fromkeys(range(items.SHARDS), 0)
        for row in self._query(f"offer:{offer_id}"):
            granted[int(row["message_id"]["S"].partition("#")[2])] = int(row.get("granted", {}).get("N", "0"))
        with_room = [each for each in range(items.SHARDS) if granted[each] < items.part(stock, each)]
        return with_room[start % len(with_room)] if with_room else None

    def _give(self, customer_id: str, grant: Grant, offer: Offer, shard: int) -> bool:
        put = {"TableName": self._table, "Item": items.item(customer_id, grant), "ConditionExpression": items.NEW}
        most = items.part(offer.stock, shard) if offer.stock else None
        writes = [{"Put": put}, items.counted(self._table, grant.id, shard, "granted", most)]
        if offer.pool:
            key = code_key(grant.code)
            free = {"Key": items.key(f"codes:{grant.id}", key), "ConditionExpression": items.THERE}
            writes.append({"Delete": {"TableName": self._table, **free}})
            writes.append(items.given(self._table, customer_id, grant))
        return self._written(writes)

    def _load(self, offer_id: str, code: str) -> bool:
        free = {
            **items.key(f"codes:{offer_id}", code_key(code)),
            "code": {"S": code},
            "schema": {"N": str(items.SCHEMA)},
        }
        writes = [
            items.claim(self._table, offer_id, code),
            {"Put": {"TableName": self._table, "Item": free}},
            items.counted(self._table, offer_id, ids.place(code, items.SHARDS), "codes"),
        ]
        for tried in range(TRIES):
            if self._written(writes):
                return True
            if self.owner(code):
                return False
            _pause(tried)
        raise Unavailable(f"too many load codes of {offer_id}")

    def _redeem(self, offer_id: str, key: Mapping[str, Any], order: str, at: str, unasked: Grant | None = None) -> None:
        names, values = {"#order": "order"}, {":at": {"S": at}, ":order": {"S": order}}
        if unasked:
            names["#grant"], values[":grant"] = "grant", {"S": msgspec.json.encode(unasked).decode()}
        update = {
            "TableName": self._table,
            "Key": key,
            "UpdateExpression": "SET redeemed_at = :at, #order = :order" + (", #grant = :grant" if unasked else ""),
            "ConditionExpression": "attribute_not_exists(redeemed_at)",
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }
        counted = items.counted(self._table, offer_id, ids.place(key["message_id"]["S"], items.SHARDS), "redeemed")
        for tried in range(TRIES):
            if self._written([{"Update": update}, counted]):
                return
            found = read(self._dynamodb, self._table, dict(key))
            if found and "redeemed_at" in found:
                return
            _pause(tried)
        raise Unavailable(f"too many redeem {offer_id}")

    def _written(self, writes: list[dict[str, Any]]) -> bool:
        """False where a condition does not hold, or somebody else was faster."""
        return not transactions.refusals(self._dynamodb, writes)

    def _query(self, subject: str, first: str = "", limit: int = 0) -> list[dict[str, Any]]:
        values = {":subject": {"S": subject}} | ({":first": {"S": first}} if first else {})
        asked: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "#subject = :subject" + (" AND begins_with(message_id, :first)" if first else ""),
            "ExpressionAttributeNames": {"#subject": "subject"},
            "ExpressionAttributeValues": values,
            "ConsistentRead": True,
        }
        with outages_named():
            if limit:
                return list(self._dynamodb.query(**asked, Limit=limit)["Items"])
            pages = self._dynamodb.get_paginator("query").paginate(**asked)
            return [item for page in pages for item in page["Items"]]
