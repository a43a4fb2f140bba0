"""Whoever was not sent a letter has it in the timeline, with the reason; no number of a report moves by it."""

from tests.stories.letters import define_campaign, link, one_click, report
from tests.stories.mailings import Mailing, left_in_queues
from tests.stories.shop import read


def test_who_has_left_is_not_sent_the_next_letter_and_that_is_remembered_once(stack):
    define_campaign(stack)
    first = Mailing(stack, "first").send()
    gone, stays = first.people
    (letter,) = first.letters(gone)
    assert one_click(stack, link(letter, "u")).status == 200
    first.go_on()

    second = Mailing(stack, "second", first.people).send()

    (fact,) = [each for each in timeline(stack, gone) if each.get("name") == "Not Sent"]
    assert (fact["source"], fact["properties"]["reason"]) == ("mail", "do_not_contact:opted_out")
    assert fact["properties"]["activity"] == "campaign:second"
    assert "Not Sent" not in second.picture(stays)["timeline"]
    seen = report(stack, "second")
    assert [seen[name] for name in ("targeted", "sent", "not_sent", "do_not_contact", "held_out")] == [2, 1, 1, 1, 0]
    assert left_in_queues(stack) == {}


def timeline(stack, who):
    customer = read(stack, f"/v1/customers/user:{who}")["customer_id"]
    return read(stack, f"/v1/customers/{customer}/timeline")["items"]
