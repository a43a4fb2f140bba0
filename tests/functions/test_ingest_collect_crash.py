"""Whatever call of the queue fails, before or after it did its work: what was acknowledged is in the queue."""

import json

import pytest
from botocore.exceptions import ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from functions.ingest_collect import app
from shopkeeper.aws.queues import Queue
from tests.collect_world import SECRET, Shown, items, post, shop_with_keys, track

LOST = ReadTimeoutError(endpoint_url="https://sqs")


class Sqs:
    """Each call fares as the plan says, the rest well; `partly` takes only every other message."""

    def __init__(self, plan):
        self.plan, self.bodies = list(plan), []

    def send_message_batch(self, QueueUrl, Entries):  # noqa: N803
        fate = self.plan.pop(0) if self.plan else "well"
        if fate == "lost before":
            raise LOST
        taken = Entries[::2] if fate == "partly" else Entries
        self.bodies += [json.loads(entry["MessageBody"]) for entry in taken]
        if fate == "lost after":
            raise LOST
        return {"Successful": [{"Id": entry["Id"]} for entry in taken]}


fates = st.lists(st.sampled_from(["well", "lost before", "lost after", "partly"]), max_size=12)


@given(fates, st.integers(0, 35))
def test_what_is_acknowledged_is_in_the_queue_and_what_is_not_can_be_repeated(plan, count):
    keys, _ = shop_with_keys()
    sqs = Sqs(plan)
    queue = Queue(sqs, "url", pause=lambda seconds: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "keys", lambda: keys)
        patch.setattr(app, "queue", lambda: queue)
        patch.setattr(app, "live_calls", Shown)
        for _ in range(len(plan) + 1):
            status, body, _ = post("batch", items(*map(track, range(count))), authorization=f"Bearer {SECRET}")
            if status == 200:
                break
            assert status == 503
    assert status == 200
    assert body["accepted"] == count
    assert {message["message_id"] for message in sqs.bodies} == {f"m-{number}" for number in range(count)}
