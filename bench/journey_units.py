"""What a customer on the way through a journey of five steps and two waits costs: units of DynamoDB, legs and calls.

Three letters, a branch, and a trait; two waits between. What the letters themselves cost is the business of mail, and
is not counted: neither their rows of the ledger, nor what mail looks at. Those who go together go in legs of so many.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.dynamodb import DynamoDB
from bench.rounds import Result
from shopkeeper import clock, ids
from shopkeeper.aws.customers import Customers
from shopkeeper.aws.legs import SHORT
from shopkeeper.aws.runs import Runs
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.instants import ms_of
from shopkeeper.journey import nodes
from shopkeeper.journey.beginning import begin
from shopkeeper.journey.facts import MailVerdict
from shopkeeper.journey.graph import Entry, Graph, OnCall
from shopkeeper.journey.legs import looking
from shopkeeper.journey.legs.deciding import Decider, Wanted
from shopkeeper.journey.legs.looking import Eyes, Programs, Sights
from shopkeeper.journey.legs.settling import Settler, handed_over
from shopkeeper.journey.rows import Row
from shopkeeper.journey.run import Cause
from shopkeeper.journey.state import State
from shopkeeper.journey.untils import For, Span
from shopkeeper.mail.ledger import ACCEPTED, Send, planned
from shopkeeper.prices import dollars

PEOPLE = 40
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
VIP = '{"op":"trait","path":"vip","cmp":"eq","value":true}'
# Step Functions Express and Lambda (arm64) in us-east-1, as of 2026-08-15: for each start, and for a second.
START, EXPRESS_SECOND = 1.00e-6, 64 / 1024 * 0.00001667
CALL, LAMBDA_SECOND = 0.20e-6, 512 / 1024 * 0.0000133334
SECONDS = {1: (0.25, 0.08), 10: (0.6, 0.3), 40: (1.5, 0.9)}
"""Assumed, not measured: how long a leg of so many runs lasts, and how long its functions run in it."""


def journey() -> Graph:
    def letter(to: str) -> nodes.Message:
        return nodes.Message(template="news#1", brand="shop#1", topic="news", next=to)

    wait = For(span=Span(days=2))
    parts = {
        "hello": letter("days"),
        "days": nodes.Wait(until=wait, next="again"),
        "again": letter("fork"),
        "fork": nodes.Branch(cases=(nodes.Case(rule="vip", to="mark"),), otherwise="mark"),
        "mark": nodes.SetTrait(traits={"greeted": True}, next="more"),
        "more": nodes.Wait(until=wait, next="last"),
        "last": letter("end"),
        "end": nodes.Exit(),
    }
    entry = Entry(sources=(OnCall(),))
    return Graph(journey="welcome", version=1, entry=entry, first="hello", nodes=parts, rules={"vip": VIP})


class Now:
    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at


class Journeys:
    def graph(self, *_: Any) -> Graph:
        return journey()


class NoMails:
    def plan(self, *_: Any) -> None: ...


@dataclass(frozen=True, slots=True)
class Counted:
    """Of one customer from the first row to the last leg."""

    batch: int
    writes: float
    index: float
    reads: float
    legs: float

    @property
    def price(self) -> float:
        """Of a million of them, in US dollars."""
        lasts, runs = SECONDS[self.batch]
        leg = START + lasts * EXPRESS_SECOND + 2 * CALL + runs * LAMBDA_SECOND
        return 1e6 * (float(dollars(self.reads, self.writes + self.index)) + self.legs * leg)

    def line(self) -> str:
        written = f"{self.writes + self.index:.1f} WRU ({self.index:.0f} of them in indexes)"
        return f"{written}, {self.reads:.1f} RRU, {self.legs:.3f} legs: ${self.price:.2f} a million"


def count(batch: int) -> Counted:
    """`PEOPLE` of them, in legs of `batch`."""
    dynamodb, now = DynamoDB(), Now()
    customers, runs = Customers(dynamodb, "CustomersTable"), Runs(dynamodb, "RunsTable")
    for number in range(PEOPLE):
        known = Document(traits={"email": f"{number}@shop.example"}, told={"email": (ms_of(NOON), "1")})
        customers.save(document.store(Customer(name(number), 1, known)))
    sights = Sights(
        customers=customers,
        sends=Gone(dynamodb, now),
        states=lambda: {"welcome": State(journey="welcome", live=1, versions=(1,))},
        draft=lambda *_: None,
        door=lambda _: None,
        touches=lambda *_: (),
        programs=Programs(UTC),
        clock=now,
    )
    decider = Decider(runs, Journeys(), Welcome(Eyes(sights)), NoMails(), now, failed)
    dynamodb.reset()
    keys = [enter(runs, name(number)) for number in range(PEOPLE)]
    legs = go(decider, Settler(runs, now, failed), keys, batch, now)
    assert not any("due_at" in item for item in dynamodb.tables["RunsTable"].values())
    table, index = (dynamodb.writes[name] / PEOPLE for name in ("RunsTable", "RunsTable/index"))
    return Counted(batch, table, index, sum(dynamodb.reads.values()) / PEOPLE, legs / PEOPLE)


def go(decider: Decider, settler: Settler, keys: list, batch: int, now: Now) -> int:
    """Leg after leg until nobody waits; how many that took."""
    legs = 0
    for _ in range(3):
        for first in range(0, len(keys), batch):
            wanted = [Wanted(key) for key in keys[first : first + batch]]
            while wanted:
                handed = decider.decide(wanted, ids.digest("leg", str(legs))[:SHORT])
                wanted = settler.settle(map(handed_over, handed))
            legs += 1
        now.at += timedelta(days=2, seconds=1)
    return legs


def name(number: int) -> str:
    """As long as any customer's id: bytes are paid for."""
    return ids.customer_id(f"user:{number}")


