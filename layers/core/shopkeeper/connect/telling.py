"""Tells of tasks: the memory of the customer, and the journey that waits for what came of one.

What came of a task stands in its row, due, before anybody is told. Whoever wrote it tells at once; the clock does where
that has failed. All is told under ids and instants of the row, so that telling it twice is telling it once.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec.structs import replace

from shopkeeper.clock import Clock
from shopkeeper.connect import tasks
from shopkeeper.connect.delivering import NotTaken
from shopkeeper.connect.messages import Handed
from shopkeeper.connect.tasks import Overtaken, Task, Tasks
from shopkeeper.customer import interaction
from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.interaction import Interaction
from shopkeeper.journey import effects
from shopkeeper.journey.rows import RunKey
from shopkeeper.journey.run import Cause

CREATED, COMPLETED = "Task Created", "Task Completed"


class Memory(Protocol):
    def send(self, messages: Sequence[bytes]) -> None: ...


class Runs(Protocol):
    def tell(self, key: RunKey, cause: Cause, now: datetime) -> bool:
        """The cause is in the inbox, and the row is due. False if nobody may move it any more, or it is there."""


class Legs(Protocol):
    def start(self, keys: Iterable[RunKey]) -> None:
        """What is due at once goes on without waiting for the clock."""


class TaskOpener:
    """What `delivering.Deliverer` does with tasks."""

    def __init__(self, tasks: Tasks, memory: Memory, now: Clock) -> None:
        self._tasks, self._memory, self._clock = tasks, memory, now

    def __call__(self, handed: Handed, effect: effects.Task) -> None:
        """Opened and told of, or cancelled. Raises NotTaken."""
        try:
            task = tasks.hand(self._tasks, effect, handed.run, self._clock.now())
        except Overtaken as problem:
            raise NotTaken("too many others are at it") from problem
        if task:
            self._memory.send([interaction.encode(created(task))])


class TaskTeller:
    def __init__(self, tasks: Tasks, memory: Memory, runs: Runs, legs: Legs, now: Clock) -> None:
        self._tasks, self._memory, self._runs, self._legs, self._clock = tasks, memory, runs, legs, now

    def tell(self, task: Task) -> None:
        """What came of it."""
        run = RunKey(task.customer_id, task.run)
        is_heard = self._runs.tell(run, cause(task), self._clock.now())
        self._memory.send([interaction.encode(completed(task))])
        self._tasks.told(task)
        if is_heard:
            self._legs.start([run])

    def visit(self, task: str) -> bool:
        """By the clock. There is never more to do at once."""
        stands = self._tasks.load(task)
        if stands and stands.untold:
            self.tell(stands)
        return False


def created(task: Task) -> Interaction:
    about = {"script": task.script, "due": task.due}
    said = {name: value for name, value in about.items() if value}
    return replace(_fact(task, CREATED, "created", task.opened_at, said), source="journey", origin=task.journey)


def completed(task: Task) -> Interaction:
    said = {"outcome": task.outcome} | ({"note": task.note} if task.note else {})
    return replace(_fact(task, COMPLETED, "done", task.closed_at, said), origin=f"api:{task.closed_by}")


def cause(task: Task) -> Cause:
    """What came of it, as its run hears it. Those who listen for the event hear that besides."""
    at = to_ms(task.closed_at)
    return Cause(
        id=completed(task).message_id,
        kind="signal",
        name=COMPLETED,
        at=at,
        received_at=at,
        about=task.id,
        props={"outcome": task.outcome},
    )


def _fact(task: Task, name: str, what: str, at: str, said: Mapping[str, str]) -> Interaction:
    about = {"task": task.id, "queue": task.queue, "journey": task.journey}
    return Interaction(
        subject=f"customer:{task.customer_id}",
        message_id=f"task/{task.id}/{what}",
        type="track",
        name=name,
        at=at,
        received_at=at,
        source="api",
        trusted=True,
        raw_properties=interaction.raw({**about, **said}),
    )
