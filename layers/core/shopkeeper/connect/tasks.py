"""What somebody of the business is to do for a customer, such as to call them: opened by a journey, worked by agents.

A task is a row of its own, under an id that the visit of the node gives it. So it is opened once, however often that is
handed over, and never after it was cancelled. What is done stays done: a journey that goes on meanwhile cancels only
what nobody has done. Pure; the rows are kept by `shopkeeper.aws.tasks`.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from shopkeeper import clock
from shopkeeper.customer.instants import from_ms
from shopkeeper.journey import effects
from shopkeeper.journey.effects import task_id
from shopkeeper.journey.rows import RunKey

MOST_HISTORY = 20
_TRIES = 5

State = Literal["open", "claimed", "done", "cancelled"]
"""`open` is nobody's so far, `claimed` somebody's."""
What = Literal["opened", "claimed", "reassigned", "done", "cancelled"]


class Line(NamedTuple):
    """Of the history of a task. `who` is the subject of a token, "" for the journey; `to` whose it was from then on."""

    at: str
    what: What
    who: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Instants are text, "" for none. `run` is the name of the row of the run, `<journey>#<key>`; `assignee` and
    `closed_by` are subjects of tokens. What was cancelled before it was opened has no `opened_at`. `untold` since when
    it is done and nobody has heard of it."""

    id: str
    customer_id: str
    run: str
    node: str
    visit: int
    queue: str = ""
    script: str = ""
    opened_at: str = ""
    due: str = ""
    state: State = "open"
    assignee: str = ""
    outcome: str = ""
    note: str = ""
    closed_at: str = ""
    closed_by: str = ""
    untold: str = ""
    history: tuple[Line, ...] = ()
    revision: int = 1

    @property
    def journey(self) -> str:
        return self.run.partition("#")[0]

    @property
    def is_closed(self) -> bool:
        return self.state in ("done", "cancelled")

    def is_overdue(self, now: datetime) -> bool:
        return bool(self.due) and not self.is_closed and self.due <= clock.to_text(now)


class TaskError(Exception):
    """Why it cannot be done."""


class ClosedError(TaskError):
    """Somebody has done it, or its journey has gone on."""


class OthersError(TaskError):
    """Somebody else has it."""


class Overtaken(Exception):
    """The row is not as it was read."""


class Tasks(Protocol):
    def load(self, task: str) -> Task | None:
        """Read consistently."""

    def open(self, task: Task) -> bool:
        """Unless there is one of this id, of whatever state."""

    def put(self, task: Task) -> Task:
        """In the place of this revision, with the next one. Raises Overtaken."""

    def told(self, task: Task) -> None:
        """This revision is not `untold` any more."""


def hand(tasks: Tasks, effect: effects.Task, run: RunKey, now: datetime) -> Task | None:
    """What a leg has handed over: a task is opened, or cancelled. Harmless however often, and in whichever order.

    Gives the task that was to be opened, as it stands; None where it never is. Raises Overtaken for one that others
    change all the time.
    """
    wanted = _made(effect, run)
    if effect.is_end:
        # Its opening may still be on the way: it will find that it is cancelled.
        if not tasks.open(_closed(wanted, "cancelled", now)):
            _cancel(tasks, wanted.id, now)
        return None
    opened_at = clock.to_text(now)
    opened = _noted(replace(wanted, opened_at=opened_at), Line(opened_at, "opened"))
    stands = opened if tasks.open(opened) else tasks.load(opened.id)
    return stands if stands and stands.opened_at else None


def _made(effect: effects.Task, run: RunKey) -> Task:
    return Task(
        id=task_id(effect.run, effect.node, effect.visit),
        customer_id=run.customer_id,
        run=run.name,
        node=effect.node,
        visit=effect.visit,
        queue=effect.queue,
        script=effect.script,
        due=from_ms(effect.due_at) if effect.due_at else "",
    )


def _cancel(tasks: Tasks, task: str, now: datetime) -> None:
    for _ in range(_TRIES):
        stands = tasks.load(task)
        if stands is None or stands.is_closed:
            return
        try:
            tasks.put(_closed(stands, "cancelled", now))
        except Overtaken:
            continue
        return
    raise Overtaken(task)


def claim(task: Task, who: str, now: datetime) -> Task:
    """The same if they have it. Raises ClosedError, OthersError."""
    _check(task, who)
    if task.assignee == who:
        return task
    return _noted(replace(task, state="claimed", assignee=who), Line(clock.to_text(now), "claimed", who, who))


def reassign(task: Task, who: str, to: str, now: datetime) -> Task:
    """From whoever has it. `to` is the subject of a token, "" for the queue. Raises ClosedError."""
    _check(task, task.assignee)
    if task.assignee == to:
        return task
    state: State = "claimed" if to else "open"
    return _noted(replace(task, state=state, assignee=to), Line(clock.to_text(now), "reassigned", who, to))


def complete(task: Task, who: str, outcome: str, note: str, now: datetime) -> Task:
    """Nobody has heard of that yet. Raises ClosedError, OthersError."""
    _check(task, who)
    done = _closed(task, "done", now, who)
    return replace(done, assignee=who, outcome=outcome, note=note, untold=done.closed_at)


def _check(task: Task, who: str) -> None:
    if task.is_closed:
        raise ClosedError(task.state)
    if task.assignee not in ("", who):
        raise OthersError(task.assignee)


def _closed(task: Task, state: Literal["done", "cancelled"], now: datetime, who: str = "") -> Task:
    at = clock.to_text(now)
    return _noted(replace(task, state=state, closed_at=at, closed_by=who), Line(at, state, who))


def _noted(task: Task, line: Line) -> Task:
    return replace(task, history=(*task.history, line)[-MOST_HISTORY:])
