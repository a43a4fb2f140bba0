"""A launch: one going-out of a campaign, what it is pinned to, and how it comes about and ends.

    scheduled -> starting -> freezing -> running -> done
        |-> missed   |___________|__________|-----> failed, a few times for a while, then until it is launched again

and cancelled from anywhere before done, which is running again if a count finds a send that is still to go. Pure: each
change gives the launch as it then stands; it is stored in the place of the one it was made from, or decided anew.

Until it has ended, a launch is due at some instant. That is the guarantee: an execution only gets there sooner, and
where it has died the clock starts another one under the next attempt. An attempt that is not the launch's own stops.
Whoever is at work at a launch puts that instant off, so it may take as long as it takes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from shopkeeper import clock, ids
from shopkeeper.mail.terms import USUAL, Terms

State = Literal["scheduled", "starting", "freezing", "running", "done", "cancelled", "failed", "missed"]
Status = Literal["running", "paused", "cancelled", "done"]

STEP = "letter"
# A launch that is found later than this after its time is not begun: nobody wants the morning's mail at night.
LATEST = timedelta(hours=1)
_START = timedelta(minutes=2)
# An execution of which nothing was seen for as long is dead. It outlasts all tries of one state.
_ALIVE = timedelta(hours=1)
# After which a launch that failed goes on by itself; one that fails once more waits for somebody to look at it.
PAUSES = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))
_STATUS: dict[State, Status] = {"running": "running", "done": "done", "cancelled": "cancelled", "missed": "cancelled"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """What a launch holds on to while its campaign is edited. `template` and `brand` are `<id>#<version>`.

    `audience` is the rule as JSON text. Links that have ended lead to `fallback`, "" if there is none, else `home`.
    """

    version: int
    audience: str
    template: str
    brand: str
    topic: str
    mail_class: str
    home: str = ""
    fallback: str = ""
    terms: Terms = USUAL

    @property
    def content_ref(self) -> str:
        template, _, version = self.template.rpartition("#")
        return ids.content_ref(template, int(version)).hex()


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """Instants are text, "" where there is none. `found` customers were in the audience, frozen at `frozen_at`;

    documents of `unreadable` ones could not be asked. `counts` are its sends by state, and `outcomes` the numbers of
    its report, as they were at `as_of`. It has failed `failures` times since somebody launched it.
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


def repinned(launch: Launch, pins: Pins, run_at: datetime, now: datetime) -> Launch:
    """One that still waits for its time, as somebody wants it by now."""
    return replace(planned(launch.campaign, pins, run_at, now, launch), created_at=launch.created_at)


def came_to_nothing(launch: Launch) -> bool:
    """Nobody was ever written down to get it, so the campaign may be launched afresh."""
    return launch.state in ("missed", "cancelled") and not launch.begun_at


def is_too_late(run_at: datetime, now: datetime) -> bool:
    return now > run_at + LATEST


def resumed(launch: Launch, now: datetime) -> Launch:
    """A failed one goes on where it stopped, pinned as it was; others stay as they are."""
    return _going_on(replace(launch, failures=0), now) if launch.state == "failed" else launch


def woken(launch: Launch, now: datetime) -> Launch:
    """By the clock, when it is due."""
    if not launch.due_at or launch.due_at > clock.to_text(now):
        return launch
    if launch.state == "failed":
        return _going_on(launch, now)
    if launch.state != "scheduled":
        return _again(replace(launch, state="starting" if launch.state == "freezing" else launch.state), now)
    if is_too_late(clock.from_text(launch.run_at), now):
        return _ended(replace(launch, error="found too late"), "missed", now)
    return _due(replace(launch, state="starting"), now + _START)


def begun(launch: Launch, now: datetime) -> Launch:
    """By its execution."""
    if launch.state in ("starting", "freezing"):
        begun_at = launch.begun_at or clock.to_text(now)
        return _due(replace(launch, state="freezing", begun_at=begun_at), now + _ALIVE)
    return _due(launch, now + _ALIVE) if launch.due_at else launch


def alive(launch: Launch, now: datetime) -> Launch:
    """Its execution is at work. Written down only now and then, because many work at one launch side by side."""
    is_fresh = launch.due_at > clock.to_text(now + _ALIVE / 2)
    return launch if is_fresh or not launch.due_at else _due(launch, now + _ALIVE)


def frozen(launch: Launch, found: int, unreadable: int, now: datetime) -> Launch:
    if launch.state != "freezing":
        return launch
    at = clock.to_text(now)
    return _due(replace(launch, state="running", frozen_at=at, found=found, unreadable=unreadable), now + _ALIVE)


def counted(launch: Launch, counts: Mapping[str, int], outcomes: Mapping[str, int], as_of: str) -> Launch:
    """Its rows were counted; a count of a later instant stays. For a change that says more than that."""
    return replace(launch, counts=counts, outcomes=outcomes, as_of=as_of) if as_of > launch.as_of else launch


def recounted(launch: Launch, counts: Mapping[str, int], outcomes: Mapping[str, int], as_of: str) -> Launch:
    """The same, and nothing else."""
    seen = counted(launch, counts, outcomes, as_of)
    return launch if seen is launch else replace(seen, revision=launch.revision + 1)


def looked(launch: Launch, wait: timedelta, now: datetime) -> Launch:
    """Some of its sends are still to go; its execution looks again after `wait`."""
    return _due(launch, now + wait + _ALIVE)


def handed_over(launch: Launch, now: datetime) -> Launch:
    """Its execution has come to its end before its sends have: the clock starts the next one."""
    state: State = "running" if launch.state == "done" else launch.state
    return _due(replace(launch, state=state, finished_at=""), now)


def settled(launch: Launch, now: datetime) -> Launch:
    """No send of it will go any more; one that was cancelled stays so."""
    state: State = "cancelled" if launch.state == "cancelled" else "done"
    return _ended(launch, state, now)


def failed(launch: Launch, error: str, now: datetime) -> Launch:
    """Its execution gave up. It goes on after a pause, and to cancel must not fail, so that is tried for ever."""
    if not launch.due_at or launch.state == "failed":
        return launch
    if launch.state == "cancelled":
        return _due(replace(launch, error=error), now + _ALIVE)
    failing = replace(launch, state="failed", error=error, failures=launch.failures + 1)
    if failing.failures > len(PAUSES):
        return _ended(failing, "failed", now)
    return _due(failing, now + PAUSES[launch.failures])


def cancelled(launch: Launch, now: datetime) -> Launch:
    """What was not begun is over at once; else its sends are settled by another attempt. What is over stays."""
    if launch.is_over:
        return launch
    stopping = replace(launch, state="cancelled", error="", cancelled_at=clock.to_text(now))
    return _again(stopping, now) if launch.begun_at else _ended(stopping, "cancelled", now)


def _going_on(launch: Launch, now: datetime) -> Launch:
    return _again(replace(launch, error="", state="running" if launch.frozen_at else "starting"), now)


def _again(launch: Launch, now: datetime) -> Launch:
    return _due(replace(launch, attempt=launch.attempt + 1, finished_at=""), now + _START)


def _due(launch: Launch, at: datetime) -> Launch:
    return replace(launch, due_at=clock.to_text(at), revision=launch.revision + 1)


def _ended(launch: Launch, state: State, now: datetime) -> Launch:
    return replace(launch, state=state, due_at="", finished_at=clock.to_text(now), revision=launch.revision + 1)
