"""Calls of functions that nobody waits for: Lambda keeps the event, and tries twice more if the handler fails."""

import time
from dataclasses import dataclass
from typing import Any

from local.functions import Function, FunctionError

_PAUSES_S = (60, 120)


@dataclass(slots=True)
class _Call:
    function: Function
    event: Any
    not_before: float = 0.0
    tries: int = 0


class Calls:
    def __init__(self) -> None:
        self._calls: list[_Call] = []

    def put(self, function: Function, event: Any) -> None:
        self._calls.append(_Call(function, event))

    def step(self) -> bool:
        now = time.time()
        call = next((call for call in self._calls if call.not_before <= now), None)
        if call is None:
            return False
        self._calls.remove(call)
        self._try(call)
        return True

    def next_due(self) -> float | None:
        return min((call.not_before for call in self._calls), default=None)

    def _try(self, call: _Call) -> None:
        try:
            call.function.invoke(call.event)
        except FunctionError:
            if call.tries < len(_PAUSES_S):
                call.not_before = time.time() + _PAUSES_S[call.tries]
                call.tries += 1
                self._calls.append(call)
