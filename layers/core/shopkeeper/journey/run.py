"""One customer on the way through a journey: a row of the Runs table, and the causes that move it.

All instants are milliseconds since 1970, 0 for none. Everything here is frozen; a leg makes the next Run of the one it
has read. It is kept as compact JSON, so structs that come often are arrays, and what says nothing is left out.
"""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from shopkeeper import ids

SCHEMA = 1
MOST_HEARD, MOST_HISTORY, MOST_PAST, MOST_USED = 32, 30, 5, 32

Status = Literal["active", "held_out", "watching", "over", "stuck"]
"""`watching`: it has left, and the goal may still be reached, or a last mail be called off."""
Kind = Literal["entry", "signal", "judged", "failed", "clock", "by_hand"]


class Worth(msgspec.Struct, frozen=True, array_like=True):
    """What the order that reached a goal came to when it was told."""

    minor_units: int
    currency: str


class Cause(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a run is looked at. `name` is that of the interaction, or what was asked for by hand: `exit`.

    `props` are those that a test of the journey names; of an entry, those that its letters may show. `send` is the send
    that it is about; `verdict` says who did it, of a hit on a mail: `waiting` until that is known, which a cause
    `judged` tells later of the cause `about`. `failed` tells of the effect `about` that it will never be carried out;
    of a task `about` is its key too, and `props["outcome"]` what came of it. Of what a goal listens to, `order` is the
    order's name and `worth` what it came to, where somebody we trust has said so.
    """

    id: str
    kind: Kind
    name: str = ""
    at: int = 0
    received_at: int = 0
    props: Mapping[str, Any] = {}
    send: str = ""
    about: str = ""
    verdict: Literal["", "human", "machine", "waiting"] = ""
    order: str = ""
    worth: Worth | None = None


class Heard(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """A signal that a node of the journey may still be moved by."""

    id: str
    at: int
    name: str
    props: Mapping[str, Any] = {}
    send: str = ""
    about: str = ""
    verdict: str = ""


class Visit(msgspec.Struct, frozen=True, array_like=True):
    """What came of a node: a line of the history. `leg` is the id of the execution."""

    leg: str
    visit: int
    node: str
    outcome: str
    at: int


class Mailed(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """The newest mail of a node: planned at its `visit`. `sent_at` is known once its row of the ledger says so."""

    visit: int
    planned_at: int
    sent_at: int = 0
    is_not_sent: bool = False
    is_called_off: bool = False

    @property
    def is_settled(self) -> bool:
        """For all that the run knows it has gone, or never will."""
        return bool(self.sent_at) or self.is_not_sent or self.is_called_off


class On(msgspec.Struct, frozen=True, array_like=True):
    """What this run has switched on and not yet off, by the effect that did."""

    channel: str
    name: str
    node: str
    visit: int
    place: int


class Opened(msgspec.Struct, frozen=True, array_like=True):
    """A task that this run has opened and that is not done."""

    node: str
    visit: int


class Past(msgspec.Struct, frozen=True, array_like=True):
    """An earlier entry of the same row."""

    n: int
    entered_at: int
    left_at: int
    reason: str
    goal_at: int = 0
    goal_by: str = ""
    worth: Worth | None = None


class Moved(msgspec.Struct, frozen=True, array_like=True):
    """How a run came into the version that it follows: by which migration of its journey, and from where."""

    number: int
    version: int
    node: str


class Run(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`customer` is the one who held it first: its id never changes, nor do ids that are made of it. `key` is the value
    that keys it, `n` counts the entries of the row, `version` is that of the graph it follows, `life` the one of
    the journey in which it came in.

    It stands on `node` since `node_at`; `visit` counts arrivals, and names this one, 0 before the first. Signals count
    that happened at `since` or later. `until` is when the wait here is over, `held_at` since when a mail is put off
    here, `paused_at` since when the run is kept from acting here, as the journey is paused or the node broken.
    `put_off` is until when it does not act here though that is over, and `later` by how much its wait here is longer,
    as pauses before `shifted` have put all off. `held_true` names what held on arrival already and has to become true
    anew. `loops` counts the turns of each repeat. `used` are the newest causes that moved it.

    `goal_by` has the credit for the goal: a node of this journey, `<activity>/<step>` of another activity, or "" for
    nobody; `worth` is what the order came to, None where there is none or it told no amount.
    """

    id: str
    customer: str
    journey: str
    version: int
    entered_at: int
    node_at: int
    node: str = ""
    key: str = ""
    n: int = 1
    life: int = 1
    status: Status = "active"
    visit: int = 0
    since: int = 0
    until: int = 0
    held_at: int = 0
    paused_at: int = 0
    put_off: int = 0
    later: int = 0
    shifted: int = 0
    held_true: tuple[str, ...] = ()
    entry: Mapping[str, Any] = {}
    arms: Mapping[str, str] = {}
    heard: tuple[Heard, ...] = ()
    used: tuple[str, ...] = ()
    mails: Mapping[str, Mailed] = {}
    on: tuple[On, ...] = ()
    tasks: tuple[Opened, ...] = ()
    loops: Mapping[str, int] = {}
    left_at: int = 0
    reason: str = ""
    goal_until: int = 0
    goal_at: int = 0
    goal_by: str = ""
    worth: Worth | None = None
    history: tuple[Visit, ...] = ()
    past: tuple[Past, ...] = ()
    moved: Moved | None = None
    schema: int = SCHEMA

    @property
    def is_open(self) -> bool:
        """It may still do something."""
        return self.status == "active"

    @property
    def is_at_task(self) -> bool:
        """The task of this visit is open."""
        return Opened(self.node, self.visit) in self.tasks

    def sends(self, node: str, visit: int) -> bool:
        """Whether the mail of this visit is still to go: what a last look asks. A run that was ended before its time
        has called it off."""
        mailed = self.mails.get(node)
        return mailed is not None and mailed.visit == visit and not mailed.is_called_off

    def send_id(self, node: str, visit: int) -> str:
        """Of the mail that the node sends at this visit."""
        return str(ids.send_id(activity(self.journey), node, self.customer, occurrence(self.id, visit)))


def run_id(journey: str, key: str, customer: str, n: int) -> str:
    return ids.digest("run", journey, key, customer, str(n))[:32]


def activity(journey: str) -> str:
    """As the ledger names it."""
    return f"journey:{journey}"


def occurrence(run: str, visit: int) -> str:
    """As the ledger names one mail of a run."""
    return f"{run}/{visit}"


_decoder = msgspec.json.Decoder(Run)
_causes = msgspec.json.Decoder(Cause)


def to_json(what: Run | Cause) -> str:
    return msgspec.json.encode(what).decode()


def from_json(text: str | bytes) -> Run:
    """Raises msgspec.ValidationError for what is no run."""
    return _decoder.decode(text)


def cause_from_json(text: str | bytes) -> Cause:
    """Raises msgspec.ValidationError for what is no cause."""
    return _causes.decode(text)
