"""What a leg hands over. Each effect has a key that is the same whenever it is made again; at the receiving end what
has been done under a key is not done again.

An effect carries ids and the few words that its definition gives it, never the body of anything.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

from shopkeeper import ids
from shopkeeper.customer.comparing import Scalar

Channel = Literal["mail", "audience", "slot", "task", "webhook", "fact"]
"""Each has a state of its own in the machine of a leg."""


class Made(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="do"):
    """By a run: at this visit of this node, `place` telling several of one node apart."""

    run: str
    node: str
    visit: int
    place: int = 0

    @property
    def key(self) -> str:
        """What has been switched on, opened or planned is ended under a key of its own, so often as it is ended."""
        ended = "/end" if getattr(self, "is_end", False) else ""
        return f"{self.run}/{self.visit}/{self.node}/{self.place}{ended}"


class Mail(Made, frozen=True, kw_only=True, tag="mail"):
    """`send_id` is the row of the ledger, which stands there before this is handed over. `is_end`: a row that is still
    ready is called off."""

    send_id: str
    is_end: bool = False


class Audience(Made, frozen=True, kw_only=True, tag="audience"):
    """`name` is `<connector>:<audience>`. `is_end`: the customer leaves it, unless another run keeps them there."""

    name: str
    content: str = ""
    is_end: bool = False


class Slot(Made, frozen=True, kw_only=True, tag="slot"):
    """What a place of a site or a chat shows of the customer's own."""

    name: str
    content: str = ""
    is_end: bool = False


class Task(Made, frozen=True, kw_only=True, tag="task"):
    """`due_at` is an instant. `is_end`: it is cancelled, if nobody has done it."""

    queue: str = ""
    script: str = ""
    due_at: int = 0
    is_end: bool = False


class Webhook(Made, frozen=True, kw_only=True, tag="webhook"):
    connector: str
    event: str = ""
    props: Mapping[str, Scalar] = {}


class SetTraits(Made, frozen=True, kw_only=True, tag="trait"):
    traits: Mapping[str, Scalar | None]


class ChangeList(Made, frozen=True, kw_only=True, tag="list"):
    list_id: str
    is_on: bool = True


class Tell(Made, frozen=True, kw_only=True, tag="event"):
    """An interaction of the customer. `own`: the journey tells of itself, `Journey Entered` and the like."""

    name: str
    at: int = 0
    own: bool = False
    props: Mapping[str, Any] = {}


class Start(Made, frozen=True, kw_only=True, tag="start"):
    journey: str
    at: int = 0
    props: Mapping[str, Scalar] = {}


Effect = Mail | Audience | Slot | Task | Webhook | SetTraits | ChangeList | Tell | Start

_CHANNELS: Mapping[type, Channel] = {Mail: "mail", Audience: "audience", Slot: "slot", Task: "task", Webhook: "webhook"}


def channel(effect: Effect) -> Channel:
    return _CHANNELS.get(type(effect), "fact")


def task_id(run: str, node: str, visit: int) -> str:
    return ids.digest("task", run, node, str(visit))


_decoder = msgspec.json.Decoder(list[Effect])


def to_json(effects: Iterable[Effect]) -> str:
    return msgspec.json.encode(list(effects)).decode()


def from_json(text: str | bytes) -> list[Effect]:
    """Raises msgspec.ValidationError for what are no effects."""
    return _decoder.decode(text)
