"""All customers anew: ours from the bytes of a Scan, as in `segments_full`, against PostgreSQL over rows of JSONB.

Both have the same customers, and who is in which of the twenty segments is compared first. The server has its rows in
memory, analysed and indexed; its queries are prepared, and what they find is counted there and stays there, so neither
planning nor the way to a client is timed. It is asked in two ways, each a case: one query for each segment, and one for
all. Both sides have one core and are measured in processor time, the server's as it counts it for each statement.

Ours works out as well when the first of the segments may flip, which nobody asks of the server here.

Rows hold what items of boto3 hold in `segments_theirs`. Texts are folded as they are loaded, since SQL cannot fold them
just as the rules do, and a day's counts stand in a list. Documents are kept in their rows, and not compressed.
"""

from collections import defaultdict
from functools import partial

from psycopg.types.json import Jsonb

from bench import postgres
from bench import segments_theirs as theirs
from bench.ingest_batch import Batch
from bench.rounds import Unmeasured, timed
from bench.segments_full import EVALUATOR, RULES, our_page, our_pass
from bench.segments_people import NOW, ZONE, people
from bench.segments_sql import at, each_segment, one_pass
from bench.segments_theirs_known import folded

CUSTOMERS, PAGE = 2_100, 700
TABLE = """
CREATE TABLE customers (customer_id text PRIMARY KEY, doc jsonb NOT NULL);
ALTER TABLE customers ALTER doc SET STORAGE main, SET (toast_tuple_target = 8160)
"""
EVENTS = "Order Completed", "Product Viewed", "Product Added", "Email Opened", "Checkout Started", "Page Viewed"
TRAITS = "plan", "interests"


class Against(Batch):
    """`prepare` is given the server; without one there is nothing to tell."""

    def run(self, *, quick):
        try:
            with postgres.server() as server:
                return self.measured(self.prepare(server), quick=quick)
        except postgres.NoServer as none:
            return Unmeasured(self.name, self.target, str(none))


def sides(written, server):
    customers = people(CUSTOMERS)
    load(server, customers)
    queries = written(RULES, NOW, ZONE)
    ours = {each.customer_id: EVALUATOR.evaluate(each, NOW)[0] for each in customers}
    found = members(server, queries)
    assert {each: found[each] for each in {**ours, **found}} == ours
    for number, query in enumerate(queries):
        server.connection.execute(f"PREPARE q{number} AS SELECT count(bits) FROM ({query}) AS found")
    pages = [our_page(customers[first : first + PAGE]) for first in range(0, CUSTOMERS, PAGE)]

    def they():
        return sum(server.seconds(f"EXECUTE q{number}") for number in range(len(queries)))

    return they, partial(timed, lambda: [our_pass(page) for page in pages], 1)


def load(server, customers):
    server.connection.execute(TABLE)
    with server.connection.cursor().copy("COPY customers FROM STDIN") as copy:
        for each in customers:
            copy.write_row(row(each))
    for event in EVENTS:
        newest = f"(({at('events', event, 'tail')}) ->> 0)::bigint"
        server.connection.execute(f"CREATE INDEX ON customers (({newest}))")
    for trait in TRAITS:
        server.connection.execute(f"CREATE INDEX ON customers USING gin (({at('traits', trait)}))")
    server.connection.execute("VACUUM ANALYZE customers")


def row(customer):
    doc = kept(theirs.laid_out(customer))
    for event in doc["events"].values():
        event["days"] = [{"day": int(day), **counted} for day, counted in event.get("days", {}).items()]
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
    Against("segments, PostgreSQL, a query for each", partial(sides, each_segment), target=2.5, size=CUSTOMERS),
    Against("segments, PostgreSQL, one query for all", partial(sides, one_pass), target=2.5, size=CUSTOMERS),
]
