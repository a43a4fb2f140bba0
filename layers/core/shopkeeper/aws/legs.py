"""Legs of journeys: express executions, each for a batch of runs. To start one only makes things faster: what must
happen stands in the rows, and is due."""

import json
import os
from collections.abc import Iterable, Sequence
from typing import Any

from shopkeeper import clock, ids
from shopkeeper.aws.clients import client, outages_named
from shopkeeper.aws.due import JOINT
from shopkeeper.clock import Clock
from shopkeeper.journey.rows import RunKey

RUNS_PER_LEG = 40
SHORT = 12
"""Letters of a leg's name: each line of a run's history holds one."""


class Legs:
    def __init__(self, states: Any, arn: str, now: Clock) -> None:
        self._states, self._arn, self._clock = states, arn, now

    @classmethod
    def from_env(cls) -> "Legs":
        return cls(client("stepfunctions"), os.environ["JOURNEY_LEG_STATE_MACHINE"], Clock())

    def start(self, keys: Iterable[RunKey]) -> None:
        """As many legs as it takes. Raises Unavailable."""
        wanted = list(dict.fromkeys(keys))
        for first in range(0, len(wanted), RUNS_PER_LEG):
            self._start(wanted[first : first + RUNS_PER_LEG])

    def due(self, keys: Sequence[str]) -> dict[str, Exception]:
        """The same of keys as the due index has them; none of them fails by itself. Raises Unavailable."""
        self.start(RunKey(*key.split(JOINT, 1)) for key in keys)
        return {}

    def _start(self, keys: Sequence[RunKey]) -> None:
        runs = [{"customer_id": key.customer_id, "name": key.name, "fence": 0} for key in keys]
        at = clock.to_text(self._clock.now())
        name = ids.digest("leg", at, *(JOINT.join(key) for key in keys))[:SHORT]
        with outages_named():
            self._states.start_execution(
                stateMachineArn=self._arn, name=name, input=json.dumps({"runs": runs, "round": 0})
            )
