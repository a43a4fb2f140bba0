"""Nodes that do something: send a mail, switch on and off, tell others, change what is known."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from shopkeeper.consent.classes import MailClass
from shopkeeper.customer.asked import Scalar
from shopkeeper.customer.lists import MOST_ID_LETTERS
from shopkeeper.customer.requests import Id, InWords, Strict, Text
from shopkeeper.journey.definition.hearing import Key
from shopkeeper.journey.definition.spans import Timed
from shopkeeper.mail.asked import Offered, Variants
from shopkeeper.segment.leaves.values import Name

EXIT = "exit"
MOST_BYTES = 1024
OnError = Literal["continue", "skip", "exit"]
Known = Annotated[str, StringConstraints(min_length=1, max_length=64)]
"""The id of something that is defined elsewhere."""


def _few(said: Mapping[str, Any]) -> Mapping[str, Any]:
    if len(json.dumps(said, ensure_ascii=False).encode()) > MOST_BYTES:
        raise ValueError("are over 1 KB as JSON")
    return said


Properties = Annotated[dict[Name, Scalar], AfterValidator(_few)]


class Node(Strict):
    """`note` is for whoever reads the journey."""

    note: Text | None = None


class Leading(Node):
    next: Key


class Acting(Leading):
    """After a pause longer than `late_after` it is not done any more."""

    late_after: Timed | None = None


class Message(Strict):
    """One `template`, or `variants` of which each customer gets one, always the same. `content`: live is a template as
    it stands when the mail is planned, pinned as it stood when this version of the journey was put. An `offer` is
    granted once in a run, as it stands then. What is left out is said by the journey for all its messages."""

    template: Known | None = None
    variants: Variants | None = None
    offer: Offered | None = None
    content: Literal["live", "pinned"] = "live"
    brand: Known | None = None
    topic: Known | None = None
    class_: Annotated[MailClass | None, Field(alias="class")] = None
    expires_after: Timed | None = None


class MessageNode(Acting):
    """A mail. A run goes to `not_sent`, else to `next`, if it never goes out."""

    message: Message
    not_sent: Key | None = None
    on_error: OnError | None = None


class Switch(Strict):
    """An audience, `<connector>:<audience>`, or a slot of a site, an app or a chat, and what it shows."""

    audience: (
        Annotated[
            str,
            StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}:[^\s:][^:]{0,99}$"),
            InWords("is <connector>:<audience>"),
        ]
        | None
    ) = None
    slot: Id | None = None
    content: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None

    @model_validator(mode="after")
    def _one(self) -> "Switch":
        if (self.audience is None) == (self.slot is None):
            raise ValueError("has one of audience and slot")
        return self


Switches = Annotated[tuple[Switch, ...], Field(max_length=20)]


class Effects(Strict):
    """What is switched on, and off. What is still on when a run ends is switched off then, by whichever road."""

    on: Switches = ()
    off: Switches = ()

    @model_validator(mode="after")
    def _some(self) -> "Effects":
        if not (self.on or self.off):
            raise ValueError("switches nothing on or off")
        return self


class EffectsNode(Acting):
    effects: Effects
    on_error: OnError | None = None


class Webhook(Strict):
    connector: Known
    event: Name | None = None
    properties: Properties = {}


class WebhookNode(Acting):
    webhook: Webhook
    on_error: OnError | None = None


class TraitNode(Leading):
    """Sets traits by their names; null takes one away."""

    trait: Annotated[dict[Name, Scalar | None], Field(min_length=1), AfterValidator(_few)]


class ListChange(Strict):
    add: Annotated[str, StringConstraints(min_length=1, max_length=MOST_ID_LETTERS)] | None = None
    remove: Annotated[str, StringConstraints(min_length=1, max_length=MOST_ID_LETTERS)] | None = None

    @model_validator(mode="after")
    def _one(self) -> "ListChange":
        if (self.add is None) == (self.remove is None):
            raise ValueError("has one of add and remove")
        return self


class ListNode(Leading):
    list: ListChange


class Event(Strict):
    name: Name
    properties: Properties = {}


class EventNode(Leading):
    """An interaction of the customer, as if the shop had told of it."""

    event: Event


class Start(Strict):
    journey: Id
    properties: Properties = {}


class StartNode(Leading):
    """The customer enters another journey, if that one lets them in. Nothing is waited for."""

    start: Start
