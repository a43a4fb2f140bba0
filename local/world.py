"""Everything that the template deployed: tables, queues, functions, routes, and the pumps between them."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3

from local import counterparts, emulator
from local.clock import VirtualClock
from local.counterparts import Counterparts
from local.emulator import own, queues, storage, tables
from local.emulator.account import REGION, S3_PATH, SECRET_KEY
from local.evaluate import Evaluator, TemplateError
from local.faults import FAULTS
from local.functions import Function
from local.gateway.routes import Api
from local.kinds import KINDS
from local.kinds.kind import Resource
from local.layers import cold
from local.logbook import Logbook
from local.machines.executions import Machines
from local.post.office import Office
from local.pumps import Pump
from local.pumps.bus import Bus
from local.pumps.calls import Calls
from local.pumps.due import DueRows
from local.pumps.schedules import Schedules
from local.warehouse import Warehouse
from shopkeeper.clock import to_text


class World:
    """There can be one at a time, as the time and AWS are those of the whole process. `template` is translated."""

    def __init__(
        self,
        template: Mapping[str, Any],
        parameters: Mapping[str, str],
        root: Path,
        base_url: str,
        logbook: Logbook,
        most_at_once: int,
    ) -> None:
        """No function is handed more than `most_at_once` messages or records, which AWS may do at any time."""
        self.root = root
        self.base_url = base_url
        self.logbook = logbook
        self.most_at_once = most_at_once
        self.tables: list[str] = []
        self.queues: list[str] = []
        self.groups: list[str] = []
        self.apis: list[Api] = []
        self.functions: dict[str, Function] = {}
        self.bus = Bus()
        self.calls = Calls()
        self.schedules = Schedules()
        self.due = DueRows(self.schedules)
        self.machines = Machines(self.functions, cache(self.client))
        self.post = Office()
        self.warehouse = Warehouse()
        self.counterparts = Counterparts()
        self.pumps: list[Pump] = [self.bus, self.schedules, self.calls, self.due, self.machines, self.post]
        self.environment = _environment(base_url)
        with ExitStack() as opened:
            self.clock = VirtualClock()
            opened.callback(self.clock.close)
            opened.enter_context(cold())
            opened.enter_context(emulator.switched_on())
            opened.enter_context(_listening(self.bus))
            opened.enter_context(patch.dict(own.services, states=self.machines, sesv2=self.post, athena=self.warehouse))
            opened.callback(self._retire_all)
            opened.callback(FAULTS.clear)
            self.outputs = self._deploy(template, parameters)
            self._opened = opened.pop_all()

    def close(self) -> None:
        """AWS is empty, the time is real, and modules remember nothing of this world."""
        self._opened.close()

    @cache  # noqa: B019  # A world and its clients end together, with the process or at `reset`.
    def client(self, service: str) -> Any:
        with patch.dict(os.environ, self.environment):
            return boto3.client(service)

    def step(self) -> bool:
        """One batch of each pump. False if there was nothing to carry."""
        carried = [pump.step() for pump in self.pumps]
        return any(carried)

    def next_due(self) -> datetime | None:
        """When the first of what waits can go on."""
        due = [instant for pump in self.pumps if (instant := pump.next_due()) is not None]
        # What could go on already, and has not been carried yet, does not turn the clock back.
        return max(datetime.fromtimestamp(min(due) + 0.001, UTC), self.clock.now()) if due else None

    def state(self) -> dict[str, Any]:
        """`{now, rows: {table: n}, queues: {name: {visible, hidden, dead}}, executions: [...], outbox: n, planned}`.

        `planned` is what was asked for at `/_local/ses`, `crash` and `fail`, and has not happened yet. Names go
        without `Table`, `Queue` and `StateMachine`; executions stand newest first.
        """
        depths = {name: queues.depth(name) for name in self.queues}
        dead = {depth.dead_queue for depth in depths.values()}
        return {
            "now": to_text(self.clock.now()),
            "rows": {name.removesuffix("Table"): tables.count_rows(name) for name in sorted(self.tables)},
            "queues": {
                name.removesuffix("Queue"): {"visible": depth.visible, "hidden": depth.hidden, "dead": depth.dead}
                for name, depth in sorted(depths.items())
                if name not in dead
            },
            "executions": self.machines.state(),
            "outbox": len(self.post.mails),
            "planned": {"ses": self.post.scripts.state(), "calls": self.counterparts.state(), **FAULTS.state()},
        }

    def _deploy(self, template: Mapping[str, Any], parameters: Mapping[str, str]) -> dict[str, str]:
        return Deployment(self, template, parameters).run()

    def _retire_all(self) -> None:
        for function in self.functions.values():
            function.retire()


class Deployment:
    """Each resource is made when it is first referred to, or else in the order of the template."""

    def __init__(self, world: World, template: Mapping[str, Any], parameters: Mapping[str, str]) -> None:
        self._world = world
        self._resources = template["Resources"]
        self._outputs = template.get("Outputs", {})
        self._evaluator = Evaluator(template, parameters, self._resource)
        self._made: dict[str, Resource] = {}
        self._making: list[str] = []

    def run(self) -> dict[str, str]:
        """The outputs of the template. Raises TemplateError."""
        for name, entry in self._resources.items():
            if self._is_wanted(entry):
                self._resource(name)
        return {
            name: self._evaluator.value(entry["Value"])
            for name, entry in self._outputs.items()
            if self._is_wanted(entry)
        }

    def _is_wanted(self, entry: Mapping[str, Any]) -> bool:
        return "Condition" not in entry or self._evaluator.condition(entry["Condition"])

    def _resource(self, name: str) -> Resource:
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def _make(self, name: str) -> Resource:
        if name in self._making:
            raise TemplateError(f"circular: {' -> '.join([*self._making, name])}")
        entry = self._resources[name]
        if not self._is_wanted(entry):
            raise TemplateError(f"{name} is referred to, but its condition {entry['Condition']} is false")
        if entry["Type"] not in KINDS:
            raise TemplateError(f"{name} is an {entry['Type']}, which the local stack cannot run; see local/kinds")
        self._making.append(name)
        try:
            properties = self._evaluator.value(entry.get("Properties", {}))
            return KINDS[entry["Type"]].make(self._world, name, properties)
        finally:
            self._making.remove(name)


@contextmanager
def _listening(bus: Bus) -> Iterator[None]:
    storage.listeners.append(bus.put)
    try:
        yield
    finally:
        storage.listeners.remove(bus.put)


def _environment(base_url: str) -> dict[str, str]:
    """What Lambda tells every function, and where AWS and everybody else is. What this machine knows about AWS counts
    for nothing."""
    return {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_SESSION_TOKEN": "local",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": base_url,
        "AWS_ENDPOINT_URL_S3": base_url + S3_PATH,
        "COUNTERPART_ADDRESS": base_url + counterparts.PATH,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    }
