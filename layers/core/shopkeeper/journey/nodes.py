"""The nodes of a graph. Each names those behind it by their keys; `next` is where a run goes from here.

Spans are in seconds unless they are a Span. Rules are named by their refs.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

from shopkeeper.customer.comparing import Scalar
from shopkeeper.journey.hearing import Hears, Struct, Trigger
from shopkeeper.journey.untils import OfTrait, Span, Until
from shopkeeper.mail.offers import Offered
from shopkeeper.mail.variants import Variant

OnError = Literal["", "continue", "skip", "exit"]
Channel = Literal["audience", "slot"]


class Message(Struct, frozen=True, tag="message"):
    """A mail. `template` is `<id>`, read as it stands when the mail is planned, or `<id>#<version>`; with
    `variants` there is none beside them. An `offer` is that which counts then. `not_sent` is where a run goes whose
    mail never goes out: "" is to `next`. What is left out here, Terms say for all nodes."""

    next: str
    template: str = ""
    topic: str = ""
    brand: str = ""
    mail_class: str = "marketing"
    offer: Offered | None = None
    variants: tuple[Variant, ...] = ()
    expires_after: int = 0
    not_sent: str = ""
    late_after: int | None = None
    on_error: OnError = ""


class Switch(Struct, frozen=True):
    """An audience at a connector, or what a place of a site, an app or a chat shows. Its name switches it off again."""

    channel: Channel
    name: str
    content: str = ""


class Effects(Struct, frozen=True, tag="effects"):
    next: str
    on: tuple[Switch, ...] = ()
    off: tuple[Switch, ...] = ()
    late_after: int | None = None
    on_error: OnError = ""


class Task(Struct, frozen=True, tag="task"):
    """Somebody is to do something; the run waits here for what comes of it. `outcomes` lead by their names to nodes; an
    outcome that leads nowhere leaves the run waiting. The open task is cancelled when the run leaves."""

    queue: str
    timeout: Span
    otherwise: str
    script: str = ""
    due: int = 0
    outcomes: Mapping[str, str] = {}
    hears: tuple[Hears, ...] = ()
    late_after: int | None = None


class Webhook(Struct, frozen=True, tag="webhook"):
    next: str
    connector: str
    event: str = ""
    props: Mapping[str, Scalar] = {}
    late_after: int | None = None
    on_error: OnError = ""


class Wait(Struct, frozen=True, tag="wait"):
    """Until then; or until something is heard, which goes where it leads."""

    next: str
    until: Until
    hears: tuple[Hears, ...] = ()


class WaitFor(Struct, frozen=True, tag="wait_for"):
    """For one of these, as they are listed; after `timeout` on to `otherwise`."""

    hears: tuple[Hears, ...]
    timeout: Span
    otherwise: str


class Case(Struct, frozen=True):
    rule: str
    to: str


class Branch(Struct, frozen=True, tag="branch"):
    """The first that holds."""

    cases: tuple[Case, ...]
    otherwise: str


class Arm(Struct, frozen=True):
    """`share` is in hundredths of a percent; those of a split come to 10,000."""

    name: str
    share: int
    to: str


class Split(Struct, frozen=True, tag="split"):
    """By lot, and the same lot for ever under the same salt."""

    salt: str
    arms: tuple[Arm, ...]


class Reach(Struct, frozen=True, tag="goal"):
    """Who comes here has reached the goal."""

    next: str


class SetTrait(Struct, frozen=True, tag="trait"):
    next: str
    traits: Mapping[str, Scalar | None]


class ChangeList(Struct, frozen=True, tag="list"):
    next: str
    list_id: str
    is_on: bool = True


class Tell(Struct, frozen=True, tag="event"):
    next: str
    name: str
    props: Mapping[str, Scalar] = {}


class Start(Struct, frozen=True, tag="start"):
    """Enters another journey, and waits for nothing there."""

    next: str
    journey: str
    props: Mapping[str, Scalar] = {}


class Repeat(Struct, frozen=True, tag="repeat"):
    """Back to `to`, so often at most in this run; then on."""

    to: str
    most: int
    next: str


class Exit(Struct, frozen=True, tag="exit"):
    reason: str = "end"


Node = (
    Message
    | Effects
    | Task
    | Webhook
    | Wait
    | WaitFor
    | Branch
    | Split
    | Reach
    | SetTrait
    | ChangeList
    | Tell
    | Start
    | Repeat
    | Exit
)


def leads(node: Node) -> Iterator[str]:
    """The keys of all that may come next, in the order in which they are written."""
    if isinstance(node, Task | Wait | WaitFor):
        yield from (each.to for each in node.hears)
    if isinstance(node, Task):
        yield from node.outcomes.values()
    if isinstance(node, Branch):
        yield from (each.to for each in node.cases)
    if isinstance(node, Split):
        yield from (each.to for each in node.arms)
    if isinstance(node, Repeat):
        yield node.to
    others = (getattr(node, name, "") for name in ("next", "not_sent", "otherwise"))
    missing = node.until.missing if isinstance(node, Wait) and isinstance(node.until, OfTrait) else ""
    yield from filter(None, (*others, missing))


def onward(node: Node) -> Iterator[str]:
    """The same, first where a run goes of which nothing is heard."""
    yield from filter(None, (getattr(node, name, "") for name in ("next", "otherwise")))
    yield from leads(node)


def hears(node: Node) -> Iterator[Trigger]:
    """All that a run hears while it stands there."""
    if isinstance(node, Task | Wait | WaitFor):
        for each in node.hears:
            yield from each.triggers


def watches(node: Node) -> Iterator[str]:
    """The refs of rules that end a wait there."""
    if isinstance(node, Task | Wait | WaitFor):
        yield from (each.rule for each in node.hears if each.rule)


def awaits(node: Node | None) -> list[str]:
    """What a run waits for there, by the names it leads by; outcomes of a task among them."""
    if not isinstance(node, Task | Wait | WaitFor):
        return []
    outcomes = list(node.outcomes) if isinstance(node, Task) else []
    return [*outcomes, *(each.name for each in node.hears)]
