"""One customer in a hundred anew: what a change costs, and what it costs that few have changed, against all anew.

A change: theirs are both images of a record of the table's stream, read by boto3's deserializer and walked by the
interpreter of `segments_theirs`; ours is the document as the table keeps it, and where the customer stands after one
more interaction, as every write asks. Who entered what, who left what, and when to look again are compared first.

Few changed: one in a hundred is read by its key and asked where it stands, as the clock asks; all anew is a page of a
recomputation over the same customers, who all stand where they should and are awaited. That one is the baseline here,
so what is told is a share of its work.
"""

import random
from dataclasses import dataclass

from boto3.dynamodb.types import TypeDeserializer
from msgspec.structs import replace

from bench import segments_theirs as theirs
from bench.dynamodb import size
from bench.ingest_batch import Batch
from bench.rounds import Result
from bench.segments_full import WINDOWS, our_page
from bench.segments_people import NOW, ZONE, lived_on, people
from bench.segments_rules import SEGMENTS
from shopkeeper.aws import customers as customer_items
from shopkeeper.aws import pages
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer
from shopkeeper.segment import rule
from shopkeeper.segment.columnar.screening import Screen
from shopkeeper.segment.edition import Edition, Slot, current, ref
from shopkeeper.segment.scanning import PAGE
from shopkeeper.segment.standing import stood

CHANGED, ALL = 100, 1_000
_READ = TypeDeserializer()
_rules = {name: rule.read(said) for name, said in SEGMENTS.items()}
SLOTS = [
    Slot(number=number, segment=name, version=1, rule=ref(its), phase="ready", since="2026-09-01T00:00:00.000Z")
    for number, (name, its) in enumerate(_rules.items(), start=1)
]
CURRENT = current(Edition(1, len(SLOTS) + 1, tuple(SLOTS)), {ref(each): each for each in _rules.values()}, ZONE)


def standing(customers):
    """As the last write has left them."""
    for each in customers:
        after = stood(CURRENT, Customer(each.customer_id), each, NOW, "recompute")
        yield replace(after, document=replace(after.document, moved={}), pending=())


def change():
    chance = random.Random(11)
    before = list(standing(people(CHANGED)))
    after = [lived_on(each, chance) for each in before]
    images = [(theirs.item(old), theirs.item(new)) for old, new in zip(before, after, strict=True)]
    kept = [document.store(each) for each in before]

    def they():
        return [_moved(*map(_verdict, pair)) for pair in images]

    def we():
        return [
            stood(CURRENT, document.load(each), new, NOW, "interaction") for each, new in zip(kept, after, strict=True)
        ]

    for (moved, flips_at), ours, new in zip(they(), we(), after, strict=True):
        assert moved == {
            name.removeprefix("segment:").partition("@")[0]: is_in for name, is_in in ours.document.moved.items()
        }
        assert flips_at == CURRENT.slots(new, NOW)[1]
    return they, we


def _verdict(image):
    customer = {name: _READ.deserialize(value) for name, value in image.items()}
    return theirs.evaluate(WINDOWS.rules, customer, NOW, ZONE)


def _moved(old, new):
    changed = old[0] ^ new[0]
    moved = {name: bool(new[0] >> place & 1) for place, name in enumerate(SEGMENTS) if changed >> place & 1}
    return moved, new[1]


def few():
    customers, screen = list(standing(people(ALL))), Screen()
    page = our_page(customers)
    items = [customer_items._item(document.store(each), 1) for each in customers[:: ALL // 10]]
    answer = theirs.body({"Responses": {"CustomersTable": items}, "UnprocessedKeys": {}})

    def some():
        loaded = map(document.load, pages.read_keyed(answer)["CustomersTable"])
        return [stood(CURRENT, each, each, NOW, "clock") for each in loaded]

    def everybody():
        return screen(CURRENT, pages.read(page).customers, NOW)

    stands = [each.document.standing.slots for each in customers]
    assert everybody() == stands
    assert [each.document.standing.slots for each in some()] == stands[:: ALL // 10]
    return everybody, some


class Table:
    """Of these customers, as DynamoDB bills a Scan: a unit for 4 KB of what is there, or for 8 KB of a moment ago."""

    def __init__(self, items, of_page):
        self.items, self.of_page, self.units, self.meta = items, of_page, 0, self
        self.events = self

    def register(self, *_, **__):
        """Whoever listens for answers of the wire hears nothing."""

    def scan(self, *, ConsistentRead, Limit, ExclusiveStartKey=None, **_):  # noqa: N803 - Amazon's names.
        start = self.items.index(self.at(ExclusiveStartKey)) + 1 if ExclusiveStartKey else 0
        page = self.items[start : start + min(Limit, self.of_page)]
        self.units += -(-sum(map(size, page)) // (4096 if ConsistentRead else 8192))
        more = {"LastEvaluatedKey": {"customer_id": page[-1]["customer_id"]}} if page[-1] != self.items[-1] else {}
        return {"Items": page, **more}

    def at(self, key):
        return next(each for each in self.items if each["customer_id"] == key["customer_id"])


@dataclass(frozen=True)
class Units:
    """Of DynamoDB, for each KB stored: RRU to read all customers for one pass, page by page as a recomputation does; a
    write of each moved one is on top."""

    name: str
    target: float

    def run(self, **_: bool) -> Result:
        items = [customer_items._item(document.store(each), 1) for each in standing(people(ALL))]
        table, seen, after = Table(items, PAGE), 0, None
        store = customer_items.Customers(table, "CustomersTable")
        while after != "":
            page, after = store.page(0, 1, after or "", PAGE, is_consistent=False)
            seen += len(page)
        assert seen == ALL
        stored = sum(map(size, items))
        writes = sum(-(-size(each) // 1024) for each in items)
        note = f"{table.units} RRU for {ALL}, {stored / ALL:.0f} bytes each; {writes / ALL:.2f} WRU for each written"
        return Result(self.name, [table.units / stored * 1024], self.target, at_most=True, note=note)


CASES = [
    Batch("segments, a change", change, target=8.0, size=CHANGED),
    Batch("segments, 1 % anew against all", few, target=25.0, size=ALL),
    Units("segments, RRU for a pass, per KB", target=0.13),
]
