"""The last Monday of the month at nine: three customers in three zones get their letter, each at nine of their own
clock, and the next one a month later."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from local.stack import Stack
from shopkeeper import clock
from tests.stories.journeys import Shop, comes, letter

pytestmark = pytest.mark.prove
ZONES = {"kiri": "Pacific/Kiritimati", "anna": "Europe/Berlin", "noa": "Pacific/Niue"}
SUPPLIES = """
entry: [{on: recurrence, frequency: monthly, days: [last mon], at: "09:00"}]
reentry: {policy: always}
brand: shop
topic: offers
first: hello
nodes:
  hello: {message: {template: supplies}, next: exit}
"""


@pytest.fixture(scope="module")
def shop():
    with Stack.start() as stack:
        shop = Shop(stack, "supplies")
        shop.define("topics/offers", {"name": "Offers", "opt_in": "assumed"})
        shop.define("templates/supplies", letter("Time for supplies"))
        shop.tell(*(comes(who, timezone=zone) for who, zone in ZONES.items()))
        stack.clock.move_to(_day_before(stack.clock.now()))
        shop.publish(SUPPLIES)
        yield shop


def _day_before(now):
    """Two days before the last Monday of the next month."""
    first = (now.replace(day=1, hour=0, minute=0, second=0) + timedelta(days=62)).replace(day=1)
    last = first - timedelta(days=1)
    return last - timedelta(days=last.weekday() + 2)


def nine(monday, who):
    return datetime(monday.year, monday.month, monday.day, 9, tzinfo=ZoneInfo(ZONES[who]))


def test_each_gets_it_at_nine_of_their_own_clock_and_again_a_month_later(shop):
    for _ in range(2):
        monday = shop.stack.clock.now() + timedelta(days=2)
        before = {who: len(shop.letters(who)) for who in ZONES}
        for who in ("kiri", "anna", "noa"):
            shop.upto(nine(monday, who) - timedelta(minutes=1))
            assert len(shop.letters(who)) == before[who], who
            shop.upto(nine(monday, who) + timedelta(minutes=2))
            assert len(shop.letters(who)) == before[who] + 1, who
            entered = clock.from_text(shop.run(who)["entered_at"])
            assert timedelta() <= entered - nine(monday, who) < timedelta(minutes=2)
        shop.upto(_day_before(monday))
