"""What people say to a launch, and what it becomes by that. Pure, as `campaign.launch` is."""

from dataclasses import replace
from datetime import datetime, timedelta

from shopkeeper import clock
from shopkeeper.campaign import deciding
from shopkeeper.campaign import launch as launches
from shopkeeper.campaign.launch import Launch
from shopkeeper.campaign.pins import Pins


def planned(
    campaign: str,
    pins: Pins,
    run_at: datetime,
    now: datetime,
    before: Launch | None = None,
    grace: timedelta = timedelta(),
    by: str = "",
    wall_at: str = "",
) -> Launch:
    """`before` is a launch that came to nothing, and is replaced. It begins at its time, and after the `grace`; where
    its campaign needs that, not before somebody else than `by` has approved it."""
    begins_at = max(run_at, now + grace)
    waits = begins_at > now
    launch = Launch(
        id=launches.launch_id(campaign),
        campaign=campaign,
        pins=pins,
        created_at=clock.to_text(now),
        run_at=clock.to_text(run_at),
        state="scheduled" if waits else "starting",
        due_at=clock.to_text(begins_at if waits else now + launches.START),
        attempt=before.attempt + 1 if before else 1,
        revision=before.revision + 1 if before else 1,
        launched_by=by,
        wall_at=wall_at,
        past=before.past if before else (),
    )
    return replace(launch, state="awaiting_approval", due_at="") if pins.needs_approval else launch


class OwnLaunch(Exception):
    """Nobody approves what they launched themselves."""


def approved(launch: Launch, by: str, grace: timedelta, now: datetime) -> Launch:
    """It waits for its time. One that was to go out at once does so now, however long that took, and so does one whose
    audience has turned out to be large. Raises OwnLaunch."""
    if not launch.takes_approval:
        return launch
    if by == launch.launched_by:
        raise OwnLaunch(launch.id)
    if launch.state != "awaiting_approval":
        decides_at = deciding.since_approval(launch, now)
        told = replace(launch, approved_by=by, decides_at=decides_at)
        goes_on = launch.awaits_approval and not launch.paused_at
        return launches.again(told, now) if goes_on else replace(told, revision=launch.revision + 1)
    run_at = launch.run_at if launch.run_at > launch.created_at else clock.to_text(now)
    waiting = replace(launch, state="scheduled", approved_by=by, run_at=run_at, due_at=run_at)
    if launch.paused_at:
        return launches.rested(waiting)
    begins_at = max(clock.from_text(run_at), now + grace)
    is_late = launches.is_too_late(clock.from_text(run_at), now)
    return launches.on_time(waiting, now) if is_late or begins_at <= now else launches.due(waiting, begins_at)


def came_to_nothing(launch: Launch) -> bool:
    """Nobody was ever written down to get it, so the campaign may be launched afresh; and so may one that has recurred
    and does so no more."""
    over = ("missed", "cancelled", "done") if launch.pins.recurs else ("missed", "cancelled")
    return launch.state in over and not launch.begun_at


def repinned(
    launch: Launch,
    pins: Pins,
    run_at: datetime,
    now: datetime,
    grace: timedelta = timedelta(),
    by: str = "",
    wall_at: str = "",
) -> Launch:
    """One that still waits for its time, as somebody wants it by now. What needs approval needs it again."""
    pinned = planned(launch.campaign, pins, run_at, now, launch, grace, by, wall_at)
    kept = replace(pinned, created_at=launch.created_at, paused_at=launch.paused_at)
    return replace(kept, called_off=launch.called_off if pins.recurs else ())


def asked_again(launch: Launch, grace: timedelta | None, now: datetime) -> Launch:
    """A failed one goes on where it stopped, pinned as it was; one that is in its grace may be let go sooner; others
    stay as they are."""
    if launch.state == "failed":
        return tried_again(launch, now)
    return launch if grace is None else _sooner(launch, grace, now)


def _sooner(launch: Launch, grace: timedelta, now: datetime) -> Launch:
    begins_at = max(clock.from_text(launch.run_at), now + grace)
    if launch.state != "scheduled" or launch.paused_at or clock.to_text(begins_at) >= launch.due_at:
        return launch
    return launches.due(launch, begins_at) if begins_at > now else launches.on_time(launch, now)


def tried_again(launch: Launch, now: datetime) -> Launch:
    return launches.going_on(replace(launch, failures=0), now)


def hastened(launch: Launch, now: datetime) -> Launch:
    """The clock starts an execution that looks at its rows now; the one there is would wait."""
    return launches.handed_over(launch, now) if launch.state == "running" else launch


def paused(launch: Launch, now: datetime) -> Launch:
    """Nothing of it goes out any more. Its audience is still frozen; what waits for its time lets that pass."""
    if launch.is_over or launch.paused_at:
        return launch
    return replace(launch, paused_at=clock.to_text(now), revision=launch.revision + 1)


def resumed(launch: Launch, now: datetime) -> Launch:
    """From the rows that are still to go. One whose time passed meanwhile begins now, or is missed."""
    if not launch.paused_at:
        return launch
    decides_at = deciding.without_pause(launch, now)
    goes_on = replace(launch, paused_at="", gate=replace(launch.gate, lasts=0), decides_at=decides_at)
    if launch.state == "scheduled":
        return _waits_on(replace(goes_on, due_at=launch.run_at), now)
    if launch.state == "running":
        return launches.again(goes_on, now)
    if launch.state == "failed":
        return tried_again(goes_on, now)
    return replace(goes_on, revision=launch.revision + 1)


def _waits_on(launch: Launch, now: datetime) -> Launch:
    run_at = clock.from_text(launch.run_at)
    return launches.due(launch, run_at) if run_at > now else launches.on_time(launch, now)


class TooSoon(Exception):
    """The first ones have not gone yet, as far as a look has seen."""


def went_on(launch: Launch, now: datetime) -> Launch:
    """The first have gone, and all others may. Raises TooSoon."""
    if launch.pins.flow.first is None or launch.gate.went_on_at or launch.is_over:
        return launch
    if not launch.gate.first_gone_at:
        raise TooSoon(launch.id)
    let_go = replace(launch, gate=replace(launch.gate, went_on_at=clock.to_text(now), lasts=0))
    is_under_way = launch.state == "running" and not launch.paused_at
    return launches.again(let_go, now) if is_under_way else replace(let_go, revision=launch.revision + 1)


def cancelled(launch: Launch, now: datetime) -> Launch:
    """What was not begun is over at once; else its sends are settled by another attempt. What is over stays."""
    if launch.is_over:
        return launch
    stopping = replace(launch, state="cancelled", error="", cancelled_at=clock.to_text(now), paused_at="")
    return launches.again(stopping, now) if launch.begun_at else launches.ended(stopping, "cancelled", now)
