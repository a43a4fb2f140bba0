"""A marketer thinks better of a launch: within its first minute, while it goes out, and for good."""

from datetime import timedelta

from tests.stories.letters import bring_customers, define_campaign, launch, outbox, report, run
from tests.stories.shop import marketer, read

PEOPLE = [str(number) for number in range(1, 8)]
EVERYBODY = {"op": "not", "rule": {"op": "trait", "path": "nothing", "cmp": "exists"}}


def say(stack, verb):
    answer = stack.request("POST", f"/v1/campaigns/news/{verb}", headers=marketer(stack))
    assert answer.status == 202, answer.text
    return answer.json()


def rows(stack):
    return stack.client("dynamodb").scan(TableName="SendsTable")["Items"]


def letters(stack):
    return sorted(letter["recipient"].partition("@")[0] for letter in outbox(stack))


def test_a_launch_is_called_off_within_a_minute_and_launched_again_and_paused_while_it_goes_out(stack):
    bring_customers(stack, *PEOPLE)
    define_campaign(stack, EVERYBODY)
    assert launch(stack, grace=60)["state"] == "scheduled"
    say(stack, "cancel")
    stack.clock.advance(timedelta(minutes=5))
    stack.settle()
    assert (rows(stack), letters(stack)) == ([], [])

    launch(stack, grace=60)
    say(stack, "pause")
    stack.clock.advance(timedelta(minutes=5))
    stack.settle()
    assert rows(stack) == []
    say(stack, "resume")
    assert read(stack, "/v1/campaigns/news")["launch"]["state"] == "starting"
    paused = say(stack, "pause")
    assert paused["paused_at"]
    stack.settle()
    stack.clock.advance(timedelta(hours=3))
    stack.settle()

    assert (len(rows(stack)), letters(stack)) == (len(PEOPLE), [])
    assert report(stack)["pending"] == len(PEOPLE)

    say(stack, "resume")
    assert run(stack) == "done"
    assert letters(stack) == PEOPLE
    assert report(stack)["sent"] == len(PEOPLE)
