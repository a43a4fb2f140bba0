"""All customers anew: from the bytes of a Scan's answer to which of twenty segments each is in, and when that may flip.

Ours reads the page as the adapter of the Customers table does and asks it column by column, as a recomputation does
before it asks those once more who wait for a turn after midnight: a whole page of one is in `segments_changed`. Nobody
is unusual. Theirs is boto3's deserializer and an interpreter of rules. The customers are the same, a page
of Scan's 1 MB, and there are two shops of rules:

- windows: most conditions count and sum over tails of instants and tiles of days. Theirs, `segments_theirs`, says who
  is in, and when that may flip.
- flat: five conditions each over facts that stand in a profile. Their items hold no tails and days, and theirs,
  `segments_theirs_flat`, says who is in and no more. Ours has the same bytes as ever, and says when that may flip.

Bits and instants of every customer are compared first. Of evaluation alone it is the evaluator that is asked of one
customer, with customers in memory on either side, theirs with plain numbers in the place of boto3's decimals.
"""

from decimal import Decimal
from functools import partial

from bench import segments_theirs as theirs
from bench import segments_theirs_flat as flat
from bench.ingest_batch import Batch
from bench.segments_flat_rules import FLAT
from bench.segments_people import NOW, ZONE, people
from bench.segments_rules import SEGMENTS
from shopkeeper.aws import customers as customer_items
from shopkeeper.aws import pages
from shopkeeper.customer import document
from shopkeeper.segment import evaluate, rule
from shopkeeper.segment.columnar import evaluate as columnar

CUSTOMERS = 1_000


class Shop:
    """Its segments, and how theirs lays out a customer and asks for all of them."""

    def __init__(self, segments, theirs):
        self.rules, self.theirs = list(segments.values()), theirs
        rules = {name: rule.read(said) for name, said in segments.items()}
        self.evaluator = evaluate.compile_all(rules, ZONE)
        self.columns = columnar.compile_all(rules, self.evaluator.reads, ZONE)

    def their_pass(self, page):
        return self.interpreted(theirs.read(page))

    def interpreted(self, laid_out):
        return [self.theirs.evaluate(self.rules, each, NOW, ZONE) for each in laid_out]

    def our_pass(self, page):
        """As a slice of the table is read and evaluated."""
        said = self.columns.evaluate(self.columns.page(pages.read(page).customers), NOW)
        assert not any(said.unusual)
        return list(zip(said.bits, said.flips_at, strict=True))

    def evaluated(self, customers):
        return [self.evaluator.evaluate(each, NOW) for each in customers]

    def their_page(self, customers):
        return body([theirs.written(self.theirs.laid_out(each)) for each in customers])

    def compare(self, customers, found, ours):
        """What theirs found, which may be bits alone, and both by the interpreter that knows of instants."""
        assert ours == [theirs.evaluate(self.rules, theirs.laid_out(each), NOW, ZONE) for each in customers]
        assert found in (ours, [bits for bits, _ in ours])


WINDOWS, FACTS = Shop(SEGMENTS, theirs), Shop(FLAT, flat)


def body(items):
    return theirs.body({"Items": items, "Count": len(items), "ScannedCount": len(items)})


def our_page(customers):
    kept = (customer_items._item(document.store(each), 1) for each in customers)
    return body([{name: value for name, value in item.items() if name != "pending"} for item in kept])


def from_wire(shop):
    customers = people(CUSTOMERS)
    their_body, our_body = shop.their_page(customers), our_page(customers)
    shop.compare(customers, shop.their_pass(their_body), shop.our_pass(our_body))
    return lambda: shop.their_pass(their_body), lambda: shop.our_pass(our_body)


def in_memory(shop):
    customers = [document.load(document.store(each)) for each in people(CUSTOMERS)]
    plain = [_plain(each) for each in theirs.read(shop.their_page(customers))]
    shop.compare(customers, shop.interpreted(plain), shop.evaluated(customers))
    return lambda: shop.interpreted(plain), lambda: shop.evaluated(customers)


def _plain(said):
    if isinstance(said, dict):
        return {name: _plain(each) for name, each in said.items()}
    if isinstance(said, list):
        return [_plain(each) for each in said]
    return int(said) if isinstance(said, Decimal) else said


CASES = [
    Batch("segments, 20 anew from Scan's bytes", partial(from_wire, WINDOWS), target=25.0, size=CUSTOMERS),
    Batch("segments, 20 evaluated in memory", partial(in_memory, WINDOWS), target=10.0, size=CUSTOMERS),
    Batch("segments, 20 flat from Scan's bytes", partial(from_wire, FACTS), target=25.0, size=CUSTOMERS),
    Batch("segments, 20 flat in memory", partial(in_memory, FACTS), target=10.0, size=CUSTOMERS),
]
