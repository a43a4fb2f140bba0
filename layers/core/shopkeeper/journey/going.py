"""How a journey comes to stand: it is published, paused, goes on, or is stopped. Pure."""

from dataclasses import dataclass
from datetime import datetime

from msgspec import structs

from shopkeeper import clock
from shopkeeper.customer.instants import ms_of, to_ms
from shopkeeper.journey.facts import Resume, Shift
from shopkeeper.journey.state import MOST_SHIFTS, State


class Never(ValueError):
    """It was never published, or has been stopped."""


@dataclass(frozen=True, slots=True)
class By:
    """Who changes it, and when."""

    who: str
    now: datetime


def published(before: State | None, journey: str, version: int, by: By) -> State:
    """That version lets people in from now on; those inside an older one finish there. One that was stopped begins
    anew; one that is paused stays so."""
    if before is None:
        return _by(State(journey=journey, live=version, versions=(version,), revision=0), by)
    if before.live == version and before.going != "stopped":
        return before
    begins = before.going == "stopped"
    after = structs.replace(before, live=version, versions=tuple(sorted({*before.versions, version})))
    return _by(structs.replace(after, going="live", life=before.life + 1) if begins else after, by)


def paused(before: State | None, by: By) -> State:
    """Raises Never."""
    state = _running(before)
    if state.going == "paused":
        return state
    return _by(structs.replace(state, going="paused", paused_at=clock.to_text(by.now)), by)


def resumed(before: State | None, policy: Resume, by: By) -> State:
    """Raises Never."""
    state = _running(before)
    if state.going == "live":
        return state
    shifts = state.shifts
    if policy == "shift":
        shifts = (*shifts, Shift(to_ms(state.paused_at), ms_of(by.now)))[-MOST_SHIFTS:]
    return _by(structs.replace(state, going="live", resume=policy, paused_at="", shifts=shifts), by)


def stopped(before: State | None, by: By) -> State:
    """Everybody leaves. Raises Never for one that was never published."""
    if before is None:
        raise Never
    if before.going == "stopped":
        return before
    return _by(structs.replace(before, going="stopped", paused_at=""), by)


def _running(before: State | None) -> State:
    if before is None or before.going == "stopped":
        raise Never
    return before


def _by(state: State, by: By) -> State:
    at = clock.to_text(by.now)
    return structs.replace(state, changed_at=at, changed_by=by.who, revision=state.revision + 1)
