"""Amazon SES: one mail to one recipient in one call that is never repeated."""

import os
from datetime import datetime
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)

from shopkeeper import clock
from shopkeeper.aws.clients import Unavailable, outages_named
from shopkeeper.mail import answers, canaries
from shopkeeper.mail.account import Account
from shopkeeper.mail.answers import Answer
from shopkeeper.mail.ports import TEST_TAG, Mail

# SendEmail knows no idempotency: a hidden retry after a lost answer would be a second mail.
ONCE = Config(
    connect_timeout=2,
    read_timeout=8,
    retries={"mode": "standard", "total_max_attempts": 1},
    tcp_keepalive=True,
)
_FEEDBACK = ("ses:feedback-id-a", "ses:feedback-id-b")
_NOT_ASKED = (ParamValidationError, NoCredentialsError, PartialCredentialsError, CredentialRetrievalError)


@cache
def _client() -> Any:
    return boto3.client("sesv2", config=ONCE)


class Ses:
    def __init__(self, sesv2: Any, configuration_set: str) -> None:
        self._sesv2 = sesv2
        self._configuration_set = configuration_set

    @classmethod
    def from_env(cls) -> "Ses":
        return cls(_client(), os.environ["CONFIGURATION_SET"])

    def send(self, mail: Mail) -> Answer:
        """Never raises for what SES or the network does. What cannot be read to its end is no answer."""
        try:
            answer = self._sesv2.send_email(
                FromEmailAddress=mail.sender,
                Destination={"ToAddresses": [mail.recipient]},
                Content={"Raw": {"Data": mail.raw}},
                EmailTags=_tags(mail),
                ConfigurationSetName=self._configuration_set,
            )
        except ClientError as error:
            return _refusal(error)
        except (EndpointConnectionError, ConnectTimeoutError) as error:
            return Answer(code=answers.NO_CONNECTION, says=type(error).__name__)
        except _NOT_ASKED as error:
            return Answer(code=answers.NOT_ASKED, says=type(error).__name__)
        except Exception as error:  # Of any kind: over an answer that is cut off or no JSON the SDK falls in many ways.
            return Answer(code=answers.NO_ANSWER, says=type(error).__name__)
        message_id = answer.get("MessageId")
        if not (isinstance(message_id, str) and message_id):
            return Answer(code=answers.NO_ANSWER, says="NoMessageId")
        return Answer(message_id=message_id)


def account(now: datetime) -> Account:
    """What SES says of the account. Raises Unavailable."""
    try:
        with outages_named():
            said = _client().get_account()
    except ClientError as error:
        if not error.response["Error"]["Code"].startswith("TooManyRequests"):
            raise
        raise Unavailable("TooManyRequests") from None
    quota = said["SendQuota"]
    return Account(
        read_at=clock.to_text(now),
        most_a_day=quota["Max24HourSend"],
        most_a_second=quota["MaxSendRate"],
        sent=quota["SentLast24Hours"],
        sandbox=not said["ProductionAccessEnabled"],
        sending=said["SendingEnabled"],
        enforcement=said["EnforcementStatus"],
    )


def _tags(mail: Mail) -> list[dict[str, str]]:
    """SES writes the labels into Feedback-ID, by which Gmail counts complaints in its Postmaster Tools."""
    labels = [(name, label) for name, label in zip(_FEEDBACK, mail.labels, strict=False) if label]
    others = {canaries.TAG: mail.canary, TEST_TAG: mail.test}
    whose = next(((tag, name) for tag, name in others.items() if name), ("send_id", mail.send_id))
    return [{"Name": name, "Value": value} for name, value in [whose, *labels]]


def _refusal(error: ClientError) -> Answer:
    said = error.response.get("Error", {})
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    return Answer(code=said.get("Code", ""), says=said.get("Message", ""), status=status)
