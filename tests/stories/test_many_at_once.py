"""Many customers enter one journey in the same moment, and again all are due in the same moment: each gets each letter
once, by no more threads than a few of them need, and in memory that is made for the rows alone.

Under `make prove`; it says how fast that was.
"""

import time
from collections import Counter
from contextlib import contextmanager
from email import message_from_bytes
from threading import Event, Thread, active_count

import pytest

from tests.stories.journeys import Shop, comes, does, letter

JOURNEY = """
entry: [{on: event, event: Specials Subscribed}]
exit_when: [{event: Order Completed, reason: converted}]
brand: shop
topic: specials
first: hello
nodes:
  hello: {message: {template: hello}, next: a_day}
  a_day: {wait: {for: P1D}, next: more}
  more: {message: {template: more}, next: exit}
"""
CALLS = 500
"""In one request, at most."""
THREADS = 12


@contextmanager
def watching():
    """The most threads there were at any moment."""
    over, seen = Event(), Counter()

    def look_on():
        while not over.wait(0.01):
            seen["most"] = max(seen["most"], active_count())

    watch = Thread(target=look_on)
    watch.start()
    try:
        yield seen
    finally:
        over.set()
        watch.join()


def told(shop, calls):
    """All at once: nobody works at any of it before the last is told."""
    for first in range(0, len(calls), CALLS):
        shop.tell(*calls[first : first + CALLS], settle=False)


def over(stack):
    """How the runs of all stand, of which none has anything to hand over or to hear."""
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName="RunsTable")
    rows = [row for page in pages for row in page["Items"]]
    assert not any("pending" in row or row["inbox"]["L"] for row in rows)
    return Counter("due" if "due_at" in row else "over" for row in rows)


@pytest.mark.prove
@pytest.mark.parametrize("many", [2_000])
def test_many_who_enter_at_once_all_come_through(stack, many):
    shop, who = Shop(stack, "many"), [f"c{number:04}" for number in range(many)]
    shop.define("topics/specials", {"name": "Specials", "opt_in": "assumed"})
    shop.define("templates/hello", letter("Hello"))
    shop.define("templates/more", letter("More"))
    shop.publish(JOURNEY)
    shop.morning(9)
    told(shop, [comes(each) for each in who])
    stack.settle()

    started = time.perf_counter()
    with watching() as threads:
        told(shop, [does(each, "Specials Subscribed") for each in who])
        shop.later(hours=26)
    took = time.perf_counter() - started

    got = Counter((mail.recipients[0], message_from_bytes(mail.raw)["subject"]) for mail in stack.post.mails)
    assert got == Counter({(f"{each}@customers.example", subject): 1 for each in who for subject in ("Hello", "More")})
    shop.later(days=3)  # So long an order would still call off the last letter.
    assert over(stack) == {"over": many}
    assert threads["most"] <= THREADS
    print(f"{many} customers in {took:.1f} s: {many / took:.0f} a second, {threads['most']} threads at most")
