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
    """`again` after some seconds between the two of `wait`; `never` for a `reason`. `alarm` is for an operator.

    What does not lie with the recipient would meet all other mails of the activity: it is held for `holds` seconds.
    It `slows` all letters down where it was only too fast.
    A `reason` of `again` is for a mail that is refused once more after SES has taken others: it lies with that mail.
    """

    sense: Sense
    reason: str = ""
    wait: tuple[int, int] = (0, 0)
    alarm: str = ""
    holds: int = 0
    slows: bool = False


ACCEPTED = Meaning("accepted")
UNKNOWN = Meaning("unknown")
_SOON = Meaning("again", wait=(1, 60))
_FULL = Meaning("again", wait=(3600, 5400), alarm="daily_quota", holds=3600)
_STOPPED = Meaning("again", wait=(3600, 5400), alarm="suspended", holds=3600)
_FAULT = Meaning("again", wait=(900, 1800), alarm="configuration", holds=900)
# Much longer than the hold, so that others try before it: their going is what shows whether it lies with the mail.
_DOUBT = Meaning("again", f"{OTHER}:refused", wait=(2700, 3600), alarm="refused", holds=900)

# Forms of an address, and nothing else. That of the sender has passed our own check when its brand was saved.
_ADDRESS = (
    "Missing final '@domain'|Missing domain|Missing local name|Illegal address|Invalid email address"
    "|(Local address|Domain) (contains|starts|ends)"
)
_STANDSTILL = r"(?i)\bsending\b.*\b(paused|suspended)\b"

# The first rule whose code and text are found decides. Of an empty text all are found.
_RULES: tuple[tuple[str, str, Meaning], ...] = (
    (rf"{NO_CONNECTION}", "", _SOON),
    (rf"{NO_ANSWER}", "", UNKNOWN),
    (rf"{NOT_ASKED}", "", _FAULT),
    ("TooManyRequests.*|Throttl.*|LimitExceeded.*", "[Dd]aily message quota exceeded", _FULL),
    ("TooManyRequests.*|Throttl.*", "", Meaning("again", wait=(1, 60), slows=True)),
    ("LimitExceeded.*", "", Meaning("again", wait=(1, 60), alarm="limit", slows=True)),
    ("BadRequest.*", _ADDRESS, Meaning("never", f"{MALFORMED}:refused")),
    ("MessageRejected", "not verified", _FAULT),
    ("MessageRejected", _STANDSTILL, _STOPPED),
    ("BadRequest.*|MessageRejected", "", _DOUBT),
    ("MailFromDomainNotVerified.*|NotFound.*", "", _FAULT),
    (".*Suspended.*|.*SendingPaused.*", "", _STOPPED),
)
_UNANSWERED = 408
_SOMEBODY = re.compile(r"\S*@\S*")
_MOST_SAID = 200


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


def told(answer: Answer) -> str:
    """For whoever has to mend it: what SES said, without any address, which must stand in no log."""
    return _SOMEBODY.sub("…", f"{answer.code}: {answer.says}".removesuffix(": "))[:_MOST_SAID]
