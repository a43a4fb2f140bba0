"""Events of AWS services to rules to their targets: the default bus of EventBridge."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.emulator import events


@dataclass(frozen=True, slots=True)
class Rule:
    pattern: Mapping[str, Any]
    targets: list[Callable[[dict[str, Any]], None]]

    def matches(self, event: Mapping[str, Any]) -> bool:
        return events.matches(self.pattern, event)


class Bus:
    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self._events: deque[dict[str, Any]] = deque()

    def put(self, event: dict[str, Any]) -> None:
        self._events.append(event)

    def step(self) -> bool:
        if not self._events:
            return False
        event = self._events.popleft()
        for rule in self.rules:
            if rule.matches(event):
                for deliver in rule.targets:
                    deliver(event)
        return True

    def next_due(self) -> float | None:
        return None
