"""A launch: one going-out of a campaign, what it is pinned to, and how it comes about and ends.

    (awaiting_approval ->) scheduled -> starting -> freezing -> running -> done
        |-> missed   |___________|__________|-----> failed, a few times for a while, then until it is launched again

and cancelled from anywhere before done, which is running again if a count finds a send that is still to go. One that
is running and turns out to be large may have to await approval as if it were paused. What people say to a launch is in
`campaign.by_hand`. Pure: each change gives the launch as it then stands; it is stored in the
place of the one it was made from, or decided anew.

Until it has ended, a launch is due at some instant. That is the guarantee: an execution only gets there sooner, and
where it has died the clock starts another one under the next attempt. An attempt that is not the launch's own stops.
Whoever is at work at a launch puts that instant off, so it may take as long as it takes. One that was paused rests: it
is due when its sends expire, or not at all before somebody lets it go on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from shopkeeper import clock
from shopkeeper.campaign.gate import SHUT, Gate
from shopkeeper.campaign.pins import SKIP, Pins
from shopkeeper.campaign.trial import Winner
from shopkeeper.mail.ledger import Send

State = Literal[
    "awaiting_approval", "scheduled", "starting", "freezing", "running", "done", "cancelled", "failed", "missed"
]
Status = Literal["running", "paused", "cancelled", "done"]

STEP, CAMPAIGN = "letter", "campaign:"
# A launch that is found later than this after its time is not begun, unless its campaign says so: nobody wants the
# morning's mail at night.
LATEST = timedelta(hours=1)
START = timedelta(minutes=2)
# An execution of which nothing was seen for as long is dead. It outlasts all tries of one state.
ALIVE = timedelta(hours=1)
# One that has queued what is to go looks at it after a minute.
_QUEUES = timedelta(minutes=1) + ALIVE
_STATUS: dict[State, Status] = {"running": "running", "done": "done", "cancelled": "cancelled", "missed": "cancelled"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """Instants are text, "" where there is none. `found` customers were in the audience, frozen at `frozen_at`;

    documents of `unreadable` ones could not be asked. `counts` are its sends by state, and `outcomes` the numbers of
    its report, as they were at `as_of`. It has failed `failures` times since somebody launched it. Since `paused_at`
    somebody wants it to wait. `launched_by` and `approved_by` are ids of people. The first count from `decides_at` on
    finds the `winner` of its trial. `wall_at` is its time where that is one of the wall clock. One that recurs never
    goes out itself, but launches occurrences, of which it is the `series`: `past` are their ids, newest first, and
    `called_off` are coming ones.
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
    cancelled_at: str = ""
    finished_at: str = ""
    found: int = 0
    unreadable: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    outcomes: Mapping[str, int] = field(default_factory=dict)
    as_of: str = ""
    error: str = ""
    failures: int = 0
    paused_at: str = ""
    launched_by: str = ""
    approved_by: str = ""
    gate: Gate = SHUT
    full_at: str = ""
    decides_at: str = ""
    winner: Winner | None = None
    wall_at: str = ""
    series: str = ""
    past: tuple[str, ...] = ()
    called_off: tuple[str, ...] = ()

    @property
    def activity(self) -> str:
        return activity(self.campaign)

    @property
    def execution(self) -> str:
        return f"{self.id}-{self.attempt}"

    @property
    def is_over(self) -> bool:
        """Nothing of it will go any more."""
        return self.status in ("done", "cancelled")

    @property
    def wants_execution(self) -> bool:
        return self.state == "starting" or (self.state in ("running", "cancelled") and bool(self.due_at))

    @property
    def status(self) -> Status:
        """What may become of its sends now. Not begun, freezing and failed are times in which nothing goes out."""
        status = _STATUS.get(self.state, "paused")
        return "paused" if status == "running" and (self.paused_at or self.awaits_approval) else status

    @property
    def awaits_approval(self) -> bool:
        """Nothing goes out before somebody else than who launched it says so."""
        most = self.pins.approval_over
        is_large = self.state == "running" and most is not None and self.found > most
        return self.state == "awaiting_approval" or (is_large and not self.approved_by)

    @property
    def takes_approval(self) -> bool:
        """Now, or ahead of the instant at which it turns out to be large."""
        may_turn_out = self.pins.approval_over is not None and not self.frozen_at and not self.is_over
        return self.awaits_approval or (may_turn_out and not self.approved_by)

    @property
    def expires_at(self) -> str:
        hours = self.pins.expires_after
        return clock.to_text(self.last_at + timedelta(hours=hours)) if hours and not self.pins.recurs else ""

    @property
    def last_at(self) -> datetime:
        """When its time has come for each recipient."""
        return self.pins.last_at(self.wall_at, clock.from_text(self.run_at))

    def has_expired(self, now: datetime) -> bool:
        return bool(self.expires_at) and self.expires_at <= clock.to_text(now)

    def lets_go(self, row: Send) -> bool:
        return not self.leaves_open(row) and (not self.pins.flow.is_gated or self.gate.lets_go(row))

    def leaves_open(self, row: Send) -> bool:
        """Which letter it will be."""
        return self.pins.trial is not None and self.winner is None and not row.template

    def rests(self, now: datetime) -> bool:
        """There is nothing to do for it before somebody lets it go on, or its sends expire."""
        return bool(self.paused_at or self.awaits_approval) and not self.has_expired(now)


