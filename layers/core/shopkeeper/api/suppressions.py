"""Addresses that get no mail: why, since when and by whom; added and released by hand."""

from datetime import datetime
from typing import NotRequired

from typing_extensions import TypedDict

from shopkeeper import clock
from shopkeeper.api import roles
from shopkeeper.api.calls import Call, Room
from shopkeeper.api.problems import Problem, bad_request
from shopkeeper.api.roles import ADMIN, MARKETER
from shopkeeper.consent import bounces, suppressions
from shopkeeper.consent.contact import OUT, Block, Suppression, Word, address_key
from shopkeeper.consent.suppressions import Kept
from shopkeeper.customer import addresses, interaction
from shopkeeper.customer.emails import normal_email
from shopkeeper.customer.interaction import Interaction, raw
from shopkeeper.customer.requests import Strict, Text

_TRIES = 5
_NO_ADDRESS = {400: "This is no e-mail address, or something is wrong with the body."}

room = Room("suppressions", "Addresses that get no mail, whoever has them.")


class Reason(Strict):
    """`reason` is for whoever looks later. Write no address into it."""

    reason: Text


# Written so because `is` is no name in Python.
BlockView = TypedDict(
    "BlockView", {"is": str, "at": str, "cause": str, "by": NotRequired[str], "reason": NotRequired[str]}
)
WordView = TypedDict("WordView", {"is": str, "at": str, "source": str})


class HeldView(TypedDict):
    """`why` is soft_bounces or suppressed_by_ses; without `until` it is for good."""

    why: str
    until: str | None


class SuppressionView(TypedDict):
    """`address` is the one asked about, in its normal form; `kept_from_it` is everything, marketing or nothing.

    `block`, `marketing` and `topics` are what was said last of each, `is` being out or in: a block is said by SES or by
    hand, `marketing` by a complaint or its release, `topics` by the link of a letter or a later yes. `held` is what
    keeps mail away for a while: soft bounces, or SES's own list.
    """

    address: str
    kept_from_it: Kept
    block: BlockView | None
    held: HeldView | None
    marketing: WordView | None
    topics: dict[str, WordView]


@room.get("/v1/suppressions/{address}", groups=roles.GROUPS, refusals=_NO_ADDRESS)
def look_up(call: Call) -> SuppressionView:
    """Show what is said of an address.

    404 where nothing ever was. What a customer has said for themself stands with the customer.
    """
    address, held = _looked_up(call)
    if held == Suppression():
        raise Problem(404, "Nothing is said of this address.")
    return _shown(address, held, call.now)


@room.put("/v1/suppressions/{address}", groups=(MARKETER, ADMIN), refusals=_NO_ADDRESS)
def add(call: Call, wanted: Reason) -> SuppressionView:
    """Send nothing to an address any more, whoever has it.

    In force for all mail that is sent from 5 seconds after the answer. Adding it again keeps the newer reason.
    """
    address = _address(call)
    block = suppressions.added(call.who.id, wanted.reason, call.now)
    call.aws.contacts.block(address_key(address), block)
    _tell(call, address, block)
    return _shown(*_looked_up(call), call.now)


@room.delete("/v1/suppressions/{address}", groups=(ADMIN,), status=204, refusals=_NO_ADDRESS)
def release(call: Call) -> None:
    """Lift what keeps mail from an address: a block, a complaint, or what holds it for a while.

    A topic that was left by the link of a letter stays left: only the person takes that back. SES keeps a list of its
    own, from which an address that bounced or complained must be taken as well.
    """
    for _ in range(_TRIES):
        address, held = _looked_up(call)
        if held.block is None and held.marketing is None and bounces.held(held.bounces, call.now) is None:
            raise Problem(404, "No block, no complaint and no hold is known of this address.")
        if _say(call, address, suppressions.release(held, call.who.id, call.now)):
            return
    raise Problem(503, "More is being said of this address. Try again in a while.")


def _say(call: Call, address: str, said: suppressions.Release) -> bool:
    """False if something newer was said meanwhile."""
    key = address_key(address)
    if said.forgives:
        call.aws.contacts.forgive(key, said.forgives)
    lifted = said.block is None or call.aws.contacts.block(key, said.block)
    if said.block and lifted:
        _tell(call, address, said.block)
    return (said.marketing is None or call.aws.contacts.hear_all(key, said.marketing)) and lifted


def _tell(call: Call, address: str, block: Block) -> None:
    """Whoever is known by the address remembers it, so that rules know. Told again it is the same."""
    subject = f"email:{address}"
    if subject not in call.aws.identities.load([subject]):
        return
    is_out = block.is_ == OUT
    told = Interaction(
        subject=subject,
        message_id=f"address/{block.is_}/{block.at}",
        type="track",
        name=addresses.BLOCKED if is_out else addresses.RELEASED,
        at=block.at,
        received_at=clock.to_text(call.now),
        source="api",
        origin=f"api:{call.who.id}",
        trusted=True,
        raw_properties=raw({"address": address_key(address), "block": block.cause if is_out else ""}),
    )
    call.aws.incoming.send([interaction.encode(told)])


def _looked_up(call: Call) -> tuple[str, Suppression]:
    address = _address(call)
    return address, call.aws.contacts.suppression(address_key(address))


def _address(call: Call) -> str:
    """Raises Problem 400."""
    try:
        return normal_email(call.path["address"])
    except ValueError as error:
        raise bad_request("address", f"is {error}") from None


def _shown(address: str, held: Suppression, now: datetime) -> SuppressionView:
    hold = bounces.held(held.bounces, now)
    return {
        "address": address,
        "kept_from_it": suppressions.kept_from(held, now),
        "block": _block(held.block) if held.block else None,
        "held": {"why": hold.why, "until": hold.until or None} if hold else None,
        "marketing": _word(held.marketing) if held.marketing else None,
        "topics": {topic: _word(word) for topic, word in held.topics.items()},
    }


def _block(block: Block) -> BlockView:
    said: BlockView = {"is": block.is_, "at": block.at, "cause": block.cause}
    if block.by:
        said["by"] = block.by
    if block.reason:
        said["reason"] = block.reason
    return said


def _word(word: Word) -> WordView:
    return {"is": word.is_, "at": word.at, "source": word.source}
