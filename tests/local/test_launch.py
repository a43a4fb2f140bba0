"""Launches on the local stack: the machine as deployed, its functions, the clock, and the API that starts them."""

from collections import Counter
from datetime import timedelta

import pytest

from local.stack import Stack
from shopkeeper import clock
from tests import spring


@pytest.fixture
def stack():
    with Stack.start() as stack:
        as_admin = {"authorization": f"Bearer {stack.token('admin')}"}
        key = stack.request("POST", "/v1/keys", headers=as_admin, json={"kind": "secret", "name": "shop"}).json()["key"]
        calls = [{"type": "identify", "userId": f"u{n}", "traits": {"email": f"u{n}@example.com"}} for n in range(7)]
        auth = {"authorization": f"Bearer {key}"}
        assert stack.request("POST", "/v1/batch", headers=auth, json={"batch": calls}).json()["accepted"] == 7
        stack.settle()
        yield stack


@pytest.fixture
def marketer(stack):
    return {"authorization": f"Bearer {stack.token()}"}


def sends(stack):
    return stack.client("dynamodb").scan(TableName="SendsTable")["Items"]


def test_a_launch_writes_to_each_customer_of_the_audience_once_and_ends(stack, marketer):
    spring.define(stack, marketer)
    spring.launch(stack, marketer)

    over = spring.watch(stack, marketer)
    again = spring.launch(stack, marketer)
    spring.watch(stack, marketer)

    assert (over["state"], over["found"]) == ("done", 7)
    assert again == over
    assert Counter(row["customer_id"]["S"] for row in sends(stack)).most_common(1)[0][1] == 1
    assert len(sends(stack)) == 7
    assert {row["state"]["S"] for row in sends(stack)} <= {"accepted", "delivered"}


def test_a_scheduled_launch_goes_out_at_its_time(stack, marketer):
    at = stack.clock.now() + timedelta(hours=2)
    spring.define(stack, marketer, schedule={"at": clock.to_text(at)})
    assert spring.launch(stack, marketer)["state"] == "scheduled"

    stack.clock.advance(timedelta(hours=1, minutes=59))
    stack.settle()
    assert sends(stack) == []
    over = spring.watch(stack, marketer)

    assert over["state"] == "done"
    assert clock.from_text(over["begun_at"]) - at < timedelta(minutes=2)
    assert len(sends(stack)) == 7


def test_a_launch_that_is_called_off_before_its_time_writes_to_nobody(stack, marketer):
    spring.define(stack, marketer, schedule={"at": clock.to_text(stack.clock.now() + timedelta(hours=2))})
    spring.launch(stack, marketer)

    called_off = stack.request("POST", "/v1/campaigns/spring/cancel", headers=marketer, json={}).json()
    stack.clock.advance(timedelta(hours=3))
    stack.settle()

    assert called_off["state"] == "cancelled"
    assert sends(stack) == []


def test_a_launch_that_is_over_is_counted_again_by_the_clock_and_at_a_word(stack, marketer):
    spring.define(stack, marketer)
    spring.launch(stack, marketer)
    over = spring.watch(stack, marketer)

    def as_of_after(**passed):
        stack.clock.advance(timedelta(**passed))
        stack.settle()
        return stack.request("GET", "/v1/campaigns/spring", headers=marketer).json()["launch"]["as_of"]

    by_itself = as_of_after(hours=1)
    asked = stack.request("POST", "/v1/campaigns/spring/recount", headers=marketer)

    assert (asked.status, asked.json()["as_of"]) == (202, by_itself)
    assert over["as_of"] < by_itself < as_of_after(minutes=1)
