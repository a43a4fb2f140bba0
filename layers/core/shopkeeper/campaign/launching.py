"""Launch a campaign, cancel it, and what the clock does about a launch that is due.

The launch is written before its execution is started, and due soon: where the start fails, the clock makes up for it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from shopkeeper.campaign import by_hand
from shopkeeper.campaign import launch as launches
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
    def __init__(self, store: Launches, machine: Machine, now: Clock, grace: timedelta = GRACE) -> None:
        self._store, self._machine, self._clock, self._grace = store, machine, now, grace

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
            pinner = Pinner(campaign, counts, definitions, segments, wish, grace, now)
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

    def cancel(self, campaign: str) -> Launch:
        """Sends that are still to go will not be sent; what is done stays done. Raises NoLaunch, and Over where all is
        done."""
        return self._told(campaign, by_hand.cancelled)

    def pause(self, campaign: str) -> Launch:
        """No send goes any more; all stay as they are. Raises NoLaunch, and Over where none is left to go."""
        return self._told(campaign, by_hand.paused, over=("done", "cancelled", "missed"))

    def resume(self, campaign: str) -> Launch:
        """What was paused goes on from its rows. Raises NoLaunch."""
        return self._told(campaign, by_hand.resumed, over=())

    def go_on(self, campaign: str) -> Launch:
        """Those who are not among the first go, too. Raises NoLaunch, TooSoon before these have gone, and Over where
        none is left to go."""
        return self._told(campaign, by_hand.went_on, over=("done", "cancelled", "missed"))

    def approve(self, campaign: str, by: str) -> Launch:
        """Raises NoLaunch, Over where nothing awaits it, OwnLaunch."""

        def approved(before: Launch, now: datetime) -> Launch:
            if not before.takes_approval and before.approved_by != by:
                raise Over(before.state)
            return by_hand.approved(before, by, self._grace, now)

        return self._told(campaign, approved, over=())

    def hasten(self, campaign: str) -> Launch:
        """The clock starts an execution that looks at its rows now; the one there is would wait. Raises NoLaunch."""
        return self._told(campaign, by_hand.hastened, over=())

    def visit(self, launch_id: str) -> None:
        """By the clock: it was due a moment ago, and may not be any more."""

        def woken(before: Launch | None) -> Launch | None:
            return launches.woken(before, self._clock.now()) if before else None

        before, launch = self._change(launch_id, woken)
        if launch and launch != before:
            self._start(launch)

    def _told(
        self, campaign: str, change: Callable[[Launch, datetime], Launch], over: Sequence[State] = ("done",)
    ) -> Launch:
        def told(before: Launch | None) -> Launch:
            if before is None:
                raise NoLaunch(campaign)
            if before.state in over:
                raise Over(before.state)
            return change(before, self._clock.now())

        _, launch = self._change(launches.launch_id(campaign), told)
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
