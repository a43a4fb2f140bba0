"""How a launch that tries its letters comes to the one for all others.

When its audience is frozen, the instant is set; a count that is made then or later finds the winner, once: it is
written with the numbers it rests on. Rows that were planned without a letter may go from then on, and whoever claims
one writes the letter down. Pure.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from shopkeeper import clock
from shopkeeper.campaign import trial
from shopkeeper.campaign.launch import Launch
from shopkeeper.mail.terms import NO_LETTER, Letter


def without_pause(launch: Launch, now: datetime) -> str:
    """The trial is as long as was said, but for the time in which nothing went."""
    if not wants_winner(replace(launch, paused_at="")):
        return launch.decides_at
    return _later(launch, now - clock.from_text(max(launch.paused_at, launch.frozen_at)))


def since_approval(launch: Launch, now: datetime) -> str:
    """The same for one that was approved when its audience was frozen. Of one that is paused, the pause counts for
    itself."""
    if not launch.decides_at or not launch.awaits_approval:
        return launch.decides_at
    until = clock.from_text(max(launch.paused_at, launch.frozen_at)) if launch.paused_at else now
    return _later(launch, until - clock.from_text(launch.frozen_at))


def _later(launch: Launch, wait: timedelta) -> str:
    return clock.to_text(clock.from_text(launch.decides_at) + wait)


def wants_winner(launch: Launch) -> bool:
    is_on = launch.state in ("running", "done", "failed") and not (launch.paused_at or launch.awaits_approval)
    return bool(launch.decides_at) and launch.winner is None and is_on


def counted(launch: Launch, counts: Mapping[str, int], outcomes: Mapping[str, int], as_of: str) -> Launch:
    """Its rows were counted; a count of a later instant stays. For a change that says more than that."""
    if as_of <= launch.as_of:
        return launch
    seen, pins = replace(launch, counts=counts, outcomes=outcomes, as_of=as_of), launch.pins
    if pins.trial and wants_winner(launch) and launch.decides_at <= as_of:
        return replace(seen, winner=trial.winner(pins.trial, pins.variants, outcomes, as_of))
    return seen


def has_chosen(launch: Launch, seen: Launch) -> bool:
    """By that count; and whom it kept waiting may go."""
    return launch.state == "running" and seen.winner is not launch.winner


def letter(launch: Launch) -> Letter:
    """Of those for whom it was left open."""
    chosen = launch.winner.variant if launch.winner else None
    return next((each for each in launch.pins.letters if each.variant == chosen), NO_LETTER)
