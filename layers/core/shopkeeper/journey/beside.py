"""The other runs of a customer, whose touches are on the way to a goal as well."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from shopkeeper.customer.document import Customer
from shopkeeper.journey import run as runs
from shopkeeper.journey import trail
from shopkeeper.journey.ports import Journeys
from shopkeeper.journey.rows import Row
from shopkeeper.journey.run import Run
from shopkeeper.journey.trail import Touch


class Runs(Protocol):
    def of_customer(self, customer_id: str) -> Iterable[Row]:
        """All runs, those that are over too."""


@dataclass(frozen=True, slots=True)
class Beside:
    runs: Runs
    journeys: Journeys

    def touches(self, customer: Customer, own: Run) -> Iterator[Touch]:
        """Of all runs but this one, by what the newest entry of each tells; of a version that is gone nobody can."""
        for row in (each for owner in sorted(customer.family) for each in self.runs.of_customer(owner)):
            if row.run.id == own.id:
                continue
            activity = "" if row.run.journey == own.journey else runs.activity(row.run.journey)
            with suppress(LookupError):
                graph = self.journeys.graph(row.run.journey, row.run.version)
                yield from (each._replace(activity=activity) for each in trail.of_run(graph, row.run))