def activity(campaign: str) -> str:
    return f"{CAMPAIGN}{campaign}"


def launch_id(campaign: str) -> str:
    """A campaign has one launch, so whoever launches it again finds the first."""
    return f"{campaign}-1"


def is_too_late(run_at: datetime, now: datetime) -> bool:
    return now > run_at + LATEST


def woken(launch: Launch, now: datetime) -> Launch:
    """By the clock, when it is due."""
    if not launch.due_at or launch.due_at > clock.to_text(now):
        return launch
    if launch.rests(now) and launch.state not in ("starting", "freezing"):
        return rested(launch)
    if launch.state == "failed":
        return going_on(launch, now)
    if launch.state != "scheduled":
        return again(replace(launch, state="starting" if launch.state == "freezing" else launch.state), now)
    return on_time(launch, now)


def on_time(launch: Launch, now: datetime) -> Launch:
    """A scheduled one begins, unless its time has passed. Of one that recurs the clock sees to that."""
    if launch.pins.recurs:
        return due(launch, now)
    latest = max(launch.last_at, clock.from_text(launch.due_at or launch.run_at))
    is_late = launch.pins.past_due == SKIP and is_too_late(latest, now)
    if is_late or launch.has_expired(now):
        return ended(replace(launch, error="found too late"), "missed", now)
    return due(replace(launch, state="starting"), now + START)


def begun(launch: Launch, now: datetime) -> Launch:
    """By its execution."""
    if launch.state in ("starting", "freezing"):
        begun_at = launch.begun_at or clock.to_text(now)
        return due(replace(launch, state="freezing", begun_at=begun_at), now + ALIVE)
    return _at_work(launch, now + _QUEUES, now) if launch.due_at else launch


def alive(launch: Launch, now: datetime) -> Launch:
    """Its execution is at work. Written down only now and then, because many work at one launch side by side."""
    is_fresh = launch.due_at > clock.to_text(now + ALIVE / 2)
    return launch if is_fresh or not launch.due_at else due(launch, now + ALIVE)


def frozen(launch: Launch, found: int, unreadable: int, now: datetime) -> Launch:
    if launch.state != "freezing":
        return launch
    at, decides_at = clock.to_text(now), launch.pins.decides_at(now)
    running = replace(launch, state="running", frozen_at=at, found=found, unreadable=unreadable, decides_at=decides_at)
    return _at_work(running, now + _QUEUES, now)


def looked(launch: Launch, wait: timedelta, now: datetime) -> Launch:
    """Some of its sends are still to go; its execution looks again after `wait`."""
    return _at_work(launch, now + wait + ALIVE, now)


def rested(launch: Launch, until: str = "") -> Launch:
    at = min(filter(None, (launch.expires_at, until)), default="")
    return replace(launch, due_at=at, revision=launch.revision + 1)


def handed_over(launch: Launch, now: datetime) -> Launch:
    """Its execution has come to its end before its sends have: the clock starts the next one."""
    state: State = "running" if launch.state == "done" else launch.state
    return due(replace(launch, state=state, finished_at=""), now)


def settled(launch: Launch, now: datetime) -> Launch:
    """No send of it will go any more; one that was cancelled stays so."""
    state: State = "cancelled" if launch.state == "cancelled" else "done"
    return ended(launch, state, now)


def _at_work(launch: Launch, until: datetime, now: datetime) -> Launch:
    """Its execution goes on, or has nothing left to do."""
    return rested(launch) if launch.rests(now) else due(launch, until)


def going_on(launch: Launch, now: datetime) -> Launch:
    return again(replace(launch, error="", state="running" if launch.frozen_at else "starting"), now)


def again(launch: Launch, now: datetime) -> Launch:
    return due(replace(launch, attempt=launch.attempt + 1, finished_at=""), now + START)


def due(launch: Launch, at: datetime) -> Launch:
    return replace(launch, due_at=clock.to_text(at), revision=launch.revision + 1)


def ended(launch: Launch, state: State, now: datetime) -> Launch:
    return replace(launch, state=state, due_at="", finished_at=clock.to_text(now), revision=launch.revision + 1)
