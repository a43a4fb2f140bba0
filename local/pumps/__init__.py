"""What AWS carries between the parts of the bundle. Nothing here waits: time is moved by the clock alone."""

from typing import Protocol


class Pump(Protocol):
    def step(self) -> bool:
        """Carry one batch. False if there is none that can be carried now."""
        ...

    def next_due(self) -> float | None:
        """Seconds since 1970 when something that cannot be carried now first can. None if nothing waits."""
        ...


def failed_items(result: object) -> list[str] | None:
    """The identifiers in `batchItemFailures`; None if the answer is of no such shape, which fails the whole batch."""
    if result is None or result == {}:
        return []
    try:
        return [str(item["itemIdentifier"]) for item in result["batchItemFailures"] or []]  # type: ignore[index]
    except (TypeError, KeyError):
        return None
