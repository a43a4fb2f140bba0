"""What a version of a journey has come to: nodes by their keys, and what holds wherever a customer stands.

A definition is compiled to a Graph once, when it is saved; it is kept as JSON beside its version and never changes.
Spans are in seconds unless they are a Span; instants are milliseconds since 1970. A rule is named by its ref, as
`segment.edition.ref` gives it, and stands whole in `Graph.rules`.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec
from msgspec import field

from shopkeeper.customer.recurring import Recurring
from shopkeeper.journey import nodes
from shopkeeper.journey.hearing import Struct, Trigger
from shopkeeper.journey.nodes import Node, OnError
from shopkeeper.journey.untils import Span

SCHEMA = 1
EVERYBODY = 10_000  # hundredths of a percent


# Entries: what brings a customer in. A journey may have several.


class OnEvent(Struct, frozen=True, tag="event"):
    trigger: Trigger


class OnSegment(Struct, frozen=True, tag="segment"):
    segment: str
    entered: bool = True


class OnList(Struct, frozen=True, tag="list"):
    list_id: str
    added: bool = True


class OnDate(Struct, frozen=True, tag="date"):
    """So long before or after the date that a trait holds, at this time of the customer's own clock; with `yearly` each
    year, a 29 February on the 28th of others."""

    path: str
    span: Span = Span()
    before: bool = False
    time: str = "09:00"
    yearly: bool = False


class OnRecurrence(Struct, frozen=True, tag="recurrence"):
    """At each of these times of the customer's own clock, the same for everybody; or at those of the recurrence that
    their trait `path` holds."""

    recurring: Recurring | None = None
    path: str = ""


class OnBusinessEvent(Struct, frozen=True, tag="business_event"):
    name: str


class OnCall(Struct, frozen=True, tag="api"):
    """By `POST /v1/journeys/{id}/runs`, or by another journey."""


Source = OnEvent | OnSegment | OnList | OnDate | OnRecurrence | OnBusinessEvent | OnCall


class Reentry(Struct, frozen=True):
    """Who was in may come in again: never, `span` after coming in last, or always; `most` times at most, 0 for any. Who
    is in never comes in a second time under the same key."""

    policy: Literal["once", "after", "always"] = "once"
    span: Span = Span()
    most: int = 0


class Entry(Struct, frozen=True):
    """`key` is the property whose value keys the run, "" for one run per customer. Who comes in must be `audience`, a
    rule, "" for everybody."""

    sources: tuple[Source, ...]
    key: str = ""
    audience: str = ""
    reentry: Reentry = Reentry()


class HoldOut(Struct, frozen=True):
    """So many, in hundredths of a percent, are written down and never contacted."""

    salt: str
    share: int


class Ends(Struct, frozen=True):
    """What ends a run wherever it stands."""

    reason: str
    triggers: tuple[Trigger, ...] = ()
    rule: str = ""


class Goal(Struct, frozen=True):
    """Reached by any of these in the `within` after entering, whether the run still goes on or not. `exits`: it
    ends the run."""

    within: Span
    triggers: tuple[Trigger, ...] = ()
    rule: str = ""
    exits: bool = True
    attribution: tuple[str, ...] = ()


class Hours(Struct, frozen=True):
    """From one time of the wall clock to another, over midnight too; `days` are those it begins on, none for all."""

    from_: str = field(name="from")
    to: str
    days: tuple[int, ...] = ()


class Cap(Struct, frozen=True):
    """At most so many mails of this journey in any so many seconds."""

    most: int
    per: int


class Terms(Struct, frozen=True):
    """What holds for all mails and tasks of the journey. `quiet` hours and those outside `open` defer or skip; a
    deferral lasts at most `max_defer`, 0 for as long as it takes. `late_after`: a node that is reached so long after it
    was due is skipped when a pause ends, 0 for never. All hours are those of the customer's own clock."""

    priority: int = 5
    quiet: tuple[Hours, ...] = ()
    open: tuple[Hours, ...] = ()
    closed: tuple[str, ...] = ()
    when_quiet: Literal["defer", "skip"] = "defer"
    max_defer: int = 0
    caps: tuple[Cap, ...] = ()
    when_capped: Literal["defer", "skip", "defer_then_skip"] = "skip"
    on_error: OnError = "continue"
    late_after: int = 0


class Graph(Struct, frozen=True):
    journey: str
    version: int
    entry: Entry
    first: str
    nodes: Mapping[str, Node]
    exits: tuple[Ends, ...] = ()
    goal: Goal | None = None
    hold_out: HoldOut | None = None
    terms: Terms = Terms()
    rules: Mapping[str, str] = {}
    schema: int = SCHEMA

    def listens(self) -> Iterator[Trigger]:
        """To all that may move a run, wherever it stands: what the announcer brings to it."""
        for each in self.exits:
            yield from each.triggers
        if self.goal:
            yield from self.goal.triggers
        for node in self.nodes.values():
            yield from nodes.hears(node)

    def watches(self) -> Iterator[str]:
        """The refs of rules that may move a run as soon as they hold, wherever it stands."""
        yield from (each.rule for each in self.exits if each.rule)
        if self.goal and self.goal.rule:
            yield self.goal.rule
        for node in self.nodes.values():
            yield from nodes.watches(node)


_decoder = msgspec.json.Decoder(Graph)


def to_json(graph: Graph) -> str:
    return msgspec.json.encode(graph).decode()


def from_json(text: str | bytes) -> Graph:
    """Raises msgspec.ValidationError for what is no graph."""
    return _decoder.decode(text)
