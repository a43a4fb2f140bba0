"""The form of an explanation, as it is given to people and their programs."""

from typing import Any, Literal

from typing_extensions import TypedDict

from shopkeeper.journey.stands import Stands
from shopkeeper.segment.explaining.forms import Explanation


class Against(TypedDict):
    """One thing that speaks against it, and the values behind that."""

    says: str
    evidence: dict[str, Any]


class Happened(TypedDict):
    """Something that happened to the customer, as the timeline has it. It `counts`, or what is `against` that."""

    name: str
    at: str
    told_at: str
    message_id: str
    counts: bool
    says: str
    against: list[Against]


class SourceView(TypedDict):
    """One way into the journey: what is asked for, what was seen of it, the newest first. `segment` is why they are in
    the segment it names, or not, as things stand now; `next_at` is when the calendar brings them in next."""

    on: str
    asks: str
    says: str
    happened: list[Happened]
    segment: Explanation | None
    next_at: str | None


class AgainView(TypedDict):
    """Whether one who was in under this key may come in again; `at` is from when on, null for never or now."""

    key: str
    says: str
    may: bool
    at: str | None


class Listening(TypedDict):
    """What is listened for: `name` as the journey calls it, `asks` each thing that would do, `to` the node it leads to.
    `rule` is one that would do as well, as soon as it holds."""

    name: str
    asks: list[str]
    to: str
    says: str
    rule: Explanation | None
    happened: list[Happened]


class PutOff(TypedDict):
    """A mail that may not go now: by what, and until when, null for one that will not go at all."""

    until: str | None
    says: str
    reason: str
    evidence: dict[str, str]


class LetterView(TypedDict):
    """What became of the mail of a node at one visit. `state` is that of the ledger; `skipped` was never planned.
    `evidence` is what a `reason` rests on, of a skipped one what stands against it now."""

    node: str
    visit: int
    at: str
    send_id: str
    state: str
    says: str
    reason: str | None
    evidence: dict[str, str]


class RunWhy(Stands):
    """One run: where it stands, and why it does not move; or how it ended. `waits_for` is what would move it on from
    its node, `exits` what would end it wherever it stands. `kept` is what keeps it from acting at all."""

    left_at: str | None
    reason: str
    why: list[str]
    waits_for: list[Listening]
    exits: list[Listening]
    goal: Listening | None
    kept: list[Against]
    put_off: PutOff | None
    letters: list[LetterView]


class JourneyExplanation(TypedDict):
    """Why a customer is in a journey or not, does not move there, or was not written to.

    `why` is the whole of it in sentences, the rest is what they rest on. Times in sentences are those of a clock in
    `zone`. The timeline was read back to `looked_back_to`, null for all that is kept. `version` is the one that lets
    people in, or the newest one.
    """

    journey: str
    customer_id: str
    at: str
    zone: str
    version: int
    going: Literal["draft", "live", "paused", "stopped"]
    is_inside: bool
    is_held_out: bool
    looked_back_to: str | None
    why: list[str]
    entries: list[SourceView]
    audience: Explanation | None
    again: list[AgainView]
    runs: list[RunWhy]
