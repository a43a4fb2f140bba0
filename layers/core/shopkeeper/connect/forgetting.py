"""What journeys keep of a customer who was erased is erased as well: runs, and tasks with what was noted there."""

from collections.abc import Collection, Iterable
from typing import Protocol

from shopkeeper.journey.doors.owners import AllRuns, Mover
from shopkeeper.journey.effects import task_id
from shopkeeper.journey.rows import Row, RunKey


class Tasks(Protocol):
    def forget(self, tasks: Collection[str]) -> None:
        """Whether there are any of these ids or not."""


class Eraser:
    def __init__(self, runs: AllRuns, tasks: Tasks, mover: Mover) -> None:
        self._runs, self._tasks, self._mover = runs, tasks, mover

    def erase(self, customer_id: str) -> list[RunKey]:
        """The runs that are due by that: they switch off what is on, and are gone a day later."""
        self._tasks.forget(tasks_of(self._runs.of_customer(customer_id)))
        return self._mover.erased(customer_id)


def tasks_of(rows: Iterable[Row]) -> list[str]:
    """Ids of all that may have been opened in the newest entry of each run, as far as its history goes: rows of tasks
    are found by their ids alone."""
    return sorted({each for row in rows for each in _tasks_of(row)})


def _tasks_of(row: Row) -> Iterable[str]:
    run = row.run
    stood = [*((each.node, each.visit) for each in run.history), (run.node, run.visit)]
    return (task_id(run.id, node, visit) for node, visit in stood)
