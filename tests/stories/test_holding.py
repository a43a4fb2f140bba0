"""SES refuses the shop: the campaign waits and says so, nobody is given up, and it goes on when that is mended."""

from datetime import timedelta

import pytest

from tests.stories.letters import bring_customers, define_campaign, launch, outbox, report, run
from tests.stories.shop import marketer, read

PEOPLE = [str(number) for number in range(1, 8)]
EVERYBODY = {"op": "not", "rule": {"op": "trait", "path": "nothing", "cmp": "exists"}}


@pytest.fixture
def refused(stack):
    """A launch that SES has refused, as the sender's address is not verified any more."""
    bring_customers(stack, *PEOPLE)
    define_campaign(stack, EVERYBODY)
    asked = {"event": "unverified", "times": 1}
    assert stack.request("POST", "/_local/ses", json=asked).status == 200
    launch(stack)
    stack.settle()
    return stack


def campaign(stack):
    return read(stack, "/v1/campaigns/news")


def letters(stack):
    return sorted(letter["recipient"].partition("@")[0] for letter in outbox(stack))


def test_the_campaign_says_what_it_waits_for_and_nobody_is_given_up(refused):
    seen = campaign(refused)

    assert (seen["launch"]["state"], seen["held"]["why"]) == ("running", "configuration")
    assert seen["held"]["says"] == "MessageRejected: Email address is not verified."
    made = report(refused)
    assert (made["pending"], made["not_sent"], made["broken"]) == (len(PEOPLE), 0, [])
    assert outbox(refused) == []


def test_it_goes_on_by_itself_and_each_gets_one_letter(refused):
    assert run(refused) == "done"

    assert letters(refused) == PEOPLE
    assert campaign(refused)["held"] is None
    assert report(refused)["sent"] == len(PEOPLE)


def test_whoever_has_mended_it_lets_it_go_on_long_before_the_hold_ends(refused):
    """But for the one that was refused: that one is put aside for a while. Senders remember a hold for two seconds."""
    until = refused.clock.now() + timedelta(minutes=3)

    answer = refused.request("POST", "/v1/campaigns/news/resume", headers=marketer(refused))
    assert (answer.status, answer.json()["state"]) == (202, "running")
    while refused.clock.now() < until and not letters(refused):
        refused.advance_to_next()
        refused.settle()

    assert len(letters(refused)) == len(PEOPLE) - 1
    assert campaign(refused)["held"] is None
    assert run(refused) == "done"
    assert letters(refused) == PEOPLE


def test_what_is_not_held_is_not_disturbed_and_what_was_never_launched_cannot_be_resumed(stack):
    bring_customers(stack, *PEOPLE)
    define_campaign(stack, EVERYBODY)
    assert stack.request("POST", "/v1/campaigns/news/resume", headers=marketer(stack)).status == 409
    launch(stack)
    assert run(stack) == "done"
    before = campaign(stack)

    assert stack.request("POST", "/v1/campaigns/news/resume", headers=marketer(stack)).status == 202

    assert campaign(stack) == before
    assert letters(stack) == PEOPLE
