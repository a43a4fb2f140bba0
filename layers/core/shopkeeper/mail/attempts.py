"""One more attempt of a send that was malformed, once its customer has an address that takes mail.

The row is ready again and so is looked at anew, vetoes and all. What the attempt before came to is kept in `earlier`;
what SES still says of that one's mail moves the row no more.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from shopkeeper import clock
from shopkeeper.customer.addresses import address_key, normal_address
from shopkeeper.mail import addresses, ledger, moves
from shopkeeper.mail.errors import MalformedError
from shopkeeper.mail.ledger import Change, Send

MOST = 10
"""A row keeps what each of them came to."""

LETS_GO = timedelta(minutes=2)
"""Until then it waits: whoever had it in hands before has let go of it, and of its place on the contact."""

_REFUSED = f"{ledger.MALFORMED}:refused"
_KEPT = ("reason", "evidence", "failure_source", "not_sent_at", "address_key", "ses_message_id", "accepted_at")
_OF_THE_CALL = ("claim_id", "lease_until", "call_started_at", "refused_at", "unheard_at", "delayed_at", "queued_at")


def is_malformed(send: Send) -> bool:
    return send.state == ledger.NOT_SENT and send.reason.partition(":")[0] == ledger.MALFORMED


def is_under_way(send: Send) -> bool:
    """It was resubmitted, and nothing has come of that yet."""
    return send.attempt > 1 and send.state in ledger.PENDING


def objection(send: Send, address: str, now: datetime, *, is_blocked: bool) -> str:
    """Why another attempt would come to nothing, "" if it may. `address` is where the customer's mail goes by now."""
    if not is_malformed(send):
        return "It is not malformed, or not any more."
    if moves.has_expired(send, now):
        return "Its letter has expired."
    if send.attempt >= MOST:
        return f"It was tried {MOST} times."
    try:
        addresses.check(address)
    except MalformedError as problem:
        return f"The customer has no address that takes mail: {problem.reason}."
    if send.reason == _REFUSED and address_key(normal_address(address)) == send.address_key:
        return "The customer's address is still the one that was refused."
    return "Nothing may be sent to the customer's address." if is_blocked else ""


def resubmit(malformed: Send, now: datetime, shards: int) -> Change:
    """not_sent (malformed) -> ready. The clock queues it."""
    kept = {name: value for name in _KEPT if (value := getattr(malformed, name))}
    return Change(
        send_id=malformed.send_id,
        puts={
            "state": ledger.READY,
            "rank": ledger.RANKS[ledger.READY],
            "attempt": malformed.attempt + 1,
            "earlier": json.dumps([*earlier(malformed), kept]),
            "fence": malformed.fence + 1,
            "due_shard": ledger.due_shard(malformed.send_id, shards),
            "due_at": clock.to_text(now + LETS_GO),
        },
        drops=(*_KEPT, *_OF_THE_CALL),
        states=frozenset({ledger.NOT_SENT}),
        fence=malformed.fence,
        expects={"reason": malformed.reason, "attempt": malformed.attempt},
    )


def earlier(send: Send) -> list[Mapping[str, str]]:
    """What each attempt before this one came to, the first one first."""
    found: list[Mapping[str, str]] = json.loads(send.earlier) if send.earlier else []
    return found


def spoken_of(send: Send, ses_message_id: str) -> Send:
    """The row with the address of the attempt that had this mail."""
    before = _of_mail(send, ses_message_id)
    return send if before is None else replace(send, address_key=before.get("address_key", ""))


def is_past(send: Send, ses_message_id: str) -> bool:
    """The mail is that of an attempt that has come to its end."""
    return _of_mail(send, ses_message_id) is not None


def _of_mail(send: Send, ses_message_id: str) -> Mapping[str, str] | None:
    return next((each for each in earlier(send) if each.get("ses_message_id") == ses_message_id), None)
