"""What SES refuses, and how a call of it can go wrong."""

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

from local.faults import FAULTS, Crash
from tests.local.postbag import heard, kinds, script, send


@pytest.mark.parametrize(
    ("recipient", "words"),
    [
        ("jo", "Missing final '@domain'"),
        ("", "Missing final '@domain'"),
        ("@customers.example", "Illegal address"),
        ("jo@", "Missing domain"),
        ("jo doe@customers.example", "Local address contains control or whitespace"),
        ("jö@customers.example", "Local address contains illegal character"),
        ("j..o@customers.example", "Local address contains dot-dot"),
        ("jo@münchen.example", "Domain contains illegal character"),
        ("jo@cust omers.example", "Domain contains control or whitespace"),
        ("jo@customers..example", "Domain contains dot-dot"),
        ("jo@@customers.example", "Local address contains illegal character"),
    ],
)
def test_an_address_that_cannot_be_is_refused_in_the_words_of_ses(stack, recipient, words):
    with pytest.raises(ClientError, match=words) as refused:
        send(stack, recipient)
    assert refused.value.response["Error"]["Code"] == "BadRequestException"
    assert stack.state()["outbox"] == 0


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"ConfigurationSetName": "none"}, "NotFoundException"),
        ({"EmailTags": [{"Name": "send_id", "Value": "a:b"}]}, "BadRequestException"),
        ({"EmailTags": [{"Name": "ses:feedback-id-a", "Value": "a.b"}]}, "BadRequestException"),
        ({"EmailTags": [{"Name": "ses:else", "Value": "a"}]}, "BadRequestException"),
        ({"Destination": {"ToAddresses": [f"a{n}@x.example" for n in range(51)]}}, "BadRequestException"),
        ({"Destination": {}}, "BadRequestException"),
        ({"FromEmailAddress": "news"}, "BadRequestException"),
        ({"Content": {"Raw": {"Data": b"From: a@b.example\n\n" + b"x" * 999}}}, "MessageRejected"),
        ({"Content": {"Simple": {"Subject": {"Data": "x"}, "Body": {}}}}, "BadRequestException"),
    ],
)
def test_what_ses_would_refuse_is_refused(stack, changed, code):
    with pytest.raises(ClientError) as refused:
        send(stack, **changed)
    assert refused.value.response["Error"]["Code"] == code
    assert (stack.state()["outbox"], heard(stack)) == (0, [])


@pytest.fixture
def ses(stack, monkeypatch):
    """As the product makes its client: no hidden retries."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", stack.base_url)
    return boto3.client("sesv2", config=Config(retries={"total_max_attempts": 1}))


def test_a_throttled_call_sends_nothing(stack, ses):
    script(stack, event="throttle", times=2)
    for _ in range(2):
        with pytest.raises(ses.exceptions.TooManyRequestsException, match="Maximum sending rate exceeded"):
            send(stack, ses=ses)
    assert (stack.state()["outbox"], heard(stack)) == (0, [])
    assert send(stack, ses=ses)


def test_a_lost_response_leaves_a_mail_that_was_sent(stack, ses):
    script(stack, event="lost_response")
    with pytest.raises(ReadTimeoutError):
        send(stack, ses=ses)
    assert stack.state()["outbox"] == 1
    assert kinds(stack) == ["Send", "Delivery"]


def test_an_answer_and_the_events_of_one_mail_can_both_be_lost(stack, ses):
    script(stack, event="lost_response")
    script(stack, event="lost_event")
    with pytest.raises(ReadTimeoutError):
        send(stack, ses=ses)
    assert (stack.state()["outbox"], heard(stack)) == (1, [])


def test_a_client_that_tries_again_after_a_lost_response_sends_twice(stack):
    script(stack, event="lost_response")
    send(stack)
    assert stack.state()["outbox"] == 2


@pytest.mark.parametrize("name", ["sesv2", "ses"])
def test_ses_can_be_down_by_either_of_its_names(stack, ses, name):
    assert stack.request("POST", "/_local/fail", json={"service": name, "times": 1}).status == 200
    with pytest.raises(ClientError, match="as asked for"):
        send(stack, ses=ses)
    assert stack.state()["outbox"] == 0


def test_a_handler_can_die_right_after_a_mail_was_sent(stack, ses):
    wish = {"function": "EchoFunction", "after": "ses.SendEmail"}
    assert stack.request("POST", "/_local/crash", json=wish).status == 200
    with FAULTS.watch() as calls, FAULTS.inside("EchoFunction"), pytest.raises(Crash):
        send(stack, ses=ses)
    assert [(call.name, call.resources) for call in calls] == [("sesv2.SendEmail", ("mini",))]
    assert stack.state()["outbox"] == 1
