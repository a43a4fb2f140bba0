"""A recomputation: all customers are looked through once, and what was being built counts from then on.

    wanted -> at work -> done
                |-> failed, for a while, and then at work again where it stopped

One row says what is to be done and who is at it; it is due as long as there is something to do. As with launches, that
is the guarantee: an execution only gets there sooner, and where it has died the clock starts another one under the next
attempt. Pure: each change gives the row as it then stands.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from shopkeeper import clock

State = Literal["running", "failed", "done"]
Why = Literal["publish", "schedule", "request"]

MOST_RUNS = 50
"""So many are remembered in the list of runs."""
KEPT_FOR = timedelta(days=90)
_START = timedelta(minutes=2)
# An execution of which nothing was seen for as long is dead. It outlasts all tries of one state.
_ALIVE = timedelta(hours=1)
PAUSES = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
"""After which a run that failed goes on; the last one again and again, for nothing else would ever be built."""


class Overtaken(Exception):
    """The row no longer stands as the caller saw it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What is to be recomputed, and who is at it. Instants are text, "" where there is none.

    `asked` is why all customers are to be looked through, "" where nobody wants that; `wake_at` is when something that
    was published can be built. `run` is the one at work, and `runs` are all there were, the newest first. `gone` are
    parts of the Members table, of slots that are there no more or soon will not be.
    """

    due_at: str = ""
    asked: str = ""
    wake_at: str = ""
    run: str = ""
    attempt: int = 0
    failures: int = 0
    runs: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    revision: int = 0

    @property
    def execution(self) -> str:
        return f"{self.run}-{self.attempt}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one slice of the customers, or all, came to, by the numbers of slots: how many `customers` there are, of
    whom `unreadable` could not be asked, `changed` were written, and `unclear` could not be.

    `missing` were not in a slot that they belong to, and `wrong` were in one that they do not; of some `examples`.
    """

    customers: int = 0
    changed: int = 0
    unreadable: int = 0
    unclear: int = 0
    sizes: Mapping[str, int] = field(default_factory=dict)
    missing: Mapping[str, int] = field(default_factory=dict)
    wrong: Mapping[str, int] = field(default_factory=dict)
    examples: tuple[Mapping[str, str], ...] = ()

    def __add__(self, other: "Found") -> "Found":
        return Found(
            customers=self.customers + other.customers,
            changed=self.changed + other.changed,
            unreadable=self.unreadable + other.unreadable,
            unclear=self.unclear + other.unclear,
            sizes=_sum(self.sizes, other.sizes),
            missing=_sum(self.missing, other.missing),
            wrong=_sum(self.wrong, other.wrong),
            examples=(*self.examples, *other.examples)[:MOST_EXAMPLES],
        )

    @property
    def differences(self) -> int:
        return sum(self.missing.values()) + sum(self.wrong.values())


MOST_EXAMPLES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """`slots` are those that it builds, and `names` what the slots of its edition are of, as `<segment>@<version>`."""

    id: str
    why: str
    edition: int
    begun_at: str
    slots: tuple[int, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    state: State = "running"
    attempt: int = 1
    ended_at: str = ""
    error: str = ""
    found: Found = field(default_factory=Found)

    @property
    def expires_at(self) -> int:
        return expires_at(clock.from_text(self.begun_at))

    @property
    def walk(self) -> str:
        """Under which its slices are kept."""
        return f"segments/{self.id}"


def expires_at(now: datetime) -> int:
    """In seconds since 1970: until then what a run came to is remembered."""
    return int((now + KEPT_FOR).timestamp())


def awaited(desk: Desk, at: datetime, gone: Iterable[str] = ()) -> Desk:
    """Something is about to be published, which can be built from then on."""
    wake_at = max(desk.wake_at, clock.to_text(at))
    due_at = desk.due_at if desk.run else _sooner(desk.due_at, clock.to_text(at))
    known = tuple(dict.fromkeys((*desk.gone, *gone)))
    return _next(desk, gone=known, wake_at=wake_at, due_at=due_at)


def leaving(desk: Desk, gone: Iterable[str]) -> Desk:
    """Slots are about to go; a run clears up behind them, whenever there is one."""
    return _next(desk, gone=tuple(dict.fromkeys((*desk.gone, *gone))))


def cleared(desk: Desk, done: Collection[str]) -> Desk:
    """Of these parts nothing is left in the Members table."""
    return _next(desk, gone=tuple(part for part in desk.gone if part not in done))


def asked(desk: Desk, why: Why, now: datetime) -> Desk:
    """While one is at work, the next one follows at once."""
    return _next(desk, asked=why, due_at=desk.due_at if desk.run else clock.to_text(now))


def is_due(desk: Desk, now: datetime) -> bool:
    return bool(desk.due_at) and desk.due_at <= clock.to_text(now)


def begun(
    desk: Desk, edition: int, slots: tuple[int, ...], names: Mapping[str, str], now: datetime
) -> tuple[Desk, Run]:
    run_id = f"{clock.day(now)}-{desk.revision + 1}"
    why = desk.asked or "publish"
    run = Run(id=run_id, why=why, edition=edition, slots=slots, names=names, begun_at=clock.to_text(now))
    runs = (run_id, *desk.runs)[:MOST_RUNS]
    at_work = _next(desk, asked="", run=run_id, attempt=1, failures=0, runs=runs, due_at=clock.to_text(now + _START))
    return at_work, run


def resumed(desk: Desk, now: datetime) -> Desk:
    """Its execution has failed or died: another one goes on where it stopped."""
    return _next(desk, attempt=desk.attempt + 1, due_at=clock.to_text(now + _START))


def alive(desk: Desk, now: datetime) -> Desk:
    """Its execution is at work. Written down only now and then, because slices are walked side by side."""
    is_fresh = desk.due_at > clock.to_text(now + _ALIVE / 2)
    return desk if is_fresh else _next(desk, due_at=clock.to_text(now + _ALIVE))


def failed(desk: Desk, now: datetime) -> Desk:
    pause = PAUSES[min(desk.failures, len(PAUSES) - 1)]
    return _next(desk, failures=desk.failures + 1, due_at=clock.to_text(now + pause))


def ended(desk: Desk, now: datetime) -> Desk:
    """The clock looks at once whether there is more to do."""
    return _next(desk, run="", attempt=0, failures=0, due_at=clock.to_text(now))


def put_off(desk: Desk, until: datetime | None, now: datetime) -> Desk:
    """Nothing can be begun before; None is before somebody asks for it."""
    wake_at = desk.wake_at if desk.wake_at > clock.to_text(now) else ""
    due_at = _sooner(wake_at, clock.to_text(until) if until else "")
    return _next(desk, wake_at=wake_at, due_at=due_at)


def _next(desk: Desk, **changes: object) -> Desk:
    return replace(desk, revision=desk.revision + 1, **changes)  # type: ignore[arg-type]


def _sooner(one: str, other: str) -> str:
    return min(one, other) if one and other else one or other


def _sum(some: Mapping[str, int], others: Mapping[str, int]) -> dict[str, int]:
    return {name: some.get(name, 0) + others.get(name, 0) for name in sorted({*some, *others})}
