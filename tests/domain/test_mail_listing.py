"""Messages of a template, newest first, in pages that neither repeat nor skip any."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from shopkeeper.mail import listing, messages
from shopkeeper.mail.listing import Place

NOON = datetime(2026, 3, 2, 12, 10, tzinfo=UTC)
SINCE = NOON - timedelta(days=30)


class Index:
    """In pages of three."""

    def __init__(self, *rows):
        self.rows, self.asked = rows, 0

    def of_shard(self, activity_shard, after=""):
        self.asked += 1
        rows = sorted((row for row in self.rows if row.activity_shard == activity_shard), key=lambda row: row.send_id)
        rows = [row for row in rows if row.send_id > after]
        return rows[:3], rows[2].send_id if len(rows) > 3 else ""


def asked(ago, key="k", template="receipt"):
    how = {"customer_id": "jo", "brand": "shop#1", "hours": 72, "shards": 1}
    return messages.planned(template=f"{template}#1", occurrence=f"{key}-{ago}", now=NOON - ago, **how)


def pages(index, limit, now=NOON):
    after = listing.start(now)
    while after:
        rows, after = listing.of_template(index, "receipt", SINCE, after, limit)
        yield rows


@pytest.mark.parametrize("limit", [1, 2, 7, 50])
def test_pages_hold_each_once_from_the_newest_to_the_oldest(limit):
    draw = Random(limit)
    rows = [asked(timedelta(seconds=draw.randrange(30 * 86_400)), str(number)) for number in range(40)]
    rows += [asked(timedelta(minutes=5), str(number)) for number in range(9)]
    index = Index(*rows, asked(timedelta(minutes=7), template="other"))

    seen = list(pages(index, limit))

    assert [row for page in seen for row in page] == sorted(rows, key=listing.place, reverse=True)
    assert all(len(page) <= limit for page in seen)


def test_a_page_looks_through_so_many_hours_and_then_says_where_to_go_on():
    old = asked(timedelta(days=20))
    index = Index(old)

    first, after = listing.of_template(index, "receipt", SINCE, listing.start(NOON), 5)
    assert (first, index.asked) == ([], listing.MOST_HOURS)
    assert after == Place("2026-02-20T14:00:00.000Z", "")
    assert [row for page in pages(index, 5) for row in page] == [old]


def test_there_is_nothing_from_before_the_template():
    index = Index()
    since = NOON - timedelta(hours=2)
    assert listing.of_template(index, "receipt", since, listing.start(NOON), 5) == ([], None)
    assert index.asked == 4
