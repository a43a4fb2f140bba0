"""Launch a campaign, cancel it, and what the clock does about a launch that is due.

The launch is written before its execution is started, and due soon: where the start fails, the clock makes up for it.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from shopkeeper import clock
from shopkeeper.campaign import launch as launches
from shopkeeper.campaign.launch import Launch, Pins
from shopkeeper.campaign.ports import Definitions, Launches, Machine, Overtaken
from shopkeeper.clock import Clock
from shopkeeper.customer.requests import BadRequest

After = TypeVar("After", Launch, Launch | None)


class NoLaunch(Exception):
    """The campaign was never launched."""


class Launcher:
    def __init__(self, store: Launches, machine: Machine, now: Clock) -> None:
        self._store, self._machine, self._clock = store, machine, now

    def find(self, campaign: str) -> Launch | None:
        return self._store.get(launches.launch_id(campaign))

    def launch(self, campaign: str, version: int, definitions: Definitions, at: str = "") -> Launch:
        """At the instant `at`, or else when its schedule says, or else now.

        One that was launched before is answered as it is, but goes on if it had failed, and is launched afresh if it
        came to nothing. Raises BadRequest naming the field.
        """

        def after(before: Launch | None) -> Launch:
            now = self._clock.now()
            if before and not launches.came_to_nothing(before):
                return launches.resumed(before, now)
            return _planned(campaign, version, definitions, at, now, before)

        _, launch = self._change(launches.launch_id(campaign), after)
        self._start(launch)  # Also where nothing changed: the start before may have failed.
        return launch

    def cancel(self, campaign: str) -> Launch:
        """Sends that are still to go will not be sent; what is done stays done. Raises NoLaunch."""

        def cancelled(before: Launch | None) -> Launch:
            if before is None:
                raise NoLaunch(campaign)
            return launches.cancelled(before, self._clock.now())

        _, launch = self._change(launches.launch_id(campaign), cancelled)
        self._start(launch)
        return launch

    def visit(self, launch_id: str) -> None:
        """By the clock: it was due a moment ago, and may not be any more."""

        def woken(before: Launch | None) -> Launch | None:
            return launches.woken(before, self._clock.now()) if before else None

        before, launch = self._change(launch_id, woken)
        if launch and launch != before:
            self._start(launch)

    def _change(self, launch_id: str, change: Callable[[Launch | None], After]) -> tuple[Launch | None, After]:
        """How the launch stood, and how it stands now."""
        while True:
            before = self._store.get(launch_id)
            after = change(before)
            try:
                if after is not None and after != before:
                    self._store.put(after)
            except Overtaken:
                continue
            return before, after

    def _start(self, launch: Launch) -> None:
        if launch.wants_execution:
            self._machine.start(launch.execution, {"launch": launch.id, "attempt": launch.attempt})


def _planned(
    campaign: str, version: int, definitions: Definitions, at: str, now: datetime, before: Launch | None
) -> Launch:
    said = definitions.version("campaign", campaign, version)
    if said is None:
        raise BadRequest([("version", f"there is no version {version} of campaign {campaign}")])
    pins = Pins(
        version=version,
        audience=json.dumps(said["audience"], separators=(",", ":")),
        template=_pinned("template", said["template"], definitions),
        brand=_pinned("brand", said["brand"], definitions),
        topic=said["topic"],
        mail_class=said["class"],
    )
    run_at = _run_at("at", at, now) if at else _run_at("schedule.at", said.get("schedule", {}).get("at", ""), now)
    return launches.planned(campaign, pins, run_at, now, before)


def _pinned(kind: str, definition_id: str, definitions: Definitions) -> str:
    number = definitions.number(kind, definition_id)
    if not number:
        raise BadRequest([(kind, f"there is no {kind} {definition_id}")])
    return f"{definition_id}#{number}"


def _run_at(field: str, at: str, now: datetime) -> datetime:
    """Raises BadRequest for a time that is over: who wants it now had better say so."""
    if not at:
        return now
    run_at = clock.from_text(at)
    if launches.is_too_late(run_at, now):
        raise BadRequest([(field, f"{at} has passed")])
    return run_at
