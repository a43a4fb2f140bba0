"""All who are inside other versions of a journey are told to go over into one, or to leave: a walk over them.

It goes round three times. First it counts where they stand, and with a preview that is all. Then it tells them, page by
page, spread over as long as somebody said. Last, when legs have had their time, it counts from the rows what has become
of them; whoever is still where they were is told once more.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple, Protocol

import msgspec
from msgspec import structs

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.customer import walks
from shopkeeper.customer.instants import ms_of, to_ms
from shopkeeper.customer.walks import AGAIN, NEXT, SLICES, Gathered, Slices
from shopkeeper.journey import migrating
from shopkeeper.journey.insiders.waking import WAIT
from shopkeeper.journey.migrating import Asked
from shopkeeper.journey.rows import Row, RunKey
from shopkeeper.journey.run import Cause, Run
from shopkeeper.journey.state import State

KIND = "journey.move"
KEPT_FOR = timedelta(days=90)
LEGS_TAKE = timedelta(minutes=3)
"""The clock comes by each minute, and a leg may be at work already."""
MOST_CHECKS = 5

Phase = Literal["counting", "moving", "checking", "done", "overtaken"]
What = Literal["standing", "moved", "left", "behind"]
_WHAT: Mapping[Phase, tuple[What, ...]] = {"counting": ("standing",), "checking": ("moved", "left", "behind")}
Totals = Mapping[str, int]
"""By `<version>/<node>`; who has no node yet or is left out, by `<version>/`."""


class Overtaken(Exception):
    """Somebody else has noted how far it came."""


class Migration(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Instants are text, `spread` is in seconds. `behind` have not moved though they were told so often."""

    journey: str
    asked: Asked
    asked_at: str
    asked_by: str
    preview: bool = False
    spread: int = 0
    phase: Phase = "counting"
    begins_at: str = ""
    ended_at: str = ""
    checks: int = 0
    standing: Totals = {}
    moved: Totals = {}
    left: Totals = {}
    behind: Totals = {}
    revision: int = 1

    @property
    def name(self) -> str:
        return f"{self.journey}/{self.asked.number}"


class Kept(Protocol):
    def load(self, journey: str, number: int) -> Migration | None:
        """Read consistently."""

    def save(self, migration: Migration) -> None:
        """In the place of the revision before. Raises Overtaken."""


class Runs(Protocol):
    def tell_all(self, keys: Sequence[RunKey], cause: Cause, now: datetime) -> None: ...


class Ports(NamedTuple):
    """`state` tells how a journey stands now."""

    kept: Kept
    runs: Runs
    state: Callable[[str], State | None]


def start(slices: Slices, migration: Migration, now: datetime) -> None:
    """When all have heard which version lets people in, so nobody comes into another one behind it."""
    walks.start(slices, f"{KIND}/{migration.name}", now + WAIT, expires_at=int((now + KEPT_FOR).timestamp()))


class Moving:
    """The work of the walk, whose name is `<journey>/<number>`."""

    limit = 100

    def __init__(self, ports: Ports, now: Clock) -> None:
        self._ports, self._clock = ports, now

    def see(self, name: str, page: Sequence[Row], gathered: Gathered) -> Gathered:
        found, now = self._load(name), self._clock.now()
        if clock.to_text(now) < found.begins_at:
            return {AGAIN: found.begins_at}
        rows = [row.run for row in page]
        if found.phase == "moving":
            return self._tell(found, page, gathered, now)
        held = gathered.get("totals", {})
        totals = {what: dict(Counter(held.get(what, {})) + _count(found, what, rows)) for what in _WHAT[found.phase]}
        return {"phase": found.phase, "totals": totals}

    def _tell(self, found: Migration, page: Sequence[Row], gathered: Gathered, now: datetime) -> Gathered:
        keys = [row.key for row in page if migrating.concerns(found.asked, row.run)]
        if self._is_meant(found):
            self._ports.runs.tell_all(keys, migrating.cause(found.asked, ms_of(now)), now)
        told = gathered.get("told", 0) + len(keys)
        return {"phase": "moving", "told": told, NEXT: _next_at(found, told)}

    def _is_meant(self, found: Migration) -> bool:
        """Unless another version lets people in by now, or none."""
        state = self._ports.state(found.journey)
        return state is not None and state.live == found.asked.version and state.going != "stopped"

    def finish(self, name: str, gathered: Sequence[Gathered]) -> bool:
        found = self._load(name)
        if found.phase == gathered[0]["phase"]:  # Else whoever noted that died before the next round began.
            with suppress(Overtaken):  # By somebody who has seen the same.
                self._ports.kept.save(self._ended(found, gathered))
        return self._load(name).phase in ("done", "overtaken")

    def _ended(self, found: Migration, gathered: Sequence[Gathered]) -> Migration:
        now, changes = self._clock.now(), dict[str, Any]()
        for what in _WHAT.get(found.phase, ()):
            changes[what] = dict(sum((Counter(each["totals"][what]) for each in gathered), Counter()))
        after = structs.replace(found, **changes, revision=found.revision + 1)
        phase = _behind(after, is_meant=self._is_meant(after))
        begins_at = clock.to_text(now + LEGS_TAKE if phase == "checking" else now)
        is_over, checks = phase in ("done", "overtaken"), found.checks + (found.phase == "checking")
        ended_at = clock.to_text(now) if is_over else ""
        return structs.replace(after, phase=phase, begins_at=begins_at, ended_at=ended_at, checks=checks)

    def _load(self, name: str) -> Migration:
        journey, _, number = name.partition("/")
        found = self._ports.kept.load(journey, int(number))
        if found is None:
            raise LookupError(f"there is no migration {name}")
        return found


def _behind(now: Migration, *, is_meant: bool) -> Phase:
    """What comes behind a round."""
    if now.preview or (now.phase == "checking" and (not now.behind or now.checks + 1 >= MOST_CHECKS)):
        return "done"
    if now.phase == "moving":
        return "checking"
    return "moving" if is_meant else "overtaken"


def _count(migration: Migration, what: What, runs: Iterable[Run]) -> Counter[str]:
    return Counter(line for line in (_LINES[what](migration, run) for run in runs) if line)


def _stands(migration: Migration, run: Run) -> str:
    return line(run.version, migrating.stands_on(run)) if migrating.concerns(migration.asked, run) else ""


def _moved(migration: Migration, run: Run) -> str:
    its = run.moved
    return line(its.version, its.node) if its and its.number == migration.asked.number else ""


def _left(migration: Migration, run: Run) -> str:
    is_by_it = run.reason == migrating.VERSION and run.left_at >= to_ms(migration.asked_at)
    return line(run.version, run.node) if is_by_it else ""


_LINES: Mapping[What, Callable[[Migration, Run], str]] = {
    "standing": _stands,
    "moved": _moved,
    "left": _left,
    "behind": _stands,
}


def line(version: int, node: str) -> str:
    return f"{version}/{node}"


def _next_at(migration: Migration, told: int) -> str:
    """As far on in its time as a slice is in what should be its share of them all."""
    share = sum(migration.standing.values()) / SLICES
    done = min(told / share, 1) if share else 1
    return clock.to_text(clock.from_text(migration.begins_at) + done * timedelta(seconds=migration.spread))
