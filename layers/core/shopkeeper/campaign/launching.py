"""Launch a campaign, cancel it, and what the clock does about a launch that is due.

The launch is written before its execution is started, and due soon: where the start fails, the clock makes up for it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from shopkeeper import clock
from shopkeeper.campaign import launch as launches
from shopkeeper.campaign import terms
from shopkeeper.campaign.launch import Launch, Pins
from shopkeeper.campaign.ports import Definitions, Launches, Machine, Overtaken
from shopkeeper.clock import Clock
from shopkeeper.customer.requests import BadRequest
from shopkeeper.segment import rule
from shopkeeper.segment.references import Look, inlined, no_segments

# A launch holds on to what it was pinned to; a year later nobody remembers what that was.
FURTHEST = timedelta(days=366)
After = TypeVar("After", Launch, Launch | None)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a request to launch names, 0 and "" where it leaves that open. `at` is text as `clock.to_text` writes it."""

    version: int = 0
    at: str = ""


class NoLaunch(Exception):
    """The campaign was never launched."""


class Pinned(Exception):
    """The launch is pinned otherwise than somebody wants it, and has begun. `findings` pair fields with what stands."""

    def __init__(self, findings: Iterable[tuple[str, str]]) -> None:
        super().__init__("the launch is pinned otherwise")
        self.findings = list(findings)


class Over(Exception):
    """The launch has come to its end as the argument says: done, or called off after it had begun."""


class Launcher:
    def __init__(self, store: Launches, machine: Machine, now: Clock) -> None:
        self._store, self._machine, self._clock = store, machine, now

    def find(self, campaign: str) -> Launch | None:
        return self._store.get(launches.launch_id(campaign))

    def launch(
        self, campaign: str, counts: int, definitions: Definitions, wish: Wish = Wish(), segments: Look = no_segments
    ) -> Launch:
        """Of the version that `counts`, at the instant of the wish, or else when its schedule says, or else now.
        `segments` are their whole rules, which it holds on to as they are now.

        One that was launched before is answered as it is, but goes on if it had failed, and is launched afresh if it
        came to nothing. One that still waits for its time is pinned anew if it is wished otherwise; any other one
        raises Pinned. Raises Over for one that was called off, BadRequest naming the field.
        """

        def after(before: Launch | None) -> Launch:
            now = self._clock.now()
            if before is None or launches.came_to_nothing(before):
                return _planned(campaign, _counting(counts, wish), definitions, segments, wish, now, before)
            if before.state == "cancelled":
                raise Over(before.state)
            if not (differences := _differences(before, wish)):
                return launches.resumed(before, now)
            if before.state != "scheduled":
                raise Pinned(differences)
            return _repinned(before, counts, definitions, segments, wish, now)

        _, launch = self._change(launches.launch_id(campaign), after)
        self._start(launch)  # Also where nothing changed: the start before may have failed.
        return launch

    def cancel(self, campaign: str) -> Launch:
        """Sends that are still to go will not be sent; what is done stays done. Raises NoLaunch, and Over where all is
        done."""

        def cancelled(before: Launch | None) -> Launch:
            if before is None:
                raise NoLaunch(campaign)
            if before.state == "done":
                raise Over(before.state)
            return launches.cancelled(before, self._clock.now())

        _, launch = self._change(launches.launch_id(campaign), cancelled)
        self._start(launch)
        return launch

    def hasten(self, campaign: str) -> Launch:
        """The clock starts an execution that looks at its rows now; the one there is would wait. Raises NoLaunch."""

        def hastened(before: Launch | None) -> Launch:
            if before is None:
                raise NoLaunch(campaign)
            return launches.handed_over(before, self._clock.now()) if before.state == "running" else before

        _, launch = self._change(launches.launch_id(campaign), hastened)
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


def _counting(counts: int, wish: Wish) -> int:
    """Raises BadRequest for a wish for another version: only what counts is launched."""
    if wish.version not in (0, counts):
        raise BadRequest([("version", f"version {counts} of the campaign is the one that counts")])
    return counts


def _differences(launch: Launch, wish: Wish) -> list[tuple[str, str]]:
    """What a request leaves open agrees with everything, so one that is sent again stays without effect."""
    pinned = {"version": (wish.version, launch.pins.version), "at": (wish.at, launch.run_at)}
    return [
        (name, f"the launch is {launch.state} and pinned to {stands}")
        for name, (wanted, stands) in pinned.items()
        if wanted and wanted != stands
    ]


def _repinned(
    before: Launch, counts: int, definitions: Definitions, segments: Look, wish: Wish, now: datetime
) -> Launch:
    """Where the wish names no instant, another version brings that of its own schedule; else the one there is stays."""
    pins, run_at = before.pins, wish.at or before.run_at
    if wish.version not in (0, pins.version):
        said = _said(before.campaign, _counting(counts, wish), definitions)
        pins = _pins(counts, said, definitions, segments)
        run_at = wish.at or _scheduled(said) or run_at
    return launches.repinned(before, pins, _run_at("at", run_at, now), now)


def _planned(
    campaign: str,
    version: int,
    definitions: Definitions,
    segments: Look,
    wish: Wish,
    now: datetime,
    before: Launch | None,
) -> Launch:
    said = _said(campaign, version, definitions)
    pins = _pins(version, said, definitions, segments)
    run_at = _run_at("at", wish.at, now) if wish.at else _run_at("schedule.at", _scheduled(said), now)
    return launches.planned(campaign, pins, run_at, now, before)


def _said(campaign: str, version: int, definitions: Definitions) -> Mapping[str, Any]:
    said = definitions.version("campaign", campaign, version)
    if said is None:
        raise BadRequest([("version", f"there is no version {version} of campaign {campaign}")])
    return said


def _scheduled(said: Mapping[str, Any]) -> str:
    return str(said.get("schedule", {}).get("at", ""))


def _pins(version: int, said: Mapping[str, Any], definitions: Definitions, segments: Look) -> Pins:
    brand, name = _pinned("brand", said["brand"], definitions), said["brand"]
    return Pins(
        version=version,
        audience=rule.to_json(inlined(rule.read(said["audience"]), segments, "audience")),
        template=f"{said['template']}#{_pinned('template', said['template'], definitions)}",
        brand=f"{name}#{brand}",
        topic=said["topic"],
        mail_class=said["class"],
        home=(definitions.version("brand", name, brand) or {}).get("home_page", ""),
        fallback=said.get("fallback", ""),
        terms=terms.at_the_door(said),
    )


def _pinned(kind: str, definition_id: str, definitions: Definitions) -> int:
    """The version that counts now. Raises BadRequest."""
    number = definitions.number(kind, definition_id)
    if not number:
        raise BadRequest([(kind, f"there is no {kind} {definition_id}")])
    return number


def _run_at(field: str, at: str, now: datetime) -> datetime:
    """Raises BadRequest for a time that is over, as who wants it now had better say so, and for one too far ahead."""
    if not at:
        return now
    run_at = clock.from_text(at)
    if launches.is_too_late(run_at, now):
        raise BadRequest([(field, f"{at} has passed")])
    if run_at > now + FURTHEST:
        raise BadRequest([(field, f"{at} is more than a year ahead")])
    return run_at
