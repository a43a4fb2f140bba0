"""All customers anew: from the bytes of a Scan's answer to which of twenty segments each is in, and when that may flip.

Ours reads the page as the adapter of the Customers table does and asks the one evaluator. Theirs is `segments_theirs`.
Bits and instants of every customer are compared first. Of evaluation alone, customers are in memory on either side,
theirs with plain numbers in the place of boto3's decimals.
"""

from decimal import Decimal

from bench import segments_theirs as theirs
from bench.ingest_batch import Batch
from bench.segments_people import NOW, ZONE, people
from bench.segments_rules import SEGMENTS
from shopkeeper.aws import customers as customer_items
from shopkeeper.aws import pages
from shopkeeper.customer import document
from shopkeeper.segment import evaluate, rule

CUSTOMERS = 700
EVALUATOR = evaluate.compile_all({name: rule.read(said) for name, said in SEGMENTS.items()}, ZONE)
GLANCE = EVALUATOR.reads.glance
RULES = list(SEGMENTS.values())


def body(items):
    return theirs.body({"Items": items, "Count": len(items), "ScannedCount": len(items)})


def their_pass(page):
    return [theirs.evaluate(RULES, each, NOW, ZONE) for each in theirs.read(page)]


def our_pass(page):
    """As a slice of the table is read and evaluated."""
    return [EVALUATOR.evaluate(GLANCE(each), NOW) for each in pages.read(page).customers]


def their_page(customers):
    return body([theirs.item(each) for each in customers])


def our_page(customers):
    kept = (customer_items._item(document.store(each), 1) for each in customers)
    return body([{name: value for name, value in item.items() if name != "pending"} for item in kept])


def from_wire():
    customers = people(CUSTOMERS)
    their_body, our_body = their_page(customers), our_page(customers)
    assert their_pass(their_body) == our_pass(our_body)
    return lambda: their_pass(their_body), lambda: our_pass(our_body)


def in_memory():
    customers = [document.load(document.store(each)) for each in people(CUSTOMERS)]
    plain = [_plain(each) for each in theirs.read(their_page(customers))]

    def they():
        return [theirs.evaluate(RULES, each, NOW, ZONE) for each in plain]

    def we():
        return [EVALUATOR.evaluate(each, NOW) for each in customers]

    assert they() == we()
    return they, we


def _plain(said):
    if isinstance(said, dict):
        return {name: _plain(each) for name, each in said.items()}
    if isinstance(said, list):
        return [_plain(each) for each in said]
    return int(said) if isinstance(said, Decimal) else said


CASES = [
    Batch("segments, 20 anew from Scan's bytes", from_wire, target=25.0, size=CUSTOMERS),
    Batch("segments, 20 evaluated in memory", in_memory, target=10.0, size=CUSTOMERS),
]
