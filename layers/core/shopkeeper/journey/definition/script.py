"""What happens to one customer in a simulation, step by step, and what is expected to come of it."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, JsonValue, WithJsonSchema, model_validator

from shopkeeper import clock
from shopkeeper.customer.requests import Strict, Text
from shopkeeper.journey.definition.hearing import Key
from shopkeeper.journey.definition.spans import Timed
from shopkeeper.segment.leaves.values import Name

MOST_STEPS = 200
KINDS = ("event", "traits", "mail", "task", "exit")


def _instant(text: str) -> str:
    try:
        moment: datetime = clock.from_text(text)
    except ValueError:
        raise ValueError("is an instant with its zone, such as 2026-11-23T10:00Z") from None
    if not 2000 <= moment.year < 2100:
        raise ValueError("is in no year from 2000 to 2099")
    return clock.to_text(moment)


Instant = Annotated[str, AfterValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
Said = Annotated[dict[Name, JsonValue], Field(max_length=50)]
Words = Annotated[tuple[Text, ...], Field(max_length=200)]


class Mail(Strict):
    """What becomes of the mails of a node from then on: they are waiting to go, have gone, or will never go."""

    node: Key
    state: Literal["waiting", "sent", "not_sent"]


class Task(Strict):
    """Somebody has done the task that the node has opened."""

    node: Key
    outcome: Key


class Step(Strict):
    """`after` so long from the start, or `at` an instant, else at the start; one of `event`, `traits`, `mail`, `task`
    and `exit`, which is why somebody takes them out by hand. An event `of` a message is about the mail sent there last;
    `machine` did it, not a person."""

    after: Timed | None = None
    at: Instant | None = None
    event: Name | None = None
    properties: Said = {}
    of: Key | None = None
    machine: bool = False
    traits: Said | None = None
    mail: Mail | None = None
    task: Task | None = None
    exit: Text | None = None

    @model_validator(mode="after")
    def _one(self) -> "Step":
        if sum(getattr(self, kind) is not None for kind in KINDS) != 1:
            raise ValueError("has one of event, traits, mail, task and exit")
        if self.after is not None and self.at is not None:
            raise ValueError("has one of after and at")
        if self.event is None and (self.properties or self.of or self.machine):
            raise ValueError("has properties, of and machine for an event alone")
        if self.machine and not self.of:
            raise ValueError("has machine for an event of a mail alone")
        return self


class Expected(Strict):
    """`did` in this order, with whatever else in between; `did_not` at no time. Words are as the trace has them:
    `mail hello`, `audience crm:cart`, `end audience crm:cart`. The others are those of the run at its end."""

    did: Words = ()
    did_not: Words = ()
    status: Literal["active", "held_out", "watching", "over"] | None = None
    node: Key | None = None
    reason: Text | None = None
    converted: bool | None = None


class Script(Strict):
    """The customer is a real one, or made up of `traits`. They come in at the start, with these `properties`, unless
    `enters` is false: then events of the script bring them in. `until` is when it is looked at last, else the end."""

    version: Annotated[int, Field(ge=1, le=100_000)] | None = None
    customer: Annotated[str, Field(min_length=1, max_length=600)] | None = None
    traits: Said | None = None
    starts_at: Instant
    until: Instant | None = None
    enters: bool = True
    properties: Said = {}
    script: Annotated[tuple[Step, ...], Field(max_length=MOST_STEPS)] = ()
    expect: Expected = Expected()

    @model_validator(mode="after")
    def _one(self) -> "Script":
        if self.customer is not None and self.traits is not None:
            raise ValueError("has one of customer and traits")
        return self
