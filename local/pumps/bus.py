"""Events of AWS services to rules to queues: the default bus of EventBridge."""

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.emulator import events, queues


@dataclass(frozen=True, slots=True)
class Rule:
    pattern: Mapping[str, Any]
    queues: list[str]

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
                for queue in rule.queues:
                    queues.send(queue, json.dumps(event))
        return True

    def next_due(self) -> float | None:
        return None
