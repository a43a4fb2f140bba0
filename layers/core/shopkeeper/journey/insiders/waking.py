"""Who is inside hears of it when a pause ends, or the journey: a walk over them that begins a little later.

It makes due whom the change is about, and moves nobody: how the journey stands is asked by their legs, as ever. So what
has been changed again in the meantime is what counts, and whoever is told twice looks twice.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from shopkeeper.clock import Clock
from shopkeeper.customer import walks
from shopkeeper.customer.instants import ms_of
from shopkeeper.customer.walks import Gathered, Slices
from shopkeeper.journey import shifting
from shopkeeper.journey.insiders import inside
from shopkeeper.journey.rows import Row, RunKey
from shopkeeper.journey.run import Cause
from shopkeeper.journey.state import State

KIND = "journey.wake"
WAIT = timedelta(seconds=5)
"""After so long every leg knows how the journey stands: that is remembered for two seconds."""
KEPT_FOR = timedelta(days=7)


class Runs(Protocol):
    def tell_all(self, keys: Sequence[RunKey], cause: Cause, now: datetime) -> None:
        """The cause is in the inbox of each, and they are due; but for those whom nobody may move any more."""


def start(slices: Slices, state: State, now: datetime) -> None:
    """For the change that makes this of the state. It may be started before that is written: then it comes behind."""
    name = f"{state.journey}/{state.revision}/{ms_of(now)}"
    walks.start(slices, f"{KIND}/{name}", now + WAIT, expires_at=int((now + KEPT_FOR).timestamp()))


class Waking:
    """The work of the walk, whose name is `<journey>/<revision>/<instant>`. `state` tells how a journey stands now."""

    limit = 500

    def __init__(self, runs: Runs, state: Callable[[str], State | None], now: Clock) -> None:
        self._runs, self._state, self._clock = runs, state, now

    def see(self, name: str, page: Sequence[Row], gathered: Gathered) -> Gathered:
        state = self._state(inside.journey(name))
        meant = [row.key for row in page if state and concerns(state, row)]
        if meant:
            now = self._clock.now()
            cause = Cause(id=f"woken/{name}", kind="clock", at=ms_of(now), received_at=ms_of(now))
            self._runs.tell_all(meant, cause, now)
        return {"woken": gathered.get("woken", 0) + len(meant)}

    def finish(self, _name: str, _gathered: Iterable[Gathered]) -> bool:
        return True


def concerns(state: State, row: Row) -> bool:
    """Whether how the journey stands now moves who stands there: who has to leave, was kept by the pause, or waits as
    much longer as that lasted."""
    going = state.goes_for(row.run.life)
    if going == "stopped":
        return row.run.status in ("active", "held_out")
    is_late = row.run.paused_at or any(shifting.is_ahead(each, row.run) for each in state.shifts)
    return going == "live" and row.run.is_open and bool(is_late)
