"""How a row of the ledger moves. Pure: each function gives the conditional update, `Sends.apply` carries it out.

What SES says of a mail moves its row by `mail.feedback.hear`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from shopkeeper import clock
from shopkeeper.mail import ledger
from shopkeeper.mail.ledger import Change, Send

Evidence = Mapping[str, str]
"""What a verdict rests on; it names no address."""

HEARD_WITHIN = timedelta(minutes=60)
"""Of a mail that SES has taken it tells within minutes. What nothing was heard of for as long was not taken, if SES is
heard at all."""

FIRST_LOOK, RAREST_LOOK = timedelta(minutes=2), timedelta(hours=6)
"""At what was queued and has not gone: twice as long each time, so that a full queue is not filled any further."""

_DUE = ("due_shard", "due_at", "queued_at")
_LEASE = ("claim_id", "lease_until")


def claim(
    send: Send, claim_id: str, now: datetime, lease_until: datetime, address_key: str, kept: Mapping[str, str] = {}
) -> Change:
    """ready -> calling, before the call to that address.

    `claim_id` is one delivery's own, so that it knows its own write again. `kept` is what the row keeps of the mail,
    such as where links lead that were made for its recipient alone: written before anybody can click on one. A message
    stays due: nobody else would ever find out that its caller died.
    """
    return Change(
        send_id=send.send_id,
        puts={
            **_state(ledger.CALLING),
            "fence": send.fence + 1,
            "claim_id": claim_id,
            "lease_until": clock.to_text(lease_until),
            "call_started_at": clock.to_text(now),
            "address_key": address_key,
            **kept,
            **send.letter,
        },
        drops=("queued_at", "evidence") if send.is_alone else (*_DUE, "evidence"),
        states=frozenset({ledger.READY}),
        fence=send.fence,
    )


def accept(called: Send, message_id: str, now: datetime) -> Change:
    """calling | unknown -> accepted, on the word of SES's answer to the caller that holds the fence."""
    return Change(
        send_id=called.send_id,
        puts={**_state(ledger.ACCEPTED), "ses_message_id": message_id, "accepted_at": clock.to_text(now)},
        drops=(*_DUE, *_LEASE),
        states=frozenset({ledger.CALLING, ledger.UNKNOWN}),
        fence=called.fence,
    )


def lose(called: Send, shards: int) -> Change:
    """calling -> unknown: the answer got lost, or the caller died. It is shown, and holds up nothing.

    SES tells of each mail that it takes; the clock looks when that is no longer to be expected.
    """
    at = clock.from_text(called.call_started_at) + HEARD_WITHIN
    return Change(
        send_id=called.send_id,
        puts={**_state(ledger.UNKNOWN), **_due(called, at, shards)},
        drops=_LEASE,
        states=frozenset({ledger.CALLING}),
        fence=called.fence,
    )


def release(
    called: Send, until: datetime, shards: int, evidence: Evidence | None = None, refused_at: str = ""
) -> Change:
    """calling -> ready: nothing was accepted, for certain. The clock queues it again at `until`.

    `refused_at` is for a refusal that may lie with this mail, or may not.
    """
    refused = {"refused_at": refused_at} if refused_at else {}
    return Change(
        send_id=called.send_id,
        puts={**_state(ledger.READY), **_due(called, until, shards), **_because(evidence), **refused},
        drops=(*_LEASE, "call_started_at"),
        states=frozenset({ledger.CALLING}),
        fence=called.fence,
    )


def defer(send: Send, until: datetime, shards: int, evidence: Evidence | None = None) -> Change:
    """ready stays ready, and the clock queues it again at `until`. Nobody who has read it before can claim it."""
    puts = {**_due(send, until, shards), **_because(evidence), "fence": send.fence + 1}
    ready = frozenset({ledger.READY})
    return Change(send_id=send.send_id, puts=puts, drops=("queued_at",), states=ready, fence=send.fence)


def watch(send: Send, now: datetime, shards: int) -> Change:
    """ready or calling stays so, and the clock looks at it: at once, or at a call when its lease has run out."""
    at = clock.from_text(send.lease_until) if send.state == ledger.CALLING else now
    return Change(
        send_id=send.send_id,
        puts=_due(send, at, shards),
        states=frozenset({send.state}),
        fence=send.fence,
        expects={"due_at": send.due_at},
    )


def visited(send: Send) -> Change:
    """The clock has done what it was to do; only while the row is as it was then."""
    return Change(send_id=send.send_id, drops=_DUE, states=frozenset({send.state}), fence=send.fence)


