"""Launch a campaign, cancel it, and what the clock does about a launch that is due.

The launch is written before its execution is started, and due soon: where the start fails, the clock makes up for it.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

from shopkeeper.campaign import by_hand, occurrences
from shopkeeper.campaign import launch as launches
from shopkeeper.campaign.by_hand import OwnLaunch
from shopkeeper.campaign.launch import Launch, State
from shopkeeper.campaign.pinning import NOTHING, Pinned, Pinner, Wish, differences
from shopkeeper.campaign.ports import Definitions, Launches, Machine, Overtaken
from shopkeeper.clock import Clock
from shopkeeper.segment.references import Look, no_segments

# So long a launch may be called off before it begins, unless somebody says otherwise.
GRACE = timedelta(seconds=60)
After = TypeVar("After", Launch, Launch | None)


class NoLaunch(Exception):
    """The campaign was never launched."""


class Over(Exception):
    """The launch has come to its end as the argument says: done, or called off after it had begun."""


class Launcher:
    """`zone` is the IANA name of the workspace's."""

    def __init__(
        self, store: Launches, machine: Machine, now: Clock, grace: timedelta = GRACE, zone: str = "UTC"
    ) -> None:
        self._store, self._machine, self._clock, self._grace = store, machine, now, grace
        self._zone = zone

    def find(self, campaign: str) -> Launch | None:
        return self._store.get(launches.launch_id(campaign))

    def launch(
        self, campaign: str, counts: int, definitions: Definitions, wish: Wish = NOTHING, segments: Look = no_segments
    ) -> Launch:
        """Of the version that `counts`, at the instant of the wish, or else when its schedule says, or else now.
        `segments` are their whole rules, which it holds on to as they are now.

        One that was launched before is answered as it is, but goes on if it had failed, and is launched afresh if it
        came to nothing. One that still waits for its time is pinned anew if it is wished otherwise; any other one
        raises Pinned. Raises Over for one that was called off, BadRequest naming the field.
        """

        def after(before: Launch | None) -> Launch:
            grace = self._grace if wish.grace is None else wish.grace
            now = self._clock.now()
            pinner = Pinner(campaign, counts, definitions, segments, wish, grace, now, self._zone)
            if before is None or by_hand.came_to_nothing(before):
                return pinner.planned(before)
            if before.state == "cancelled":
                raise Over(before.state)
            if not (found := differences(before, wish)):
                return by_hand.asked_again(before, wish.grace, now)
            if before.state not in ("scheduled", "awaiting_approval"):
                raise Pinned(found)
            return pinner.repinned(before)

        _, launch = self._change(launches.launch_id(campaign), after)
        self._start(launch)  # Also where nothing changed: the start before may have failed.
        return launch

    def cancel(self, campaign: str, occurrence: str = "") -> Launch:
        """Sends that are still to go will not be sent; what is done stays done. Raises NoLaunch, and Over where all is
        done."""
        if occurrence and (less := self._without(campaign, occurrence)):
            return less
        return self._told(campaign, by_hand.cancelled, occurrence=occurrence)

    def pause(self, campaign: str, occurrence: str = "") -> Launch:
        """No send goes any more; all stay as they are. Raises NoLaunch, and Over where none is left to go."""
        return self._told(campaign, by_hand.paused, ("done", "cancelled", "missed"), occurrence)

    def resume(self, campaign: str, occurrence: str = "") -> Launch:
        """What was paused goes on from its rows. Raises NoLaunch."""
        return self._told(campaign, by_hand.resumed, (), occurrence)

    def go_on(self, campaign: str, occurrence: str = "") -> Launch:
        """Those who are not among the first go, too: of one that recurs, of its newest occurrence if none is named.
        Raises NoLaunch, TooSoon before these have gone, and Over where none is left to go."""
        launch = self.find(campaign)
        newest = launch.past[0] if launch and launch.pins.recurs and launch.past else ""
        return self._told(campaign, by_hand.went_on, ("done", "cancelled", "missed"), occurrence or newest)

    def approve(self, campaign: str, by: str) -> Launch:
        """Raises NoLaunch, Over where nothing awaits it, OwnLaunch."""

        def approved(before: Launch, now: datetime) -> Launch:
            if not before.takes_approval and before.approved_by != by:
                raise Over(before.state)
            return by_hand.approved(before, by, self._grace, now)

        return self._told(campaign, approved, over=())

    def hasten(self, campaign: str, occurrence: str = "") -> Launch:
        """The clock starts an execution that looks at its rows now; the one there is would wait. Raises NoLaunch."""
        return self._told(campaign, by_hand.hastened, (), occurrence)

    def visit(self, launch_id: str) -> None:
        """By the clock: it was due a moment ago, and may not be any more."""
        begun: list[str] = []

        def woken(before: Launch | None) -> Launch | None:
            begun.clear()
            now = self._clock.now()
            if before is None or not occurrences.is_due(before, now):
                return launches.woken(before, now) if before else None
            if before.series:
                return occurrences.checked(before, self._store.get(before.series), now)
            if not before.pins.recurs:
                return launches.woken(before, now)
            begun.append(self._put_down(occurrences.begun(before, now)))
            return occurrences.moved_on(before, now)

        before, launch = self._change(launch_id, woken)
        if launch and launch != before:
            self._start(launch)
        for each in begun:
            self.visit(each)

    def _put_down(self, occurrence: Launch) -> str:
        if self._store.get(occurrence.id) is None:
            with suppress(Overtaken):  # By another visit of the same series: it puts down the same.
                self._store.put(occurrence)
        return occurrence.id

    def _without(self, campaign: str, occurrence: str) -> Launch | None:
        """The series with one of its coming times called off; None if that is none of them."""

        def less(before: Launch | None) -> Launch | None:
            return occurrences.without(before, occurrence, self._clock.now()) if before else None

        return self._change(launches.launch_id(campaign), less)[1]

    def _told(
        self,
        campaign: str,
        change: Callable[[Launch, datetime], Launch],
        over: Sequence[State] = ("done",),
        occurrence: str = "",
    ) -> Launch:
        """The launch of the campaign; of one that recurs one of its occurrences, or else all that there are."""
        launch = self.find(campaign)
        if occurrence or launch is None or not launch.pins.recurs:
            return self._tell(self._named(campaign, occurrence), change, over)
        return self._tell_all(launch, change, over)

    def _tell_all(self, series: Launch, change: Callable[[Launch, datetime], Launch], over: Sequence[State]) -> Launch:
        """The series first: what it puts down in this moment looks at it before it begins. Raises Over or OwnLaunch
        where none can be told."""
        refused = self._refused(series.id, change, over)
        refusals = [refused, *(self._refused(each, change, over) for each in self._newly(series).past)]
        if all(refusals):
            raise next((each for each in refusals if isinstance(each, OwnLaunch)), None) or Over(series.state)
        return self._newly(series)

    def _refused(
        self, launch_id: str, change: Callable[[Launch, datetime], Launch], over: Sequence[State]
    ) -> Exception | None:
        """Why it could not be told, None if it was."""
        try:
            self._tell(launch_id, change, over)
        except (Over, OwnLaunch) as refused:
            return refused
        return None

    def _newly(self, series: Launch) -> Launch:
        return self.find(series.campaign) or series

    def _named(self, campaign: str, occurrence: str) -> str:
        """Raises NoLaunch."""
        named = self._store.get(occurrence) if occurrence else None
        if occurrence and (named is None or named.campaign != campaign):
            raise NoLaunch(occurrence)
        return occurrence or launches.launch_id(campaign)

    def _tell(self, launch_id: str, change: Callable[[Launch, datetime], Launch], over: Sequence[State] = ()) -> Launch:
        def told(before: Launch | None) -> Launch:
            if before is None:
                raise NoLaunch(launch_id)
            if before.state in over:
                raise Over(before.state)
            return change(before, self._clock.now())

        _, launch = self._change(launch_id, told)
        self._start(launch)
        return launch

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
