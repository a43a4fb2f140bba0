"""What somebody who works here says of an address: that nothing is to go there, or that it may again. Pure.

What was left by a letter is not theirs to take back: whoever has the address does that, by the same link or by a later
yes.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeGuard

from shopkeeper import clock
from shopkeeper.consent import bounces
from shopkeeper.consent.contact import BY_HAND, IN, OUT, Block, Suppression, Word, after

Kept = Literal["everything", "marketing", "nothing"]


@dataclass(frozen=True, slots=True)
class Release:
    """To be said of the address; None where there is nothing to lift. Bounces of until `forgives` count no more."""

    block: Block | None
    marketing: Word | None
    forgives: str = ""


def added(by: str, reason: str, now: datetime) -> Block:
    return Block(OUT, clock.to_text(now), BY_HAND, by, reason)


def release(held: Suppression, by: str, now: datetime) -> Release:
    """Lifts the block, the complaint and what holds the address for a while."""
    block = Block(IN, after(now, held.block), BY_HAND, by) if _is_out(held.block) else None
    marketing = Word(IN, after(now, held.marketing), f"api:{by}") if _is_out(held.marketing) else None
    is_held = bounces.held(held.bounces, now) is not None
    return Release(block, marketing, max(clock.to_text(now), bounces.newest(held.bounces)) if is_held else "")


def kept_from(held: Suppression, now: datetime) -> Kept:
    """Beside the topics that were left."""
    if _is_out(held.block) or bounces.held(held.bounces, now):
        return "everything"
    return "marketing" if _is_out(held.marketing) else "nothing"


def _is_out(said: Block | Word | None) -> TypeGuard[Block | Word]:
    return said is not None and said.is_ == OUT
