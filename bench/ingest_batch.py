"""A batch of 500 messages, from their bodies to what is written: ours against pydantic, TypeSerializer and gzip.

Both sides begin with the bodies of the messages and the items of the customers as DynamoDB answers them, and end with
the items to be put: of customers with the rows they owe until those are written, so that each interaction counts once;
of rows; of what orders leave beside their rows; and with the archive of the batch. All that is in them is compared
first. Neither side makes a call, so neither settles identities, claims orders or looks for rows.

Ours is what the store runs: `arrival.read`, which decodes and checks, and `is_readable`, which reads what was said; per
customer `document.load` and `decide`, which folds, packs and owes; the items of documents and rows. Theirs is in
`ingest_theirs`. Two things are ours alone: whether something speaks of consents, lists and retractions is asked of each
interaction, though none here does, and of a customer who did much at most 100 interactions and 64,000 bytes are folded
in one write. Instants that ours has read stay read for a while; each batch brings its own, so it begins with none.

The archive, which the product does not write yet, is compressed with zlib at level 1, theirs as `gzip.compress` does.
The case without customers leaves out what is done per customer: from the bodies to rows and archive, as of all that is
about nobody. What was said goes into its row as the text it came in.
"""

import gc
import statistics
import zlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import inf

from bench import ingest_theirs as theirs
from bench.ingest_said import BATCH, Shop, bodies
from bench.ingest_same import compare, compare_rows
from bench.rounds import Result, timed
from shopkeeper.aws import customers as customer_items
from shopkeeper.aws import interactions as interaction_items
from shopkeeper.aws.interactions import Interactions
from shopkeeper.customer import document, rows
from shopkeeper.customer.document import Customer
from shopkeeper.customer.fold import Candidate
from shopkeeper.customer.instants import from_ms, to_ms
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.measures import Rules
from shopkeeper.customer.orders import NOTHING, Past, id_of
from shopkeeper.customer.store import arrival
from shopkeeper.customer.store.decide import decide

NOW = 1_790_000_000_000
NOW_TEXT = from_ms(NOW)
RULES = Rules()
ROUNDS = 7
SLICES = 3
_rows = Interactions(None, "InteractionsTable", 90)


def ours(batch, held):
    """The items of customers, of rows, and of what orders leave beside their rows; and the archive."""
    to_ms.cache_clear()
    groups: dict[str, dict[tuple[str, str], Interaction]] = defaultdict(dict)
    for body in batch:
        each = arrival.read(body)
        assert each.is_readable
        groups[each.subject].setdefault(each.key, each)
    people, items, traces = [], [], []
    for subject, told in groups.items():
        customer = document.load(customer_items.stored_of(held[subject])) if subject in held else Customer(subject)
        waiting = [_candidate(each) for each in told.values()]
        seen = {row.key for row in customer.pending}
        while waiting:
            write = decide(customer, seen, waiting, NOW, RULES, lambda folded: (folded,))
            if waiting := list(write.rest):
                customer, seen = document.load(write.stored), {row.key for row in write.rows}
            people.append(customer_items.put_of("CustomersTable", write.stored, 1)["Item"])
            items += [_rows._item(row) for row in write.rows]
            traces += [item for row in write.rows for item in interaction_items._traces(row)]
    return people, items, traces, zlib.compress("\n".join(batch).encode(), 1)


def _candidate(each):
    """Orders are reported once: whose each is was just claimed, and nothing is known of it."""
    return Candidate(
        each, (each.subject,), customer_id=each.subject, past=Past(each.subject) if id_of(each) else NOTHING
    )


def our_rows(batch):
    """Of all subjects, as a row looks that is nobody's."""
    to_ms.cache_clear()
    told = {}
    for body in batch:
        each = arrival.read(body)
        told.setdefault(each.key, each)
    items = [_rows._item(rows.row_of(each)) for each in told.values()]
    return items, zlib.compress("\n".join(batch).encode(), 1)


def known(customers):
    """Both sides with customers who have a history, that came in batches too, and the same batch."""
    shop = Shop()
    history = bodies([shop.said(number % customers) for number in range(12 * customers)])
    their_held, our_held = {}, {}
    for start in range(0, len(history), BATCH):
        before = history[start : start + BATCH]
        their_held |= _by_id(theirs.stored(before, their_held, NOW_TEXT)[0])
        our_held |= _by_id(ours(before, our_held)[0])
    batch = bodies(shop.batch(customers))
    compare(theirs.stored(batch, their_held, NOW_TEXT), ours(batch, our_held))
    return lambda: theirs.stored(batch, their_held, NOW_TEXT), lambda: ours(batch, our_held)


def _by_id(items):
    return {item["customer_id"]["S"]: item for item in items}


def nobody():
    batch = bodies(Shop().batch(BATCH))
    compare_rows(theirs.rows(batch), our_rows(batch))
    return lambda: theirs.rows(batch), lambda: our_rows(batch)


@dataclass(frozen=True)
class Batch:
    """Seven rounds, in each of which either side has the batch a few times by turns, and its best counts."""

    name: str
    prepare: Callable[[], tuple[Callable[[], object], Callable[[], object]]]
    target: float
    size: int = BATCH

    def run(self, *, quick: bool) -> Result:
        return self.measured([partial(timed, side, 1) for side in self.prepare()], quick=quick)

    def measured(self, sides, *, quick: bool) -> Result:
        """Of two functions, each of which does its work once and tells how many seconds of a processor that took."""
        rounds = [self._round(sides, turn) for turn in range(3 if quick else ROUNDS)]
        them, us = (statistics.median(side) / self.size * 1e6 for side in zip(*rounds, strict=True))
        ratios = [theirs / ours for theirs, ours in rounds]
        return Result(self.name, ratios, self.target, note=f"{them:.1f} us each against {us:.1f} us")

    def _round(self, sides, turn):
        best = [inf, inf]
        gc.collect()
        for _ in range(SLICES):
            for side in (0, 1) if turn % 2 else (1, 0):
                best[side] = min(best[side], sides[side]())
        return best


CASES = [
    Batch("ingest of 500, rows and archive", nobody, target=8.0),
    Batch("ingest of 500, with 500 customers", lambda: known(500), target=8.0),
    Batch("ingest of 500, with five customers", lambda: known(5), target=8.0),
]
