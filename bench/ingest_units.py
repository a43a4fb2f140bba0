"""What an interaction costs in the tables: units of DynamoDB, counted through the function as it is deployed.

All customers are known and have a history. A quiet mix is a batch in which each interaction is another customer's, a
busy one a batch of which five customers say all.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import environ
from unittest.mock import patch

from bench.dynamodb import KEYS, DynamoDB
from bench.ingest_said import BATCH, Shop, bodies
from bench.rounds import Result
from functions.ingest_store import app
from shopkeeper.aws import clients

QUIET, BUSY = 500, 5
HISTORY = 12  # interactions of each customer before
_VARIABLES = {
    "CUSTOMERS_TABLE": "CustomersTable",
    "INTERACTIONS_TABLE": "InteractionsTable",
    "IDENTITIES_TABLE": "IdentitiesTable",
    "SENDS_TABLE": "SendsTable",
    "DEFINITIONS_TABLE": "DefinitionsTable",
    "RECORDS_TABLE": "RecordsTable",
    "RUNS_TABLE": "RunsTable",
}


@dataclass(frozen=True)
class Units:
    """Per table, of `interactions` that were stored together."""

    interactions: int
    reads: dict[str, int]
    writes: dict[str, int]
    calls: dict[str, int]

    @property
    def rru(self) -> float:
        return sum(self.reads.values()) / self.interactions

    @property
    def wru(self) -> float:
        return sum(self.writes.values()) / self.interactions

    def line(self) -> str:
        where = ", ".join(f"{table.removesuffix('Table')} {n}" for table, n in sorted(self.writes.items()))
        return f"{self.wru:.3f} WRU ({where}), {self.rru:.3f} RRU"


def mix(customers: int) -> Units:
    """A batch of 500, after each of these customers has said something, an hour after hour."""
    dynamodb, shop = DynamoDB(), Shop()
    with storing_in(dynamodb):
        for _ in range(HISTORY):
            for first in range(0, customers, BATCH):
                store(shop.batch(customers, min(BATCH, customers - first)))
        dynamodb.reset()
        store(shop.batch(customers))
    reads, writes = ({name: n for name, n in units.items() if n} for units in (dynamodb.reads, dynamodb.writes))
    return Units(BATCH, reads, writes, dict(dynamodb.calls))


@contextmanager
def storing_in(dynamodb: DynamoDB) -> Iterator[None]:
    """The function gets this one for its client."""
    assert set(_VARIABLES.values()) == set(KEYS)
    with patch.dict(environ, _VARIABLES | {"DUE_SHARDS": "1"}), patch("boto3.client", lambda *_, **__: dynamodb):
        _forget()
        yield
    _forget()


def _forget() -> None:
    clients.client.cache_clear()
    app.store.cache_clear()


def store(batch) -> None:
    records = [{"messageId": str(place), "body": body} for place, body in enumerate(bodies(batch))]
    found = app.store().store({each["messageId"]: app.arrival.read(each["body"]) for each in records})
    assert found == {}, found


@dataclass(frozen=True)
class Counted:
    """A number of write units at most, the same each time; a test holds the exact one."""

    name: str
    customers: int
    target: float

    def run(self, **_: bool) -> Result:
        units = mix(self.customers)
        return Result(self.name, [units.wru], self.target, at_most=True, note=units.line())


CASES = [
    Counted("ingest, WRU each, everybody says one thing", QUIET, target=5),
    Counted("ingest, WRU each, five say a hundred things", BUSY, target=3.5),
]
