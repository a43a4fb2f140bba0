"""When a wait is over, as it is written; `waits` says which instant that is."""

from typing import Literal

from msgspec import field

from shopkeeper.journey.hearing import Struct


class Span(Struct, frozen=True):
    """Months and days go by the calendar and the customer's wall clock, seconds by the clock: so P1D is the same time
    tomorrow, and PT24H is 24 hours."""

    months: int = 0
    days: int = 0
    seconds: int = 0


class For(Struct, frozen=True, tag="for"):
    """So long after the run came to this node, entered, or after its last message went out."""

    span: Span
    since: Literal["node", "entry", "sent"] = "node"


class At(Struct, frozen=True, tag="at"):
    instant: int


class Local(Struct, frozen=True, tag="local"):
    """A time of the wall clock, `2025-11-24T09:00`, in the customer's zone or else the workspace's."""

    time: str


class OfTrait(Struct, frozen=True, tag="trait"):
    """So long before or after the date or instant that a trait holds; `time` of the wall clock, `09:00`, where it holds
    a date. Who has no such trait goes on at once, to `missing` if there is one."""

    path: str
    span: Span = Span()
    before: bool = False
    time: str = "00:00"
    missing: str = ""


class Window(Struct, frozen=True, tag="window"):
    """The first instant within: at once, if it is open. `days` are those it begins on, 1 for Monday to 7, none for all;
    it may go over midnight. With both times the same it is the whole day."""

    days: tuple[int, ...] = ()
    from_: str = field(default="00:00", name="from")
    to: str = "00:00"


Until = For | At | Local | OfTrait | Window
