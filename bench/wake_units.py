"""What it costs in the tables to look at customers again of whom time has changed something: units of DynamoDB.

Each has a history, stands in one segment, and leaves it by the passing of time alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.dynamodb import DynamoDB
from bench.ingest_said import BATCH, Shop
from bench.ingest_units import HISTORY, Units, store, storing_in
from bench.rounds import Result
from shopkeeper.aws.customers import Customers
from shopkeeper.aws.draining import TURN
from shopkeeper.aws.editions import Editions
from shopkeeper.aws.interactions import Interactions
from shopkeeper.clock import Clock, to_text
from shopkeeper.customer.store.looking import Look
from shopkeeper.segment import rule
from shopkeeper.segment.edition import Edition, Slot, ref
from shopkeeper.segment.standing import Standings

WOKEN = 500
LATER = Clock(datetime(2040, 1, 1, tzinfo=UTC).timestamp)
NEW = {"op": "profile_age", "cmp": "lt", "span": {"seconds": 10 * 365 * 86_400}}


def wake() -> Units:
    """All of them once, in batches as the clock does it."""
    dynamodb, shop = DynamoDB(), Shop()
    with storing_in(dynamodb):
        editions = Editions(dynamodb, "DefinitionsTable", UTC, LATER)
        publish(editions)
        for _ in range(HISTORY):
            for batch in batches(shop):
                store(batch)
        dynamodb.reset()
        customers, interactions = Customers.from_env(), Interactions.from_env()
        look = Look(customers, interactions, Standings(editions).stand, LATER, lambda _: None)
        names = sorted(name for (name,) in dynamodb.tables["CustomersTable"])
        for first in range(0, len(names), TURN):
            assert look.woken(names[first : first + TURN]) == {}
    assert len(names) == WOKEN
    assert not any("due_at" in item for item in dynamodb.tables["CustomersTable"].values())
    reads, writes = ({name: n for name, n in units.items() if n} for units in (dynamodb.reads, dynamodb.writes))
    return Units(WOKEN, reads, writes, dict(dynamodb.calls))


def publish(editions: Editions) -> None:
    new = rule.read(NEW)
    editions.put_rules([new])
    slot = Slot(number=1, segment="new", version=1, rule=ref(new), phase="ready", since=to_text(LATER.now()))
    editions.replace(Edition(1, 2, (slot,)))


def batches(shop: Shop) -> Iterator[list]:
    """Everybody says one thing."""
    for first in range(0, WOKEN, BATCH):
        yield [shop.said(customer) for customer in range(first, first + BATCH)]


@dataclass(frozen=True)
class Counted:
    name: str
    target: float

    def run(self, **_: bool) -> Result:
        units = wake()
        return Result(self.name, [units.wru], self.target, at_most=True, note=units.line())


CASES = [Counted("wake-up, WRU each, one segment left", target=6)]
