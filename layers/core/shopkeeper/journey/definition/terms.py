"""What holds wherever a customer stands: who comes in, what ends a run, hours, caps, hold-out, goal."""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, WithJsonSchema, model_validator

from shopkeeper.customer.asked import Path
from shopkeeper.customer.lists import MOST_ID_LETTERS
from shopkeeper.customer.recurring import Weekday
from shopkeeper.customer.requests import Day as Date
from shopkeeper.customer.requests import MonthDay, Strict, Time
from shopkeeper.journey.definition.hearing import Key, Listening, Tests
from shopkeeper.journey.definition.spans import Duration, Timed
from shopkeeper.journey.definition.waiting import Hours
from shopkeeper.journey.definition.ways import WHOLE
from shopkeeper.segment.leaves.values import Name


class OnEvent(Strict):
    """An interaction of this name, of which all tests hold, that is at most 72 hours old."""

    on: Literal["event"]
    event: Name
    where: Tests = ()


class OnSegment(Strict):
    """The customer comes into a segment, or leaves it."""

    on: Literal["segment.entered", "segment.left"]
    segment: Name


class OnList(Strict):
    on: Literal["list.added", "list.removed"]
    list: Annotated[str, Field(min_length=1, max_length=MOST_ID_LETTERS)]


class OnDate(Strict):
    """The day that a trait holds, or so long `before` or `after` it, at this `time` of the customer's own clock;
    `yearly` each year again."""

    on: Literal["date"]
    trait: Path
    before: Duration | None = None
    after: Duration | None = None
    time: Time = "09:00"
    yearly: bool = False

    @model_validator(mode="after")
    def _one(self) -> "OnDate":
        if self.before and self.after:
            raise ValueError("is before or after, not both")
        return self


class OnRecurrence(Strict):
    """At each of these times of the customer's own clock, in the words of a campaign that recurs; or at those of the
    recurrence that a `trait` of theirs holds, in the same words."""

    on: Literal["recurrence"]
    trait: Path | None = None
    frequency: Literal["daily", "weekly", "monthly"] | None = None
    at: Time | None = None
    every: Annotated[int, Field(ge=1, le=99)] | None = None
    weekdays: Annotated[tuple[Weekday, ...], Field(max_length=7)] | None = None
    days: Annotated[tuple[MonthDay, ...], Field(max_length=31)] | None = None
    from_: Annotated[Date | None, Field(alias="from")] = None
    until: Date | None = None

    @model_validator(mode="after")
    def _one(self) -> "OnRecurrence":
        if self.trait and self.model_fields_set > {"on", "trait"}:
            raise ValueError("has a trait, which says all the rest")
        if not self.trait and not (self.frequency and self.at):
            raise ValueError("has a trait, or frequency and at")
        return self


class OnBusinessEvent(Strict):
    on: Literal["business_event"]
    business_event: Name


class OnCall(Strict):
    """By `POST /v1/journeys/{id}/runs`, or by another journey."""

    on: Literal["api"]


_SOURCES = {
    "event": "event",
    "segment.entered": "segment",
    "segment.left": "segment",
    "list.added": "list",
    "list.removed": "list",
    "date": "date",
    "recurrence": "recurrence",
    "business_event": "business_event",
    "api": "api",
}


def _tag(said: Any) -> str | None:
    on = said.get("on") if isinstance(said, dict) else getattr(said, "on", None)
    return f"[{_SOURCES[on]}]" if isinstance(on, str) and on in _SOURCES else None


Source = Annotated[
    Annotated[OnEvent, Tag("[event]")]
    | Annotated[OnSegment, Tag("[segment]")]
    | Annotated[OnList, Tag("[list]")]
    | Annotated[OnDate, Tag("[date]")]
    | Annotated[OnRecurrence, Tag("[recurrence]")]
    | Annotated[OnBusinessEvent, Tag("[business_event]")]
    | Annotated[OnCall, Tag("[api]")],
    Discriminator(_tag, "on", f"has on, which is one of {', '.join(_SOURCES)}"),
]


class Reentry(Strict):
    """Who was in comes in again: never, `span` after coming in last, or always; `most` times at most. Who is in never
    comes in a second time under the same key."""

    policy: Literal["once", "after", "always"]
    span: Duration | None = None
    most: Annotated[int, Field(ge=1, le=1000)] | None = None

    @model_validator(mode="after")
    def _of_after(self) -> "Reentry":
        if (self.span is None) == (self.policy == "after"):
            raise ValueError("has span where its policy is after, and only there")
        return self


class HoldOut(Strict):
    """So many basis points of those who come in are written down, watched, and never contacted."""

    salt: Name
    bp: Annotated[int, Field(ge=1, lt=WHOLE)]


class Ends(Listening):
    """Ends a run wherever it stands."""

    reason: Key


class Goal(Listening):
    """Reached by what happens `within` so long after entering, whether the run still goes on or not. It ends the run,
    unless `exits` is false. Without event, any and rule it is reached at a node of the kind goal alone."""

    within: Duration
    exits: bool = True
    attribution: Annotated[
        tuple[Literal["first_touch", "last_touch", "linear", "position", "time_decay"], ...], Field(max_length=5)
    ] = ()

    is_optional: ClassVar[bool] = True


class Quiet(Strict):
    """On the customer's own clock. A mail that meets these hours is put off for `max_defer` at most, or skipped."""

    hours: Annotated[tuple[Hours, ...], Field(min_length=1, max_length=14)]
    when_quiet: Literal["defer", "skip"] = "defer"
    max_defer: Timed | None = None


class Cap(Strict):
    max: Annotated[int, Field(ge=1, le=1000)]
    per: Timed


class Caps(Strict):
    """Mails of this journey to one customer. `defer_then_skip` waits as long as quiet hours may put off."""

    of: Annotated[tuple[Cap, ...], Field(min_length=1, max_length=5)]
    when_capped: Literal["defer", "skip", "defer_then_skip"] = "skip"


def _day(text: str) -> str:
    try:
        if date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise ValueError("is a day, such as 2026-12-24")


Day = Annotated[str, AfterValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Entry = Annotated[tuple[Source, ...], Field(min_length=1, max_length=10)]
Exits = Annotated[tuple[Ends, ...], Field(max_length=20)]
Open = Annotated[tuple[Hours, ...], Field(max_length=14)]
Closed = Annotated[tuple[Day, ...], Field(max_length=100)]
