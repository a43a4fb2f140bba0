"""What an answer of SES to one call means: was the mail accepted, and what is to be done. The table is data.

Accepted is only what SES says so. Where it is not certain, the send is unknown, and no second call is made for it.
"""

import re
from dataclasses import dataclass
from typing import Literal

from shopkeeper.mail.ledger import MALFORMED, OTHER

NO_CONNECTION = "NoConnection"
"""Nobody could be reached, so nothing was asked."""
NO_ANSWER = "NoAnswer"
"""The request may have been read; what became of it is not known."""
NOT_ASKED = "NotAsked"
"""The call was never made: the request was not in order, or there was nothing to sign it with."""

Sense = Literal["accepted", "again", "never", "unknown"]


@dataclass(frozen=True, slots=True)
class Answer:
    """Either a `message_id`, or the `code` of an error, what it says, and the HTTP status (0 without an answer)."""

    message_id: str = ""
    code: str = ""
    says: str = ""
    status: int = 0


@dataclass(frozen=True, slots=True)
class Meaning:
    """`again` after some seconds between the two of `wait`; `never` for a `reason`. `alarm` is for an operator."""

    sense: Sense
    reason: str = ""
    wait: tuple[int, int] = (0, 0)
    alarm: str = ""


ACCEPTED = Meaning("accepted")
UNKNOWN = Meaning("unknown")
_SOON = Meaning("again", wait=(1, 60))
_FULL = Meaning("again", wait=(3600, 5400), alarm="daily_quota")
_FAULT = Meaning("again", wait=(900, 1200), alarm="configuration")
_STOPPED = Meaning("again", wait=(3600, 5400), alarm="suspended")

_ADDRESS = r"Missing final '@domain'|Illegal address|Missing domain|Local address contains|Domain contains"

# The first rule whose code and text are found decides. Of an empty text all are found.
_RULES: tuple[tuple[str, str, Meaning], ...] = (
    (rf"{NO_CONNECTION}", "", _SOON),
    (rf"{NO_ANSWER}", "", UNKNOWN),
    (rf"{NOT_ASKED}", "", _FAULT),
    ("TooManyRequests.*|Throttl.*|LimitExceeded.*", "[Dd]aily message quota exceeded", _FULL),
    ("TooManyRequests.*|Throttl.*", "", _SOON),
    ("LimitExceeded.*", "", Meaning("again", wait=(1, 60), alarm="limit")),
    ("BadRequest.*", _ADDRESS, Meaning("never", f"{MALFORMED}:refused")),
    ("BadRequest.*", "", Meaning("never", f"{OTHER}:refused", alarm="refused")),
    ("MessageRejected", "not verified", _FAULT),
    ("MessageRejected", "", Meaning("never", f"{OTHER}:content")),
    ("MailFromDomainNotVerified.*|NotFound.*", "", _FAULT),
    ("AccountSuspended.*|SendingPaused.*", "", _STOPPED),
)
_UNANSWERED = 408


def meaning(answer: Answer) -> Meaning:
    """A server that fails may have accepted first; a refusal that we do not know is a fault of ours, and waits."""
    if answer.message_id:
        return ACCEPTED
    if answer.status >= 500 or answer.status == _UNANSWERED:
        return UNKNOWN
    for code, says, meant in _RULES:
        if re.fullmatch(code, answer.code) and re.search(says, answer.says):
            return meant
    return _FAULT if 400 <= answer.status < 500 else UNKNOWN
