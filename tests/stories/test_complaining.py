"""Somebody calls a letter spam: everybody sees it, nothing goes there, and only they themselves take it back."""

from datetime import timedelta

from tests.stories.letters import bring_customers, define, define_campaign, launch, outbox, recipients, run
from tests.stories.shop import read

EVERYBODY = {"op": "not", "rule": {"op": "trait", "path": "nothing", "cmp": "exists"}}


def complained(stack):
    """Of three who agreed, the second calls the first letter spam."""
    bring_customers(stack, "1", "2", "3")
    define_campaign(stack, EVERYBODY)
    launch(stack)
    assert run(stack) == "done"
    letter = next(each for each in outbox(stack) if each["recipient"].startswith("2@"))
    answer = stack.request("POST", "/_local/ses", json={"event": "complaint", "send_id": letter["send_id"]})
    assert answer.status == 200
    stack.settle()


def says(stack, message_id, **properties):
    """To the shop's server, a minute later."""
    admin = {"Authorization": f"Bearer {stack.token('admin')}"}
    key = stack.request("POST", "/v1/keys", json={"kind": "secret", "name": "s"}, headers=admin).json()["key"]
    told = {"userId": "2", "event": "Consent Changed", "messageId": message_id, "properties": properties}
    stack.clock.advance(timedelta(minutes=1))
    assert stack.request("POST", "/v1/track", json=told | {"writeKey": key}).status == 200
    stack.settle()


def picture(stack):
    return read(stack, "/v1/customers/user:2")


def reasons(stack, campaign):
    """By customer, why another letter did not go."""
    said = {"audience": EVERYBODY, "template": "news", "brand": "shop", "topic": "news"}
    define(stack, f"/v1/campaigns/{campaign}", said)
    launch(stack, campaign)
    for _ in range(20):
        stack.settle()
        if read(stack, f"/v1/campaigns/{campaign}")["launch"]["state"] == "done":
            break
        stack.advance_to_next()
    return [each["reason"] for each in recipients(stack, "not_sent", campaign)]


def test_a_complaint_is_seen_and_heeded_and_neither_a_file_nor_a_yes_to_a_topic_lifts_it(stack):
    complained(stack)

    seen = picture(stack)
    assert (seen["marketing"]["is"], seen["marketing"]["basis"]) == ("out", "complaint")
    assert seen["consents"]["news"]["is"] == "in"
    assert reasons(stack, "second") == ["do_not_contact:marketing_out"]

    bring_customers(stack, "2")
    says(stack, "m1", topic="news", **{"is": "in"})

    assert picture(stack)["marketing"]["is"] == "out"
    assert reasons(stack, "third") == ["do_not_contact:marketing_out"]


def test_who_asks_for_it_again_is_written_to_again(stack):
    """SES goes on refusing the address until somebody takes it from its list, as the runbook says."""
    complained(stack)

    says(stack, "m1", topic="*", basis="asked at the till", **{"is": "in"})

    seen = picture(stack)["marketing"]
    assert (seen["is"], seen["source"], seen["basis"]) == ("in", "collect", "asked at the till")
    assert reasons(stack, "second") == ["do_not_contact:suppression_list"]
