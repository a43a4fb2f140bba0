from datetime import timedelta

import pytest

from local.stack import Stack
from shopkeeper import clock


def post(stack, path, **body):
    return stack.request("POST", f"/_local/{path}", json=body)


def send(stack, body):
    stack.client("sqs").send_message(QueueUrl=stack.queue_url("WorkQueue"), MessageBody=body)


def test_state_counts_rows_and_messages(stack):
    send(stack, "good")
    stack.client("dynamodb").put_item(TableName="NewsTable", Item={"id": {"S": "a"}})
    state = stack.request("GET", "/_local/state").json()
    assert state["rows"] == {"News": 1, "Waiting": 0}
    assert (state["executions"], state["outbox"]) == ([], 0)
    assert state["queues"]["Work"] == {"visible": 1, "hidden": 0, "dead": 0}
    assert set(state["queues"]) == {"Night", "Notice", "Parked", "Uploads", "Work"}
    assert abs(clock.from_text(state["now"]) - stack.clock.now()) < timedelta(seconds=5)


def test_settle_does_all_that_can_be_done(stack):
    send(stack, "good")
    settled = post(stack, "settle").json()
    assert settled["steps"] == 1
    assert settled["queues"]["Work"]["visible"] == 0


def test_the_clock_moves_by_seconds_to_an_instant_and_to_what_is_next(stack):
    start = stack.clock.now()
    assert clock.from_text(post(stack, "clock", advance=3600).json()["now"]) >= start + timedelta(hours=1)
    later = clock.to_text(start + timedelta(days=1))
    assert post(stack, "clock", to=later).json()["now"] >= later
    assert post(stack, "clock", advance="next").json()["next"] is None
    send(stack, "fail")
    stack.settle()
    due = stack.request("GET", "/_local/clock").json()["next"]
    assert post(stack, "clock", advance="next").json()["now"] >= due


def test_a_time_of_day_is_the_next_one(stack):
    for _ in range(2):
        before = stack.clock.now()
        now = clock.from_text(post(stack, "clock", to="09:00").json()["now"])
        assert (now.hour, now.minute) == (9, 0)
        assert timedelta() < now - before <= timedelta(days=1)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("clock", {}, "advance"),
        ("clock", {"advance": -1}, "advance"),
        ("clock", {"advance": "soon"}, "advance"),
        ("clock", {"advance": 1e300}, "advance"),
        ("clock", {"advance": True}, "advance"),
        ("clock", {"to": "2020-01-01T00:00:00Z"}, "to"),
        ("clock", {"to": "2200-01-01"}, "to"),
        ("clock", {"to": "25:00"}, "to"),
        ("clock", {"advance": 1, "colour": "red"}, "colour"),
        ("settle", {"colour": "red"}, "colour"),
        ("crash", {"before": "sqs.SendMessage"}, "function"),
        ("crash", {"function": "NoFunction", "before": "sqs.SendMessage"}, "function"),
        ("crash", {"function": "WorkFunction"}, "before"),
        ("crash", {"function": "WorkFunction", "after": "nothing.Known"}, "after"),
        ("fail", {"service": "sqs"}, "times"),
        ("fail", {"service": "sqs", "times": 0}, "times"),
        ("fail", {"service": "kinesis", "times": 1}, "service"),
        ("ses", {}, "event"),
        ("ses", {"event": "lost"}, "event"),
        ("ses", {"event": "bounce", "times": 0}, "times"),
        ("ses", {"event": "bounce", "times": 1, "send_id": "x"}, "times"),
        ("ses", {"event": "bounce", "send_id": 7}, "send_id"),
        ("ses", {"event": "bounce", "colour": "red"}, "colour"),
    ],
)
def test_bad_input_is_refused_by_the_name_of_its_field(stack, path, body, field):
    before = stack.clock.now()
    reply = post(stack, path, **body)
    assert (reply.status, reply.json()["field"]) == (400, field)
    assert stack.clock.now() - before < timedelta(seconds=60)


def test_a_body_that_is_no_json_object_is_refused(stack):
    for body in (b"{", b"[]", b"\xff"):
        assert stack.request("POST", "/_local/settle", body=body).json()["field"] == "body"


def test_a_token_is_for_a_group_that_the_template_knows(stack):
    assert stack.request("GET", "/_local/token?group=king").json()["field"] == "group"
    given = stack.request("GET", "/_local/token").json()
    assert stack.request("GET", "/people", headers={"Authorization": f"Bearer {given['token']}"}).status == 200
    assert clock.from_text(given["expires_at"]) - stack.clock.now() > timedelta(days=3600)


def test_reset_leaves_an_empty_world_at_the_real_time(stack):
    send(stack, "good")
    real = stack.clock.now()
    stack.clock.advance(timedelta(days=30))
    assert post(stack, "reset").json()["queues"]["Work"]["visible"] == 0
    assert stack.clock.now() - real < timedelta(days=1)
    send(stack, "good")
    assert stack.settle() == 1


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "nothing", 404), ("GET", "settle", 405)])
def test_what_is_not_there_is_said(stack, method, path, status):
    assert stack.request(method, f"/_local/{path}").status == status


def test_a_crash_names_a_call_that_there_is(stack):
    reply = post(stack, "crash", function="WorkFunction", after="ses.Nope")
    assert (reply.status, reply.json()["field"]) == (400, "after")
    assert reply.json()["message"].endswith("ses has no Nope; there is SendEmail, GetAccount")
    assert "SendMessage" in post(stack, "crash", function="WorkFunction", before="sqs.Send").json()["message"]
    for known in ("ses.SendEmail", "states.StartExecution", "s3.PutObject", "secretsmanager.GetSecretValue"):
        assert post(stack, "crash", function="WorkFunction", before=known).status == 200


def test_what_was_asked_for_and_has_not_happened_is_seen_and_can_be_forgotten(stack):
    post(stack, "ses", event="bounce", times=2)
    post(stack, "ses", event="complaint", send_id="s9")
    post(stack, "crash", function="WorkFunction", after="sqs.SendMessage")
    post(stack, "fail", service="sqs", times=3)
    post(stack, "calls", host="crm.example", respond=[500, 204])
    planned = {
        "calls": [{"host": "crm.example", "respond": [500, 204]}],
        "ses": [{"event": "bounce"}, {"event": "bounce"}, {"event": "complaint", "send_id": "s9"}],
        "crashes": [{"function": "WorkFunction", "after": "sqs.SendMessage"}],
        "refusals": {"sqs": 3},
    }
    assert stack.request("GET", "/_local/state").json()["planned"] == planned
    nothing = {"ses": [], "calls": [], "crashes": [], "refusals": {}}
    assert stack.request("DELETE", "/_local/planned").json() == nothing
    assert stack.request("GET", "/_local/planned").json() == nothing


def test_an_id_that_no_send_has_is_not_found():
    with Stack.start() as stack:
        reply = post(stack, "ses", event="bounce", send_id="nope")
        assert (reply.status, reply.json()["field"]) == (404, "send_id")
        row = {"send_id": {"S": "to-come"}}
        stack.client("dynamodb").put_item(TableName="SendsTable", Item=row)
        assert post(stack, "ses", event="bounce", send_id="to-come").json()["sent"] is False
        headers = {"authorization": f"Bearer {stack.token('admin')}"}
        made = stack.request("POST", "/v1/keys", json={"kind": "secret", "name": "ours"}, headers=headers).json()
        assert "stay valid" in post(stack, "reset").json()["write_keys"]
        assert stack.post.scripts.state() == []
        assert stack.request("GET", "/v1/keys", headers=headers).json()["items"][0]["name"] == made["name"]
