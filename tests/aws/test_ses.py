"""What SES answers, as its documentation and the SDK have it, and what each answer means."""

from dataclasses import replace

import pytest
from botocore import exceptions
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from shopkeeper.aws import ses
from shopkeeper.aws.ses import Ses
from shopkeeper.campaign import settle
from shopkeeper.mail import answers
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
        (refused("BadRequestException", "Too many tags"), "again", "other:refused"),
        (refused("MessageRejected", "Email address is not verified."), "again", ""),
        (refused("MessageRejected", "Sending paused for this account. For more information, ..."), "again", ""),
        (refused("MessageRejected", "Email contains a virus"), "again", "other:refused"),
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


@pytest.mark.parametrize(
    ("outcome", "alarm", "holds"),
    [
        (refused("TooManyRequestsException", "Daily message quota exceeded.", 429), "daily_quota", 3600),
        (refused("LimitExceededException", "Daily message quota exceeded."), "daily_quota", 3600),
        (refused("AccountSuspendedException"), "suspended", 3600),
        (refused("SendingPausedException"), "suspended", 3600),
        (refused("AccountSendingPausedException"), "suspended", 3600),
        (refused("ConfigurationSetSendingPausedException"), "suspended", 3600),
        (refused("MessageRejected", "Sending suspended for this account."), "suspended", 3600),
        (refused("MessageRejected", "Email sending for the account is paused."), "suspended", 3600),
        (refused("MailFromDomainNotVerifiedException"), "configuration", 900),
        (
            refused("MessageRejected", "Email address is not verified. The following failed: a@b.example"),
            "configuration",
            900,
        ),
        (refused("NotFoundException", "Configuration set <mail> does not exist.", 404), "configuration", 900),
        (refused("AccessDeniedException", status=403), "configuration", 900),
        (refused("NeverSeen", "What?", 418), "configuration", 900),
        (exceptions.NoCredentialsError(), "configuration", 900),
        (refused("BadRequestException", "Too many tags"), "refused", 900),
        (refused("BadRequestException"), "refused", 900),
        (refused("MessageRejected", "Email contains a virus"), "refused", 900),
        (refused("LimitExceededException"), "limit", 0),
        (refused("TooManyRequestsException", "Maximum sending rate exceeded.", 429), "", 0),
        (refused("BadRequestException", "Missing final '@domain'"), "", 0),
    ],
)
def test_what_does_not_lie_with_the_recipient_calls_somebody_and_holds_the_activity(outcome, alarm, holds):
    found = sense(outcome)

    assert (found.alarm, found.holds) == (alarm, holds)
    assert found.wait[0] >= holds


@pytest.mark.parametrize(
    "says",
    [
        "Missing final '@domain'",
        "Missing domain",
        "Missing local name",
        "Illegal address",
        "Invalid email address <jo>.",
        "Local address starts with dot",
        "Local address contains dot-dot",
        "Domain ends with dot",
        "Domain contains illegal character",
    ],
)
def test_a_form_of_an_address_is_final_for_its_recipient_alone(says):
    found = sense(refused("BadRequestException", says))

    assert (found.sense, found.reason, found.alarm, found.holds) == ("never", "malformed:refused", "", 0)


def test_a_mail_in_doubt_is_tried_again_only_after_others_have_had_their_turn():
    """A hold, and then the longest time until the launch looks at its rows again."""
    doubt = sense(refused("BadRequestException", "Too many tags"))

    assert doubt.wait[0] >= doubt.holds + max(settle.WAIT, *settle.FIRST_WAITS) + 600


def test_what_ses_says_is_told_without_any_address():
    said = "Email address is not verified. The following failed: Jo@Example.com, arn:aws:ses:x:identity/a@b.example"

    assert answers.told(Answer(code="MessageRejected", says=said)) == (
        "MessageRejected: Email address is not verified. The following failed: … …"
    )
    assert answers.told(Answer(code="NotAsked", says="NoCredentialsError")) == "NotAsked: NoCredentialsError"
    assert answers.told(Answer(code="AccessDenied")) == "AccessDenied"
    assert len(answers.told(Answer(code="x", says="y" * 5000))) == 200


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


@pytest.mark.parametrize(
    ("labels", "tags"),
    [
        (("campaign-spring", "shop"), {"ses:feedback-id-a": "campaign-spring", "ses:feedback-id-b": "shop"}),
        (("", "shop"), {"ses:feedback-id-b": "shop"}),
    ],
)
def test_a_call_names_what_the_mail_belongs_to_for_the_feedback_id(labels, tags):
    client = Scripted({"MessageId": "m-1"})

    Ses(client, "mail").send(replace(MAIL, labels=labels))

    given = {tag["Name"]: tag["Value"] for tag in client.asked[0]["EmailTags"]}
    assert given == {"send_id": MAIL.send_id} | tags


def test_the_client_tries_once_and_does_not_wait_for_ever():
    assert ses.ONCE.retries == {"mode": "standard", "total_max_attempts": 1}
    assert (ses.ONCE.connect_timeout, ses.ONCE.read_timeout) == (2, 8)
