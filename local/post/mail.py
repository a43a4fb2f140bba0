"""A mail that SES has taken."""

from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast


@dataclass(slots=True)
class Mail:
    """`at` is in seconds since 1970; `told` grows by each event that was passed on."""

    message_id: str
    at: float
    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    tags: dict[str, str]
    configuration_set: str | None
    told: list[str] = field(default_factory=list)

    @property
    def send_id(self) -> str | None:
        return self.tags.get("send_id")

    def parsed(self) -> EmailMessage:
        return cast(EmailMessage, message_from_bytes(self.raw, policy=default))
