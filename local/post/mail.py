"""A mail that SES has taken."""

from dataclasses import dataclass, field


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
