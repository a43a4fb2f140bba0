"""A launch: one going-out of a campaign, what it is pinned to, and how it comes about and ends.

    scheduled -> starting -> freezing -> running -> done
        |-> missed   |___________|__________|-----> failed, until it is launched again

and cancelled from anywhere before done. Pure: each change gives the launch as it then stands; whoever stores it does
so in the place of the one it was made from, and decides again if that one is gone.

Until it has ended, a launch is due at some instant. That is the guarantee: an execution only gets there sooner, and
where it has died the clock starts another one under the next attempt. An attempt that is not the launch's own stops.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from shopkeeper import clock, ids

State = Literal["scheduled", "starting", "freezing", "running", "done", "cancelled", "failed", "missed"]
Status = Literal["running", "paused", "cancelled", "done"]

STEP = "letter"
# A launch that is found later than this after its time is not begun: nobody wants the morning's mail at night.
LATEST = timedelta(hours=1)
_START = timedelta(minutes=2)
_FREEZE = timedelta(hours=6)
_LOOK = timedelta(hours=1)
_STATUS: Mapping[State, Status] = {
    "running": "running",
    "done": "done",
    "cancelled": "cancelled",
    "missed": "cancelled",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """What a launch holds on to while its campaign is edited. `template` and `brand` are `<id>#<version>`.

    `audience` is the rule as JSON text.
    """

    version: int
    audience: str
    template: str
    brand: str
    topic: str
    mail_class: str

    @property
    def content_ref(self) -> str:
        template, _, version = self.template.rpartition("#")
        return ids.content_ref(template, int(version)).hex()


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """Instants are text, "" where there is none. `found` customers were in the audience, frozen at `frozen_at`;

    documents of `unreadable` ones could not be asked. `counts` are its sends by state, and `outcomes` the numbers of
    its report, as they were at `as_of`.
    """

    id: str
    campaign: str
    pins: Pins
    created_at: str
    run_at: str
    state: State
    due_at: str
    attempt: int = 1
    revision: int = 1
    begun_at: str = ""
    frozen_at: str = ""
    finished_at: str = ""
    found: int = 0
    unreadable: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    outcomes: Mapping[str, int] = field(default_factory=dict)
    as_of: str = ""
    error: str = ""

    @property
    def activity(self) -> str:
        return activity(self.campaign)

    @property
    def execution(self) -> str:
        return f"{self.id}-{self.attempt}"

    @property
    def wants_execution(self) -> bool:
        return self.state == "starting" or (self.state in ("running", "cancelled") and bool(self.due_at))

    @property
    def status(self) -> Status:
        """What may become of its sends now. Not begun, freezing and failed are times in which nothing goes out."""
        return _STATUS.get(self.state, "paused")


def activity(campaign: str) -> str:
    return f"campaign:{campaign}"


def launch_id(campaign: str) -> str:
    """A campaign has one launch, so whoever launches it again finds the first."""
    return f"{campaign}-1"


def planned(campaign: str, pins: Pins, run_at: datetime, now: datetime, before: Launch | None = None) -> Launch:
    """`before` is a launch that came to nothing, and is replaced."""
    waits = run_at > now
    return Launch(
        id=launch_id(campaign),
        campaign=campaign,
        pins=pins,
        created_at=clock.to_text(now),
        run_at=clock.to_text(run_at),
        state="scheduled" if waits else "starting",
        due_at=clock.to_text(run_at if waits else now + _START),
        attempt=before.attempt + 1 if before else 1,
        revision=before.revision + 1 if before else 1,
    )


def came_to_nothing(launch: Launch) -> bool:
    """Nobody was ever written down to get it, so the campaign may be launched afresh."""
    return launch.state in ("missed", "cancelled") and not launch.begun_at


def is_too_late(run_at: datetime, now: datetime) -> bool:
    return now > run_at + LATEST


def resumed(launch: Launch, now: datetime) -> Launch:
    """A failed one goes on where it stopped, pinned as it was; others stay as they are."""
    if launch.state != "failed":
        return launch
    return _again(replace(launch, error="", state="running" if launch.frozen_at else "starting"), now)


def woken(launch: Launch, now: datetime) -> Launch:
    """By the clock, when it is due."""
    if not launch.due_at or launch.due_at > clock.to_text(now):
        return launch
    if launch.state != "scheduled":
        return _again(replace(launch, state="starting" if launch.state == "freezing" else launch.state), now)
    if is_too_late(clock.from_text(launch.run_at), now):
        return _ended(replace(launch, error="found too late"), "missed", now)
    return _due(replace(launch, state="starting"), now + _START)


def begun(launch: Launch, now: datetime) -> Launch:
    """By its execution."""
    if launch.state in ("starting", "freezing"):
        begun_at = launch.begun_at or clock.to_text(now)
        return _due(replace(launch, state="freezing", begun_at=begun_at), now + _FREEZE)
    return _due(launch, now + _LOOK) if launch.due_at else launch


def frozen(launch: Launch, found: int, unreadable: int, now: datetime) -> Launch:
    if launch.state != "freezing":
        return launch
    at = clock.to_text(now)
    return _due(replace(launch, state="running", frozen_at=at, found=found, unreadable=unreadable), now + _LOOK)


def counted(launch: Launch, counts: Mapping[str, int], outcomes: Mapping[str, int], now: datetime) -> Launch:
    return replace(launch, counts=counts, outcomes=outcomes, as_of=clock.to_text(now))


def looked(launch: Launch, again_at: datetime) -> Launch:
    """Its sends were counted, and some of them are still to go."""
    return _due(launch, again_at)


def settled(launch: Launch, now: datetime) -> Launch:
    """No send of it will go any more; one that was cancelled stays so."""
    state: State = "cancelled" if launch.state == "cancelled" else "done"
    return _ended(launch, state, now)


def failed(launch: Launch, error: str, now: datetime) -> Launch:
    """Its execution gave up. To cancel must not fail, so of a cancelled launch the clock starts another attempt."""
    if not launch.due_at:
        return launch
    if launch.state == "cancelled":
        return _due(replace(launch, error=error), now + _LOOK)
    return _ended(replace(launch, error=error), "failed", now)


def cancelled(launch: Launch, now: datetime) -> Launch:
    """What was not begun is over at once; else its sends are settled by another attempt. What is over stays."""
    if launch.state in ("done", "missed", "cancelled"):
        return launch
    if not launch.begun_at:
        return _ended(launch, "cancelled", now)
    return _again(replace(launch, state="cancelled", error="", finished_at=""), now)


def view(launch: Launch) -> dict[str, Any]:
    """As the API shows it."""
    return {
        "id": launch.id,
        "campaign": launch.campaign,
        "version": launch.pins.version,
        "template": launch.pins.template,
        "brand": launch.pins.brand,
        "topic": launch.pins.topic,
        "class": launch.pins.mail_class,
        "state": launch.state,
        "created_at": launch.created_at,
        "run_at": launch.run_at,
        "begun_at": launch.begun_at or None,
        "frozen_at": launch.frozen_at or None,
        "finished_at": launch.finished_at or None,
        "found": launch.found,
        "unreadable": launch.unreadable,
        "error": launch.error or None,
    }


def _again(launch: Launch, now: datetime) -> Launch:
    return _due(replace(launch, attempt=launch.attempt + 1, finished_at=""), now + _START)


def _due(launch: Launch, at: datetime) -> Launch:
    return replace(launch, due_at=clock.to_text(at), revision=launch.revision + 1)


def _ended(launch: Launch, state: State, now: datetime) -> Launch:
    return replace(launch, state=state, due_at="", finished_at=clock.to_text(now), revision=launch.revision + 1)
