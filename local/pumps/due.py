"""Rows that wait for an instant, in tables with an index `by_due`. Nothing carries them: a schedule comes for them."""

from dataclasses import dataclass, field

from local.emulator import tables
from local.pumps.schedules import Schedules
from shopkeeper import clock


@dataclass(frozen=True, slots=True)
class DueRows:
    schedules: Schedules
    tables: list[str] = field(default_factory=list)

    def step(self) -> bool:
        return False

    def next_due(self) -> float | None:
        """When a schedule first comes at or after the instant of the earliest row."""
        first = min((due for name in self.tables if (due := tables.first_in(name, INDEX))), default=None)
        return self.schedules.first_at_or_after(clock.from_text(first).timestamp()) if first else None


INDEX = "by_due"
