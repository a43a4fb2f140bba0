"""What becomes of a mail: which events SES tells of it, and how long after it took the mail."""

from collections.abc import Mapping
from typing import NamedTuple

from local.post import events
from local.post.events import Event
from local.post.mail import Mail

_HOUR_S = 3600


class Chapter(NamedTuple):
    kind: str
    part: Event
    after_s: float = 0.0


_SEND = Chapter("Send", {})
_DELIVERY = Chapter("Delivery", events.delivery())
_BOUNCE = Chapter("Bounce", events.bounce("Permanent", "General", "5.1.1", "smtp; 550 5.1.1 user unknown"))
_SOFT = Chapter("Bounce", events.bounce("Transient", "MailboxFull", "4.2.2", "smtp; 452 4.2.2 The mailbox is full"))
_COMPLAINT = Chapter("Complaint", events.complaint())
_DELAY = Chapter("DeliveryDelay", events.delay())
_REJECT = Chapter("Reject", {"reason": "Bad content"})
_LISTED = "Amazon SES did not send the message to this address because it is on the suppression list for your account"

LATER: Mapping[str, list[Chapter]] = {
    "delivery": [_DELIVERY],
    "bounce": [_BOUNCE],
    "soft_bounce": [_SOFT],
    "complaint": [_COMPLAINT],
    "delay": [_DELAY, _DELIVERY._replace(after_s=_HOUR_S)],
    "reject": [_REJECT],
}
"""What may still become of a mail that was sent."""

FATES: Mapping[str, list[Chapter]] = {
    **{fate: [_SEND, *chapters] for fate, chapters in LATER.items()},
    "complaint": [_SEND, _DELIVERY, _COMPLAINT],
    "lost_event": [],
    "suppressed": [_SEND, Chapter("Bounce", events.bounce("Permanent", "OnAccountSuppressionList", "5.1.1", _LISTED))],
    "suppressed_by_ses": [_SEND, Chapter("Bounce", events.bounce("Permanent", "Suppressed", "5.1.1", _LISTED))],
}

SIMULATOR = "simulator.amazonses.com"
_SIMULATED = {"bounce": "bounce", "complaint": "complaint", "suppressionlist": "suppressed_by_ses"}


def simulated(mail: Mail) -> str | None:
    """What the address stands for, where it is one of the simulator. Labels count for nothing."""
    local, _, domain = mail.recipients[0].lower().partition("@")
    return _SIMULATED.get(local.partition("+")[0], "delivery") if domain == SIMULATOR else None
