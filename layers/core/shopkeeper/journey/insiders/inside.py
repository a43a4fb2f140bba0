"""Walks over those inside a journey: over the table of all runs, of which the others are left out as it is read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from shopkeeper.journey.rows import Row


class Runs(Protocol):
    def page(self, segment: int, segments: int, after: str, limit: int, journey: str) -> tuple[Sequence[Row], str]:
        """Of one slice of the table, from behind the row `after`: the runs of a journey among the next `limit`, those
        that are over too, perhaps as they were a moment ago; and what to pass next, "" at the end."""


@dataclass(frozen=True, slots=True)
class Inside:
    """The pages of a walk."""

    runs: Runs
    journey: str

    def page(self, segment: int, segments: int, after: str, limit: int) -> tuple[Sequence[Row], str]:
        return self.runs.page(segment, segments, after, limit, self.journey)


def pages(runs: Runs) -> Callable[[str], Inside]:
    """By the name of a walk, `<journey>/...`."""
    return lambda name: Inside(runs, journey(name))


def journey(name: str) -> str:
    """That a walk of this name is about."""
    return name.partition("/")[0]
