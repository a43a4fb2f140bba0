"""What SES answers, as its documentation and the SDK have it, and what each answer means."""

import pytest
from botocore import exceptions
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from shopkeeper.aws import ses
from shopkeeper.aws.ses import Ses
from shopkeeper.mail.answers import Answer, meaning
from shopkeeper.mail.ports import Mail

MAIL = Mail("b3241eed-65dc-5fa7-946c-1ae390d185e5", "news@shop.example", "jo@example.com", b"raw")


class Scripted:
    """SES that does one thing, and keeps what it was asked."""

    def __init__(self, outcome):
        self.outcome, self.asked = outcome, []

    def send_email(self, **request):
        self.asked.append(request)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def refused(code, says="", status=400):
    return ClientError(
        {"Error": {"Code": code, "Message": says}, "ResponseMetadata": {"HTTPStatusCode": status}}, "SendEmail"
    )


def sense(outcome):
    return meaning(Ses(Scripted(outcome), "mail").send(MAIL))


@pytest.mark.parametrize(
    ("outcome", "expected", "reason"),
    [
        ({"MessageId": "m-1"}, "accepted", ""),
        ({}, "unknown", ""),
        (exceptions.EndpointConnectionError(endpoint_url="x"), "again", ""),
        (exceptions.ConnectTimeoutError(endpoint_url="x"), "again", ""),
        (exceptions.NoCredentialsError(), "again", ""),
        (exceptions.ParamValidationError(report="x"), "again", ""),
        (exceptions.ReadTimeoutError(endpoint_url="x"), "unknown", ""),
        (exceptions.ConnectionClosedError(endpoint_url="x"), "unknown", ""),
        (exceptions.SSLError(endpoint_url="x", error="x"), "unknown", ""),
        (exceptions.HTTPClientError(error="x"), "unknown", ""),
        (ResponseParserError("x"), "unknown", ""),
        (refused("TooManyRequestsException", "Maximum sending rate exceeded.", 429), "again", ""),
        (refused("ThrottlingException", "Rate exceeded"), "again", ""),
        (refused("LimitExceededException"), "again", ""),
        (refused("BadRequestException", "Missing final '@domain'"), "never", "malformed:refused"),
        (refused("BadRequestException", "Local address contains control or whitespace"), "never", "malformed:refused"),
        (refused("BadRequestException", "Too many tags"), "never", "other:refused"),
        (refused("MessageRejected", "Email address is not verified."), "again", ""),
        (refused("MessageRejected", "Email contains a virus"), "never", "other:content"),
        (refused("MailFromDomainNotVerifiedException"), "again", ""),
        (refused("NotFoundException", "Configuration set <mail> does not exist.", 404), "again", ""),
        (refused("AccountSuspendedException"), "again", ""),
        (refused("SendingPausedException"), "again", ""),
        (refused("AccessDeniedException", status=403), "again", ""),
        (refused("ExpiredTokenException", status=403), "again", ""),
        (refused("InternalFailure", status=500), "unknown", ""),
        (refused("ThrottlingException", status=503), "unknown", ""),
        (refused("RequestTimeout", status=408), "unknown", ""),
        (refused("NeverSeen", status=0), "unknown", ""),
    ],
)
def test_only_what_is_certain_is_taken_for_a_yes_or_a_no(outcome, expected, reason):
    found = sense(outcome)

    assert (found.sense, found.reason) == (expected, reason)
    assert (found.wait > (0, 0)) == (expected == "again")


def test_a_full_day_a_fault_of_ours_and_a_stop_wait_longer_and_call_somebody():
    codes = {
        "daily_quota": refused("TooManyRequestsException", "Daily message quota exceeded.", 429),
        "configuration": refused("MailFromDomainNotVerifiedException"),
        "suspended": refused("AccountSuspendedException"),
    }

    for alarm, outcome in codes.items():
        found = sense(outcome)
        assert (found.alarm, found.wait[0] >= 900) == (alarm, True)


def test_a_throttled_mail_waits_a_minute_at_most():
    assert meaning(Answer(code="TooManyRequestsException", says="Maximum sending rate exceeded.")).wait == (1, 60)


def test_a_call_names_one_recipient_the_send_and_the_configuration_set():
    client = Scripted({"MessageId": "m-1"})

    assert Ses(client, "mail").send(MAIL) == Answer(message_id="m-1")

    assert client.asked == [
        {
            "FromEmailAddress": "news@shop.example",
            "Destination": {"ToAddresses": ["jo@example.com"]},
            "Content": {"Raw": {"Data": b"raw"}},
            "EmailTags": [{"Name": "send_id", "Value": MAIL.send_id}],
            "ConfigurationSetName": "mail",
        }
    ]


def test_the_client_tries_once_and_does_not_wait_for_ever():
    assert ses.ONCE.retries == {"mode": "standard", "total_max_attempts": 1}
    assert (ses.ONCE.connect_timeout, ses.ONCE.read_timeout) == (2, 8)
