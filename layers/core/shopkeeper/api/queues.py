"""Queues: whose tasks are which, and what can come of them."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from shopkeeper.api.versions import Kind
from shopkeeper.customer.requests import Lines, Strict, Text, Time
from shopkeeper.journey.definition.hearing import Key


class Hours(Strict):
    """On the clock of the workspace, also over midnight; `days` are those it begins on, all if there are none."""

    from_: Annotated[Time, Field(alias="from")]
    to: Time
    days: Annotated[tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...], Field(max_length=7)] = ()


def _different(outcomes: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(outcomes)) < len(outcomes):
        raise ValueError("names one twice")
    return outcomes


class Queue(Strict):
    """`owner` are the people whose tasks these are, as your house calls them, and `hours` when they are there: both are
    shown, and hold nobody up. Of a task comes one of its `outcomes`."""

    name: Text
    description: Annotated[Lines, Field(max_length=2000)] | None = None
    owner: Text | None = None
    hours: Annotated[tuple[Hours, ...], Field(max_length=14)] | None = None
    outcomes: Annotated[tuple[Key, ...], Field(min_length=1, max_length=20), AfterValidator(_different)]


KIND = Kind("queue", "queues", Queue)
room = KIND.room("Whose tasks are which, and what can come of them.")
