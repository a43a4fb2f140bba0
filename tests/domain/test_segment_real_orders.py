"""The orders of a real shop, told day by day: who is in which segment is right on every evening of eighteen months,
by what customers do and by the clock alone."""

import csv
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from shopkeeper import ids
from shopkeeper.customer import document
from tests.interactions import ordered
from tests.rules import ORDERS, count, negated
from tests.segment_shop import SegmentShop
from tests.standing_world import FakeEditions, edition_of

REAL = Path(__file__).parents[2] / "../shared/data/cdnow_sample_orders.csv"
pytestmark = pytest.mark.skipif(not REAL.exists(), reason="the real orders are not at hand: ../shared/data is absent")
NEW_YORK = ZoneInfo("America/New_York")
FIRST, LAST = date(1997, 1, 1), date(1998, 6, 30)
DAY_S = 86_400
RULES = {
    "lapsing": negated(count(1) | {"window": {"rolling": {"seconds": 90 * DAY_S}}}),
    "keen": count(3) | {"window": {"days": {"n": 60}}},
    "spenders": {
        "op": "total",
        "measure": ORDERS,
        "currency": "USD",
        "fn": "sum",
        "window": {"days": {"n": 180}},
        "cmp": "ge",
        "x": "100",
    },
}
LAPSING, KEEN, SPENDERS = 1, 2, 3


def orders_in(path):
    """Straight from the file: of each customer, the days and the amounts."""
    orders = defaultdict(list)
    with path.open() as file:
        for row in csv.DictReader(file):
            orders[row["customer_id"]].append((date.fromisoformat(row["ordered_on"]), Decimal(row["amount_usd"])))
    return orders


def expected(orders, evening):
    """All are ordered at noon in New York. Worked out by days, from the file alone."""
    so_far = [(day, amount) for day, amount in orders if day <= evening]
    if not so_far:
        return None
    ago = [(evening - day).days for day, _ in so_far]
    slots = set()
    if min(ago) >= 90:
        slots.add(LAPSING)
    if sum(days < 60 for days in ago) >= 3:
        slots.add(KEEN)
    if sum((amount for (_, amount), days in zip(so_far, ago, strict=True) if days < 180), Decimal(0)) >= 100:
        slots.add(SPENDERS)
    return slots


def in_new_york(day, hour):
    return datetime.combine(day, time(hour), NEW_YORK).astimezone(UTC)


class Replay:
    def __init__(self, orders):
        self.orders, self.by_day = orders, defaultdict(list)
        for who in sorted(orders):
            for number, (day, amount) in enumerate(orders[who]):
                self.by_day[day].append((who, number, amount))
        current = edition_of(RULES, zone=NEW_YORK)
        self.shop = SegmentShop(FakeEditions(current), in_new_york(FIRST, 0), NEW_YORK)
        self.kept, self.seen = {}, {}

    def live(self, day):
        noon = in_new_york(day, 12)
        self.shop.wake_until(noon)
        at = noon.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        told = [
            ordered(f"user:{who}", f"{who}-{number}", f"{who}-{number}", str(amount), at=at, received_at=at)
            for who, number, amount in self.by_day[day]
        ]
        if told:
            assert self.shop.deliver(told)
        self.shop.wake_until(in_new_york(day, 23))

    def standing(self, who):
        """As it is kept; read anew where it was written since."""
        stored = self.shop.tables.customers.get(ids.customer_id(f"user:{who}"))
        if stored is None:
            return None
        if self.seen.get(who) != stored.version:
            self.seen[who] = stored.version
            self.kept[who] = set(document.load(stored).document.standing.slots)
        return self.kept[who]

    def wrong(self, day):
        for who, orders in self.orders.items():
            if self.standing(who) != expected(orders, day):
                yield day, who, self.standing(who), expected(orders, day)


@pytest.mark.parametrize("share", [24, pytest.param(1, marks=pytest.mark.prove)])
def test_segments_are_right_every_evening_of_eighteen_months(share):
    orders = {who: its for who, its in orders_in(REAL).items() if int(who) % share == 0}
    replay = Replay(orders)
    for number in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=number)
        replay.live(day)
        assert list(replay.wrong(day)) == []
    assert replay.shop.problems == []
    assert {number for slots in replay.kept.values() for number in slots} == {LAPSING, KEEN, SPENDERS}
