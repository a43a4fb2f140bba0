"""That both sides of the ingest benchmark have made the same: all that is kept, each in its own writing."""

import gzip
import json
import zlib
from datetime import datetime
from decimal import Decimal

from boto3.dynamodb.types import TypeDeserializer

from shopkeeper.aws import customers as customer_items
from shopkeeper.customer import document
from shopkeeper.customer.measures import Tile

_TEXTS = ("type", "source", "name", "origin", "customer_id", "folded_at", "order", "order_owner")
_NUMBERS = ("expires_at", "schema")
_BODY = ("properties", "traits", "context", "ids")


def compare(theirs_made, ours_made):
    theirs = {each["customer_id"]: each for each in map(_plain, theirs_made[0])}
    writes = {}
    for item in ours_made[0]:
        customer = document.load(customer_items.stored_of(item))
        writes.setdefault(customer.customer_id, []).append(customer)
    assert writes.keys() == theirs.keys()
    for customer_id, versions in writes.items():
        _compare_customer(theirs[customer_id], versions)
    compare_rows((theirs_made[1], theirs_made[3]), (ours_made[1], ours_made[3]))
    facts = {(trace["subject"], trace["message_id"]): trace["fact"] for trace in map(_plain, theirs_made[2])}
    own = {(trace["subject"], trace["message_id"]): trace["fact"] for trace in map(_plain, ours_made[2])}
    assert {key: json.loads(fact)[1:6] for key, fact in own.items()} == {
        key: [fact["at"], fact["subject"], fact["message_id"], str(fact["amount"]), fact["currency"]]
        for key, fact in facts.items()
    }


def _compare_customer(theirs, versions):
    """Ours takes more writes for who did much: what each of them owes is owed by the one of theirs."""
    own = versions[-1].document
    owed = {row.key for version in versions for row in version.pending}
    assert owed == {(row["subject"], row["message_id"]) for row in theirs["pending"]}
    assert own.identities == theirs["identities"]
    assert own.traits == theirs["traits"]
    assert {name: list(telling) for name, telling in own.told.items()} == theirs["told"]
    words = {
        family: {name: [word.at, word.by, word.value] for name, word in words.items()}
        for family, words in own.words.items()
    }
    assert words == theirs["words"]
    for name, arrival in (("first_arrival", own.first_arrival), ("last_arrival", own.last_arrival)):
        assert theirs[name] == (list(arrival.rank) if arrival else None)
    assert {name: _measured(each) for name, each in versions[-1].measures.items()} == theirs["events"]


def _measured(each):
    return {
        "count": each.count,
        "first": each.first,
        "tail": list(each.tail),
        "totals": each.totals,
        "priced": each.priced,
        "days": {str(day): _tile(tile) for day, tile in each.tiles.items()},
    }


def _tile(tile: Tile):
    return {"count": tile.count, "totals": tile.totals}


def compare_rows(theirs_made, ours_made):
    own = {(row["subject"], row["message_id"]): row for row in map(_plain, ours_made[0])}
    theirs = {(row["subject"], row["message_id"]): row for row in map(_plain, theirs_made[0])}
    assert own.keys() == theirs.keys()
    for key, row in own.items():
        other = theirs[key]
        for name in (*_TEXTS, *_NUMBERS, "trusted"):
            assert row.get(name) == other.get(name), name
        assert ("version" in row) == ("version" in other)
        for name in ("at", "received_at"):
            assert datetime.fromisoformat(row[name]) == datetime.fromisoformat(other[name])
        said = {name: other[name] for name in _BODY if name in other}
        assert json.loads(row["body"], parse_float=Decimal) == said
    assert gzip.decompress(theirs_made[1]) == zlib.decompress(ours_made[1])


def _plain(item):
    read = TypeDeserializer()
    return {name: bytes(value["B"]) if "B" in value else read.deserialize(value) for name, value in item.items()}
