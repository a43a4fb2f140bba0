"""A look at what a campaign would come to, before it is launched."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

from typing_extensions import TypedDict

from shopkeeper import zones
from shopkeeper.api import rules
from shopkeeper.api.calls import Call, found
from shopkeeper.api.going_out import room
from shopkeeper.api.roles import ADMIN, MARKETER
from shopkeeper.campaign import by_hand, calendar, estimate, freeze
from shopkeeper.campaign.estimate import Found, Verdict
from shopkeeper.campaign.launch import Launch
from shopkeeper.campaign.pinning import Pinner, Wish
from shopkeeper.clock import Clock
from shopkeeper.customer.document import Customer
from shopkeeper.mail import facts, ledger, timing, vetoes
from shopkeeper.mail.look import Look
from shopkeeper.mail.policies import Policies
from shopkeeper.mail.state import MailState
from shopkeeper.mail.timing import Wait
from shopkeeper.segment.estimates import Size
from shopkeeper.segment.references import no_segments

__all__ = ["room"]
LOOKS_FOR = timedelta(seconds=10)
"""For customers; those who are judged then take some more, and the gateway waits for half a minute."""


class Recipients(TypedDict):
    about: int
    low: int
    high: int


class EstimateView(TypedDict):
    """`recipients` are those of the `audience` whom no veto keeps from it as things stand now, `not_sent` why the
    others would not be written to, and about how many each; of `judged` customers of the audience every veto was asked.
    Beyond `most` and `budget` of the campaign they are `other:limit` and `other:budget`.
    `waiting` are those of the recipients who would get it later, by what they wait for: `capped` until there is room
    under a cap.

    `minutes` are from its first mail to its last at the account's quota and rate, and its own; null while neither is
    known, and without the time for which anybody waits. `dollars` are for SES and for what is written.
    `needs_approval`: by the campaign itself, or by the policy if the audience is as large as it may be.
    """

    version: int
    audience: Size
    recipients: Recipients
    not_sent: dict[str, int]
    waiting: dict[str, int]
    judged: int
    minutes: int | None
    dollars: str
    needs_approval: bool


@room.post("/v1/campaigns/{id}/estimate", groups=(MARKETER, ADMIN))
def read_estimate(call: Call) -> EstimateView:
    """Estimate what launching a campaign now would come to: whom it writes to, for how long, at which price.

    Nothing is kept of it. Where there is no time to ask all customers, those of slices that are drawn at random stand
    for all; what cannot be known before a letter is made is not in it.
    """
    campaign = found(call.aws.definitions.newest("campaign", call.path["id"]), "campaign")
    segments = rules.ready(call) if "in_segment" in campaign.content else no_segments
    pinner = Pinner(
        campaign.id, campaign.number, call.aws.definitions, segments, Wish(), timedelta(), call.now, call.aws.zone
    )
    zone, draw = zones.zone(call.aws.zone), Random(call.request_id)  # noqa: S311 - a sample, no secret.
    wall_at = calendar.to_text(call.now.astimezone(zone))
    launch = by_hand.planned(campaign.id, pinner.pins(), call.now, call.now, wall_at=wall_at)
    state = call.aws.mail_states.read()
    looked = estimate.look(
        call.aws.customers, lambda: Found(launch, call.now, zone, draw), _judge(call, launch, state), _spent(call)
    )
    looked = estimate.limited(looked, launch.pins.flow)
    takes = estimate.duration(looked.recipients.about, launch.pins.flow, state.account)
    return {
        "version": campaign.number,
        "audience": looked.audience,
        "recipients": {"about": looked.recipients.about, "low": looked.recipients.low, "high": looked.recipients.high},
        "not_sent": dict(looked.reasons),
        "waiting": dict(looked.waiting),
        "judged": looked.judged,
        "minutes": None if takes is None else -(-int(takes.total_seconds()) // 60),
        "dollars": estimate.dollars(looked.recipients.about),
        "needs_approval": launch.pins.needs_approval or _is_large(launch, looked.audience),
    }


def _is_large(launch: Launch, audience: Size) -> bool:
    """As large as it may be, so as not to be told too late."""
    most = launch.pins.approval_over
    return most is not None and audience["high"] > most


def _judge(call: Call, launch: Launch, state: MailState) -> Callable[[Customer], Verdict]:
    """By the vetoes of the door, and by the caps that the reservation asks."""
    policy = Policies(call.aws.definitions, Clock()).current()
    topic = call.aws.definitions.current("topic", launch.pins.topic)
    opt_in = str((topic[1] if topic else {}).get("opt_in") or "required")
    offered = launch.pins.terms.offer

    def judge(customer: Customer) -> Verdict:
        held = call.aws.contacts.load(
            customer.customer_id, facts.address_key_of(customer.document), customer.document.merged.keys()
        )
        row = freeze.row(launch, customer.customer_id, call.now)
        if row.state == ledger.HELD_OUT:
            return Verdict(row.reason)
        look = Look(
            send=row,
            status=vetoes.RUNNING,
            customer=customer,
            contact=held,
            opt_in=opt_in,
            at=call.now,
            mail=state,
            policy=policy,
            terms=launch.pins.terms,
            workspace_zone=call.aws.zone,
            offer=call.aws.offers.held(offered, customer.family) if offered else None,
        )
        return _verdict(look)

    return judge


def _verdict(look: Look) -> Verdict:
    kept = vetoes.first(look) or timing.capped(look)
    if isinstance(kept, Wait):
        return Verdict(waits=kept.why)
    return Verdict(kept.reason if kept else "")


def _spent(call: Call) -> Callable[[], bool]:
    now = Clock().now
    return lambda: not call.now <= now() < call.now + LOOKS_FOR
