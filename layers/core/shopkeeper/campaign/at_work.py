"""Whoever does a part of a launch asks first whether it is still to be done, and shows that somebody is at it."""

from contextlib import suppress
from typing import Protocol

from shopkeeper.campaign import launch as launches
from shopkeeper.campaign.launch import Launch, State
from shopkeeper.campaign.ports import Launches, Overtaken
from shopkeeper.clock import Clock


class Part(Protocol):
    @property
    def launch(self) -> str: ...

    @property
    def attempt(self) -> int: ...


def at_work(store: Launches, part: Part, state: State, now: Clock) -> Launch | None:
    """The launch, if it stands in this state and the part belongs to the attempt that has it; else None."""
    launch = store.get(part.launch)
    if launch is None or (launch.state, launch.attempt) != (state, part.attempt):
        return None
    alive = launches.alive(launch, now.now())
    if alive is not launch:
        with suppress(Overtaken):  # By another part, most likely. If the launch was called off, the next look sees it.
            store.put(alive)
    return launch
