"""Nodes at which a run waits: for time, for what is heard, for what comes of a task."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from shopkeeper.customer.asked import Path
from shopkeeper.customer.requests import Strict, Time
from shopkeeper.journey.definition.hearing import Key, Signal
from shopkeeper.journey.definition.nodes import Known, Node
from shopkeeper.journey.definition.spans import Duration, Timed

MOST_SIGNALS = 20
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Signals = Annotated[dict[Key, Signal], Field(max_length=MOST_SIGNALS)]
_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")


class Listens(Node):
    """`on` leads by the name of what was heard, or came of a task, to a node."""

    on: dict[Key, Key] = {}

    @property
    def signals(self) -> Mapping[str, Signal]:
        """What it listens to, by name."""
        return {}

    @property
    def field(self) -> str:
        """Where they stand."""
        return "hears"


class Task(Strict):
    """`queue` is whose task it is, `due` how long they have."""

    queue: Known
    script: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    due: Timed | None = None
    outcomes: Annotated[tuple[Key, ...], Field(min_length=1, max_length=20)]


class TaskNode(Listens):
    """Somebody is to do something, and the run waits. An outcome without a way in `on` leaves it waiting. The task is
    cancelled when the run leaves."""

    task: Task
    hears: Signals = {}
    timeout: Duration
    else_: Annotated[Key, Field(alias="else")]
    late_after: Timed | None = None

    @property
    def signals(self) -> Mapping[str, Signal]:
        return self.hears


class OfTrait(Strict):
    """The date or instant that a trait holds, so long `before` or `after` it; of a date, at this `time`. Who has no
    such trait goes on at once, to `missing` if that is said."""

    path: Path
    before: Duration | None = None
    after: Duration | None = None
    time: Time = "00:00"
    missing: Key | None = None

    @model_validator(mode="after")
    def _one(self) -> "OfTrait":
        if self.before and self.after:
            raise ValueError("is before or after, not both")
        return self


class Hours(Strict):
    """On the customer's clock, also over midnight; `days` are those it begins on, all if there are none. The same time
    twice is the whole day."""

    from_: Annotated[Time, Field(alias="from")]
    to: Time
    days: Annotated[tuple[Weekday, ...], Field(max_length=7)] = ()


def _instant(text: str) -> str:
    wall, _, local = text.partition(" ")
    try:
        told = datetime.fromisoformat(text if local != "local" else wall)
    except ValueError:
        told = None
    if told is None or (local == "local" and not _LOCAL.fullmatch(wall)) or (not local and told.tzinfo is None):
        raise ValueError("is an instant such as 2026-11-24T09:00Z, or a time such as 2026-11-24T09:00 local")
    return text


class Wait(Strict):
    """One of: `for` so long, `from` when the run came here, entered, or sent its last mail; `until` an instant or a
    time of the customer's own clock; a day that a `trait` holds; the next `window`."""

    for_: Annotated[Duration | None, Field(alias="for")] = None
    from_: Annotated[Literal["node", "entry", "sent"] | None, Field(alias="from")] = None
    until: Annotated[str, AfterValidator(_instant)] | None = None
    trait: OfTrait | None = None
    window: Hours | None = None

    @model_validator(mode="after")
    def _one(self) -> "Wait":
        if sum(each is not None for each in (self.for_, self.until, self.trait, self.window)) != 1:
            raise ValueError("has one of for, until, trait and window")
        if self.from_ and not self.for_:
            raise ValueError("has from for a duration alone")
        return self


class WaitNode(Listens):
    """What it `hears` before the time is over leads elsewhere."""

    wait: Wait
    hears: Signals = {}
    next: Key

    @property
    def signals(self) -> Mapping[str, Signal]:
        return self.hears


class WaitForNode(Listens):
    """For one of these; after `timeout` on to `else`. What happened since the last mail went counts, also before the
    run came here."""

    wait_for: Annotated[dict[Key, Signal], Field(min_length=1, max_length=20)]
    timeout: Duration
    else_: Annotated[Key, Field(alias="else")]

    @property
    def signals(self) -> Mapping[str, Signal]:
        return self.wait_for

    @property
    def field(self) -> str:
        return "wait_for"