def give_up(send: Send, reason: str, now: datetime, evidence: Evidence | None = None) -> Change:
    """ready | calling -> not_sent, by our own verdict. Of a calling row only after a definite no.

    `reason` is `malformed`, `do_not_contact` or `other`, with its detail after a colon.
    """
    return Change(
        send_id=send.send_id,
        puts={
            **_state(ledger.NOT_SENT),
            "reason": reason,
            "failure_source": ledger.LOCAL,
            "not_sent_at": clock.to_text(now),
            **_because(evidence),
        },
        drops=(*_DUE, *_LEASE),
        states=frozenset({send.state}) & ledger.PENDING or frozenset({ledger.READY}),
        fence=send.fence,
    )


def doubt(unknown: Send, until: datetime, shards: int) -> Change:
    """unknown stays so, and the clock looks again at `until`."""
    return Change(
        send_id=unknown.send_id,
        puts=_due(unknown, until, shards),
        states=frozenset({ledger.UNKNOWN}),
        fence=unknown.fence,
    )


def try_again(unknown: Send, now: datetime, shards: int) -> Change:
    """unknown -> ready: SES has not taken it. Its place on the contact is kept; due now, so the clock queues it."""
    return Change(
        send_id=unknown.send_id,
        puts={
            **_state(ledger.READY),
            **_due(unknown, now, shards),
            "fence": unknown.fence + 1,
            "unheard_at": clock.to_text(now),
        },
        drops=(*_LEASE, "call_started_at"),
        states=frozenset({ledger.UNKNOWN}),
        fence=unknown.fence,
    )


def forgo(unknown: Send, reason: str, now: datetime) -> Change:
    """unknown -> not_sent. Its place on the contact is kept: who may have had a mail is not written to the more."""
    at = clock.to_text(now)
    verdict = {"reason": reason, "failure_source": ledger.LOCAL, "not_sent_at": at, "unheard_at": at}
    return Change(
        send_id=unknown.send_id,
        puts={**_state(ledger.NOT_SENT), **verdict},
        drops=(*_DUE, *_LEASE),
        states=frozenset({ledger.UNKNOWN}),
        fence=unknown.fence,
    )


def queued(send: Send, now: datetime, shards: int) -> Change:
    """ready stays ready and may go at once; the clock looks again whether it has."""
    waited = now - clock.from_text(send.queued_at) if send.queued_at else timedelta()
    next_look = now + min(max(2 * waited, FIRST_LOOK), RAREST_LOOK)
    return Change(
        send_id=send.send_id,
        puts={**_due(send, next_look, shards), "queued_at": clock.to_text(now)},
        states=frozenset({ledger.READY}),
        fence=send.fence,
    )


@dataclass(frozen=True, slots=True)
class Visit:
    """What the clock, or a launch that watches its rows, has to do: first `queue` the send, then apply `then`."""

    queue: bool = False
    then: Change | None = None


def visit(send: Send, now: datetime, shards: int) -> Visit:
    """For a row that is due, read again: a deferred send is queued, a call whose caller died is unknown."""
    instant = clock.to_text(now)
    if is_stuck(send, now):
        return Visit(then=lose(send, shards))
    if not send.due_at or send.due_at > instant:
        return Visit()
    return Visit(queue=send.state == ledger.READY, then=_looked_at(send, now, shards))


def _looked_at(send: Send, now: datetime, shards: int) -> Change:
    """The clock comes back to a message until it has gone; to the others their launches do."""
    if not send.is_alone or send.state not in ledger.PENDING:
        return visited(send)
    return queued(send, now, shards) if send.state == ledger.READY else watch(send, now, shards)


def is_stuck(send: Send, now: datetime) -> bool:
    """Its caller is gone: a lease outlasts every function."""
    return send.state == ledger.CALLING and send.lease_until <= clock.to_text(now)


def has_expired(send: Send, now: datetime) -> bool:
    return bool(send.expires_at) and send.expires_at <= clock.to_text(now)


def is_deferred(send: Send, now: datetime) -> bool:
    return not send.queued_at and send.state == ledger.READY and send.due_at > clock.to_text(now)


def wants_delivery(send: Send, now: datetime) -> bool:
    """For a launch that watches: queue these again, whatever became of their messages. Once too often does no harm."""
    return is_stuck(send, now) or (send.state == ledger.READY and not is_deferred(send, now))


def _state(state: str) -> dict[str, ledger.Value]:
    return {"state": state, "rank": ledger.RANKS[state]}


def _because(evidence: Evidence | None) -> dict[str, ledger.Value]:
    """Why it waits, or will not be sent. The next claim takes it away."""
    return {"evidence": json.dumps(evidence, ensure_ascii=False)} if evidence else {}


def _due(send: Send, at: datetime, shards: int) -> dict[str, ledger.Value]:
    return {"due_shard": ledger.due_shard(send.send_id, shards), "due_at": clock.to_text(at)}
