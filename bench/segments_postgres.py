"""All customers anew: ours from the bytes of a Scan, as in `segments_full`, against PostgreSQL over rows of JSONB.

Both have the same customers and either shop of twenty segments, and who is in which is compared first; for the flat
ones rows hold no tails and days, as there. The server has its rows in memory, analysed and indexed; its queries are
prepared, and what they find is counted there and stays there, so neither planning nor the way to a client is timed. It
is asked in two ways, each a case: one query for each segment, and one for all. Both sides have one core and are
measured in processor time, the server's as it counts it for each statement.

Ours works out as well when the first of the segments may flip, which nobody asks of the server here.

Rows hold what items of boto3 hold. Texts are folded as they are loaded, since SQL cannot fold them just as the rules
do, and a day's counts stand in a list. Documents are kept in their rows, and not compressed.
"""

from collections import defaultdict
from functools import partial

from psycopg.types.json import Jsonb

from bench import postgres
from bench.ingest_batch import Batch
from bench.rounds import Unmeasured, timed
from bench.segments_full import FACTS, WINDOWS, our_page
from bench.segments_people import NOW, ZONE, people
from bench.segments_sql import Flat, Said, at, each_segment, one_pass
from bench.segments_theirs_known import folded

CUSTOMERS, PAGE = 3_000, 1_000
TABLE = """
CREATE TABLE customers (customer_id text PRIMARY KEY, doc jsonb NOT NULL);
ALTER TABLE customers ALTER doc SET STORAGE main, SET (toast_tuple_target = 8160)
"""
EVENTS = "Order Completed", "Product Viewed", "Product Added", "Email Opened", "Checkout Started", "Page Viewed"
TRAITS = "plan", "interests"
SAID = {WINDOWS: Said, FACTS: Flat}


class Against(Batch):
    """`prepare` is given the server; without one there is nothing to tell."""

    def run(self, *, quick):
        try:
            with postgres.server() as server:
                return self.measured(self.prepare(server), quick=quick)
        except postgres.NoServer as none:
            return Unmeasured(self.name, self.target, str(none))


def sides(shop, written, server):
    customers = people(CUSTOMERS)
    said = SAID[shop](NOW, ZONE)
    load(server, [shop.theirs.laid_out(each) for each in customers], said)
    queries = written(shop.rules, said)
    ours = {each.customer_id: shop.evaluator.evaluate(each, NOW)[0] for each in customers}
    found = members(server, queries)
    assert {each: found[each] for each in {**ours, **found}} == ours
    for number, query in enumerate(queries):
        server.connection.execute(f"PREPARE q{number} AS SELECT count(bits) FROM ({query}) AS found")
    pages = [our_page(customers[first : first + PAGE]) for first in range(0, CUSTOMERS, PAGE)]

    def they():
        return sum(server.seconds(f"EXECUTE q{number}") for number in range(len(queries)))

    return they, partial(timed, lambda: [shop.our_pass(page) for page in pages], 1)


def load(server, customers, said):
    server.connection.execute(TABLE)
    with server.connection.cursor().copy("COPY customers FROM STDIN") as copy:
        for each in customers:
            copy.write_row(row(each))
    for event in EVENTS:
        server.connection.execute(f"CREATE INDEX ON customers (({said.newest({'event': event})}))")
    for trait in TRAITS:
        server.connection.execute(f"CREATE INDEX ON customers USING gin (({at('traits', trait)}))")
    server.connection.execute("VACUUM ANALYZE customers")


def row(laid_out):
    doc = kept(laid_out)
    for event in doc["events"].values():
        if days := event.pop("days", None):
            event["days"] = [{"day": int(day), **counted} for day, counted in days.items()]
    return doc.pop("customer_id"), Jsonb(doc)


def kept(said):
    """Texts folded; what is blank is no value."""
    if isinstance(said, dict):
        return {name: found for name, each in said.items() if (found := kept(each)) not in ("", None)}
    if isinstance(said, list):
        return [found for each in said if (found := kept(each)) not in ("", None)]
    return folded(said) if isinstance(said, str) else said


def members(server, queries):
    """The segments of each customer, as bits."""
    bits = defaultdict(int)
    for query in queries:
        for customer_id, found in server.rows(query):
            bits[customer_id] |= found
    return bits


CASES = [
    Against("segments, PostgreSQL, a query for each", partial(sides, WINDOWS, each_segment), 2.5, CUSTOMERS),
    Against("segments, PostgreSQL, one query for all", partial(sides, WINDOWS, one_pass), 2.5, CUSTOMERS),
    Against("segments, flat, PostgreSQL, a query each", partial(sides, FACTS, each_segment), 2.5, CUSTOMERS),
    Against("segments, flat, PostgreSQL, one for all", partial(sides, FACTS, one_pass), 2.5, CUSTOMERS),
]
