"""A campaign to many is paused half-way, every process dies, and it goes on: nobody is lost, nobody gets it twice.

`make test` writes to sixty, `make prove` to ten thousand, and says how fast that was.
"""

import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

import pytest

from shopkeeper.aws.customers import Customers
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Document
from tests.stories.letters import define_campaign, launch, report
from tests.stories.shop import marketer, read

EVERYBODY = {"op": "not", "rule": {"op": "trait", "path": "nothing", "cmp": "exists"}}


def bring_straight(stack, many):
    """Into the table: how customers come in is another story."""
    table = Customers(stack.client("dynamodb"), "CustomersTable")
    for number in range(many):
        known = Document(identities={f"email:c{number}@customers.example": 1})
        table.save(document.store(Customer(f"c{number:05}", 1, known)))


def say(stack, verb):
    answer = stack.request("POST", f"/v1/campaigns/news/{verb}", headers=marketer(stack))
    assert answer.status == 202, answer.text


@contextmanager
def pausing_after(stack, letters):
    """A marketer who looks on."""
    over = Event()

    def look_on():
        while not over.is_set() and len(stack.post.mails) < letters:
            time.sleep(0.01)
        say(stack, "pause")

    marketer = Thread(target=look_on)
    marketer.start()
    try:
        yield
    finally:
        over.set()
        marketer.join()


def kill_everything(stack):
    with stack.turn():
        for function in stack.functions.values():
            function.retire()


@pytest.mark.parametrize("many", [60, pytest.param(10_000, marks=pytest.mark.prove)])
def test_paused_half_way_and_killed_it_goes_on_and_each_gets_one_letter(stack, many):
    bring_straight(stack, many)
    define_campaign(stack, EVERYBODY, opt_in="assumed")
    started = time.perf_counter()
    launch(stack)
    with pausing_after(stack, many // 2):
        stack.settle()
    went = len(stack.post.mails)
    assert many // 2 <= went <= many

    kill_everything(stack)
    stack.clock.advance(timedelta(hours=3))
    stack.settle()
    assert len(stack.post.mails) == went
    assert report(stack)["pending"] if many <= 5_000 else True

    say(stack, "resume")
    for _ in range(20):
        stack.settle()
        if read(stack, "/v1/campaigns/news")["launch"]["state"] == "done":
            break
        stack.advance_to_next()

    took = time.perf_counter() - started
    rows = rows_of(stack)
    letters = Counter(recipient for mail in stack.post.mails for recipient in mail.recipients)
    assert len(rows) == len(letters) == many
    assert (set(rows.values()), set(letters.values())) == ({1}, {1})
    print(f"{many} letters in {took:.1f} s: {many / took:.0f} a second; {went} of them before the pause")


def rows_of(stack):
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName="SendsTable")
    return Counter(row["customer_id"]["S"] for page in pages for row in page["Items"])
