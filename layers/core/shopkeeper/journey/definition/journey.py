"""A journey as a marketer writes it."""

from typing import Annotated

from pydantic import Field

from shopkeeper.consent.classes import MailClass
from shopkeeper.customer.asked import Path
from shopkeeper.customer.requests import Strict, Text
from shopkeeper.journey.definition.hearing import Key
from shopkeeper.journey.definition.kinds import AnyNode
from shopkeeper.journey.definition.nodes import Known, OnError
from shopkeeper.journey.definition.spans import Timed
from shopkeeper.journey.definition.terms import Caps, Closed, Entry, Exits, Goal, HoldOut, Open, Quiet, Reentry
from shopkeeper.segment.said import Said

MOST_NODES = 200


class Journey(Strict):
    """Who comes in by one of `entry` and fits `audience` begins at the node `first`, and goes from node to node. With
    `key` a customer has a run for each value of that property. Keys of nodes stay what they are from version to
    version: who stands on one goes on there.

    `brand`, `topic` and `class` are those of all messages that say no others. Mails keep to `quiet` and `open` hours,
    `closed` days and `caps`. `exit_when` ends a run wherever it stands, and so does the `goal`. After a pause longer
    than `late_after` what was to be done is skipped; `on_error` says what happens behind an effect that failed for
    good. What leads to `exit` leads out.
    """

    name: Text | None = None
    entry: Entry
    key: Path | None = None
    audience: Said | None = None
    reentry: Reentry = Reentry(policy="once")
    holdout: HoldOut | None = None
    goal: Goal | None = None
    exit_when: Exits = ()
    brand: Known | None = None
    topic: Known | None = None
    class_: Annotated[MailClass, Field(alias="class")] = "marketing"
    quiet: Quiet | None = None
    open: Open = ()
    closed: Closed = ()
    caps: Caps | None = None
    priority: Annotated[int, Field(ge=0, le=9)] = 5
    late_after: Timed | None = None
    on_error: OnError = "continue"
    first: Key
    nodes: Annotated[dict[Key, AnyNode], Field(min_length=1, max_length=MOST_NODES)]
