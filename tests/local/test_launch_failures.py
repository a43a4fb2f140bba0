"""A launch that fails on the local stack: it goes on by itself, and by the verb that the runbook names."""

import pytest

from local.faults import FAULTS
from local.stack import Stack
from tests import spring

# Nine of each shard of the activity.
TRIES = 9 * 8


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
    FAULTS.clear()


@pytest.fixture
def marketer(stack):
    return {"authorization": f"Bearer {stack.token()}"}


def shown(stack, marketer):
    return stack.request("GET", "/v1/campaigns/spring", headers=marketer).json()["launch"]


def until(stack, marketer, state):
    for _ in range(60):
        stack.settle()
        launch = shown(stack, marketer)
        if launch["state"] == state:
            return launch
        stack.advance_to_next()
    raise AssertionError(f"still {launch}")


def queue_is_away(stack, attempts=1):
    """`campaign_batch` dies at each of its tries, so the launch fails once its audience is frozen."""
    asked = {"function": "CampaignBatchFunction", "before": "sqs.SendMessageBatch"}
    for _ in range(TRIES * attempts):
        assert stack.request("POST", "/_local/crash", json=asked).status == 200


def letters(stack):
    return sorted(each["recipient"] for each in stack.request("GET", "/_local/outbox").json()["items"])


def test_a_launch_that_failed_says_why_and_when_it_goes_on_and_does(stack, marketer):
    spring.define(stack, marketer)
    queue_is_away(stack)
    spring.launch(stack, marketer)

    failed = until(stack, marketer, "failed")
    assert (failed["error"], failed["finished_at"]) == ("ShardNotQueued", None)
    assert failed["goes_on_at"] > failed["frozen_at"]
    FAULTS.clear()
    over = spring.watch(stack, marketer)

    assert (over["state"], over["error"], over["goes_on_at"]) == ("done", None, None)
    assert letters(stack) == [f"u{n}@example.com" for n in range(7)]


@pytest.mark.prove  # Hours of tries; tests/domain/test_campaign_failures.py has the same of the machine alone.
def test_launching_it_again_lets_it_go_on_at_once_also_after_its_own_tries(stack, marketer):
    spring.define(stack, marketer)
    queue_is_away(stack, attempts=5)
    spring.launch(stack, marketer)
    for _ in range(200):
        stack.settle()
        if (failed := shown(stack, marketer))["finished_at"]:
            break
        stack.advance_to_next()
    assert (failed["state"], failed["goes_on_at"]) == ("failed", None)
    FAULTS.clear()

    refused = stack.request(
        "POST", "/v1/campaigns/spring/launch", headers=marketer, json={"version": 1, "at": "2030-01-01T00:00:00Z"}
    )
    assert (refused.status, [each["field"] for each in refused.json()["errors"]]) == (409, ["at"])
    assert spring.launch(stack, marketer)["state"] == "running"
    over = spring.watch(stack, marketer)

    assert over["state"] == "done"
    assert letters(stack) == [f"u{n}@example.com" for n in range(7)]
