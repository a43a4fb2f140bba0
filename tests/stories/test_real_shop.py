"""The orders of a real shop come in, to the cent; and its regulars get one letter each."""

import csv
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from local.stack import Stack
from shopkeeper import ids
from shopkeeper.customer import measures
from shopkeeper.customer.instants import from_ms
from tests.stories.letters import bring_customers, define_campaign, launch, outbox, recipients, report, run
from tests.stories.shop import bring, read
from tests.stories.test_import_orders import CDNOW, documents

REAL = Path(__file__).parents[2] / "../shared/data/cdnow_sample_orders.csv"
pytestmark = pytest.mark.skipif(not REAL.exists(), reason="the real orders are not at hand: ../shared/data is absent")


@pytest.fixture(scope="module")
def stack():
    """One for all: to bring the orders takes longer than the stories."""
    with Stack.start() as stack:
        stack.job = bring(stack, REAL.read_bytes(), **CDNOW)
        yield stack


def orders_in(path):
    """Straight from the file, by customer: how many, how much in cents, the first day and the last."""
    days, cents = defaultdict(list), defaultdict(int)
    with path.open() as file:
        for row in csv.DictReader(file):
            days[row["customer_id"]].append(row["ordered_on"])
            cents[row["customer_id"]] += int(Decimal(row["amount_usd"]) * 100)
    return {who: (len(days[who]), cents[who], min(days[who]), max(days[who])) for who in days}


def remembered(stack, whom):
    """From the API, as the file would say it."""
    orders = read(stack, f"/v1/customers/user:{whom}")["orders"]
    return orders["count"], orders["totals"]["USD"]["minor_units"], orders["first_at"][:10], orders["last_at"][:10]


def kept(item):
    """From the table, as the file would say it."""
    orders = measures.unpack(item["measures"]["B"]).events["Order Completed"]
    return orders.count, orders.totals["USD"], from_ms(orders.first)[:10], from_ms(orders.last)[:10]


def test_the_orders_of_a_real_shop_come_in_to_the_cent(stack):
    expected = orders_in(REAL)
    assert (len(expected), sum(count for count, *_ in expected.values())) == (2357, 6919)

    job = stack.job
    assert (job["state"], job["rows"], job["accepted"], job["refused"]) == ("done", 6919, 6919, 0)
    found = documents(stack)
    assert {whom: kept(found[ids.customer_id(f"user:{whom}")]) for whom in expected} == expected
    for whom in list(expected)[::100]:
        assert remembered(stack, whom) == expected[whom]


@pytest.mark.parametrize("rows", [1000, pytest.param(6919, marks=pytest.mark.prove)])
def test_orders_that_come_again_change_nothing(stack, rows):
    first = documents(stack)

    job = bring(stack, b"".join(REAL.read_bytes().splitlines(keepends=True)[: 1 + rows]), **CDNOW)

    assert (job["state"], job["rows"]) == ("done", rows)
    assert documents(stack) == first


@pytest.mark.prove
def test_the_regulars_of_a_real_shop_get_one_letter_each(stack):
    orders = orders_in(REAL)
    regulars = {who for who, (count, cents, *_) in orders.items() if count >= 3 and cents >= 10_000}
    assert len(regulars) == 516
    others = sorted(orders.keys() - regulars)[::20]
    bring_customers(stack, *regulars, *others)
    define_campaign(stack)

    launch(stack)
    assert run(stack) == "done"
    again = launch(stack)
    assert (run(stack), again["state"]) == ("done", "done")

    sent = Counter(letter["recipient"] for letter in outbox(stack))
    assert sent == {f"{who}@customers.example": 1 for who in regulars}
    made = report(stack)
    assert (made["targeted"], made["sent"], made["delivered"], made["broken"]) == (516, 516, 516, [])
    assert len(recipients(stack, "sent")) == 516