def enter(runs: Runs, customer: str) -> Any:
    at = ms_of(NOON)
    cause = Cause(id=ids.digest("entry", customer)[:22], kind="entry", name="Journey Asked For", at=at, received_at=at)
    run = begin(journey(), cause, customer, "", UTC, at)
    row = Row(customer_id=customer, run=run, inbox=(cause,), causes=1, due_at=clock.to_text(NOON))
    runs.open(row, None)
    return row.key


class Gone:
    """The ledger: each mail went when it was planned. To ask for one is a read unit."""

    def __init__(self, dynamodb: DynamoDB, now: Now) -> None:
        self._dynamodb, self._now = dynamodb, now

    def load(self, send_id: str) -> Send:
        self._dynamodb.reads["SendsTable"] += 1
        at = clock.to_text(self._now.at - timedelta(days=2, seconds=1))
        row = planned(customer_id="c", activity="journey:welcome", step="", occurrence="", planned_at=self._now.at)
        return replace(row, send_id=send_id, state=ACCEPTED, accepted_at=at)


class Welcome:
    """Looks at customers as a leg does, but for the door of mail, which lets all through."""

    def __init__(self, eyes: Eyes) -> None:
        self._eyes = eyes

    def look(self, row: Row, graph: Graph, leg: str) -> looking.Sight:
        sight = self._eyes.look(row, graph, leg)
        return Open(*(getattr(sight, name) for name in looking.Sight.__slots__))


class Open(looking.Sight):
    def may_mail(self, *_: Any) -> MailVerdict:
        return MailVerdict("now")


def failed(key: Any, problem: Exception) -> None:
    raise AssertionError(key) from problem


@dataclass(frozen=True)
class Case:
    name: str
    batch: int
    target: float
    counted: Callable[[int], Counted] = count

    def run(self, **_: bool) -> Result:
        found = self.counted(self.batch)
        return Result(self.name, [found.price], self.target, at_most=True, note=found.line())


CASES = [
    Case("journey, $ a million, one by one", 1, 20),
    Case("journey, $ a million, in tens", 10, 10),
    Case("journey, $ a million, in forties", 40, 10),
]
