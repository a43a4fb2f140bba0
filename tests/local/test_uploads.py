import json
from datetime import timedelta

import pytest

from local.emulator.account import ACCOUNT


def address(stack, name="a.csv"):
    return stack.request("POST", "/calls", json={"name": name}).json()["upload"]


def uploads(stack):
    found = stack.client("sqs").receive_message(QueueUrl=stack.queue_url("UploadsQueue"), MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in found.get("Messages", [])]


def test_the_upload_address_leads_to_this_port_and_needs_nothing_but_itself(stack):
    url = address(stack)
    assert url.startswith(f"{stack.base_url}/_local/s3/")
    assert stack.request("PUT", url, body=b"a,b\n1,2\n").status == 200
    bucket = f"filesbucket-{ACCOUNT}"
    assert stack.client("s3").get_object(Bucket=bucket, Key="uploads/a.csv")["Body"].read() == b"a,b\n1,2\n"


def test_an_address_is_good_for_its_time(stack):
    url = address(stack)
    stack.clock.advance(timedelta(seconds=61))
    reply = stack.request("PUT", url, body=b"x")
    assert (reply.status, "expired" in reply.text) == (403, True)


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.partition("?")[0],
        lambda url: url.replace("a.csv", "b.csv"),
        lambda url: url.replace("X-Amz-Expires=60", "X-Amz-Expires=600"),
        lambda url: url[:-1] + ("0" if url[-1] != "0" else "1"),
    ],
)
def test_an_address_that_was_changed_is_worth_nothing(stack, change):
    assert stack.request("PUT", change(address(stack)), body=b"x").status == 403
    assert "Contents" not in stack.client("s3").list_objects_v2(Bucket=f"filesbucket-{ACCOUNT}")


def test_an_upload_is_announced_as_s3_does_it(stack):
    stack.request("PUT", address(stack), body=b"four")
    assert uploads(stack) == []
    stack.settle()
    [event] = uploads(stack)
    assert (event["source"], event["detail-type"]) == ("aws.s3", "Object Created")
    assert event["detail"]["bucket"] == {"name": f"filesbucket-{ACCOUNT}"}
    assert event["detail"]["reason"] == "PutObject"
    found = event["detail"]["object"]
    assert (found["key"], found["size"], len(found["etag"])) == ("uploads/a.csv", 4, 32)


def test_what_the_rule_does_not_ask_for_is_announced_to_nobody(stack):
    stack.client("s3").put_object(Bucket=f"filesbucket-{ACCOUNT}", Key="errors/a.csv", Body=b"x")
    stack.settle()
    assert uploads(stack) == []
