"""Connectors: whom journeys tell of customers, and with which secret they know that it is us."""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, NotRequired

from pydantic import AfterValidator, Field, StringConstraints
from typing_extensions import TypedDict

from shopkeeper.api.calls import Call, found
from shopkeeper.api.problems import Problem
from shopkeeper.api.roles import ADMIN, MARKETER
from shopkeeper.api.versions import Kind
from shopkeeper.aws.definitions import Version
from shopkeeper.connect import connectors, signing
from shopkeeper.connect.connectors import Overtaken, State
from shopkeeper.customer.requests import InWords, Strict, Text
from shopkeeper.mail import destinations
from shopkeeper.mail.errors import DestinationError

TRIES = 5
MOST_EVENTS = 200
_IS_EVENT = InWords("is a name of up to 100 letters, digits, dots, hyphens, underscores and spaces")
Event = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}$"), _IS_EVENT]


def _address(text: str) -> str:
    try:
        url = destinations.check(text)
    except DestinationError as error:
        raise ValueError(str(error)) from None
    if not url.startswith("https://"):
        raise ValueError("is an https:// address, as what is told there is nobody else's business")
    if "#" in url:
        raise ValueError("has no fragment, which no server hears of")
    return url


Address = Annotated[str, StringConstraints(max_length=2048), AfterValidator(_address)]


class StandardWebhooks(Strict):
    """A server that is told by POST, signed as standardwebhooks.com says. `events` are those it wants to hear of, by
    the names that journeys give them, `audience.on` and `audience.off` among them; without it all."""

    url: Address
    events: Annotated[tuple[Event, ...], Field(min_length=1, max_length=MOST_EVENTS)] | None = None


class Connector(Strict):
    name: Text | None = None
    standard_webhooks: StandardWebhooks


class SecretLine(TypedDict):
    """The secret itself is shown once, when it is made. `until` is null for the newest."""

    number: int
    made_at: str
    until: str | None


class Standing(TypedDict):
    """`off` says why nobody calls, and is null if they do. Calls are signed with each of `secrets`; without any, nobody
    calls either."""

    off: str | None
    off_at: str | None
    secrets: list[SecretLine]


class SecretMade(Standing):
    id: str
    secret: NotRequired[str]


class StandingOf(Standing):
    id: str


def _more(call: Call, version: Version) -> Mapping[str, Any]:
    return {"state": _shown(call.aws.connectors.state(version.id))}


KIND = Kind(connectors.KIND, "connectors", Connector, more=_more, shape={"state": Standing})
room = KIND.room("Whom journeys tell of customers.")


@room.post("/v1/connectors/{id}/secret", groups=(ADMIN,), status=201, secret="secret")  # noqa: S106 - a field's name.
def renew_secret(call: Call) -> SecretMade:
    """Make a secret that calls are signed with. The one before it signs beside it for 24 hours more.

    It is in this one answer and nowhere else. The same request sent again is answered without it.
    """
    ring = call.aws.key_ring.get(call.now)
    if ring is None or ring.mint is None:
        raise Problem(503, "The key ring cannot be had just now. Try again in a while.")
    kid = ring.mint
    state = _change(call, lambda state: state.renewed(kid, call.now))
    made = connectors.secret(ring, state.connector, state.secrets[0])
    return {"id": state.connector, **_shown(state), "secret": signing.written(made or b"")}


@room.post("/v1/connectors/{id}/switch-on", groups=(MARKETER, ADMIN))
def switch_connector_on(call: Call) -> StandingOf:
    """Call a connector again that is off, as it answered 410.

    What journeys wanted to tell it meanwhile waits in the dead-letter queue.
    """
    state = _change(call, lambda state: state.resumed() if state.off else state)
    return {"id": state.connector, **_shown(state)}


def _change(call: Call, change: Callable[[State], State]) -> State:
    found(call.aws.definitions.number(connectors.KIND, call.path["id"]) or None, connectors.KIND)
    for _ in range(TRIES):
        before = call.aws.connectors.state(call.path["id"])
        after = change(before)
        if after is before:
            return before
        try:
            call.aws.connectors.put(after)
        except Overtaken:
            continue
        return after
    raise Problem(503, "Too many others are changing this connector. Try again in a while.")


def _shown(state: State) -> Standing:
    return {"off": state.off or None, "off_at": state.off_at or None, "secrets": list(_secrets(state))}


def _secrets(state: State) -> Iterator[SecretLine]:
    for each in state.secrets:
        yield {"number": each.number, "made_at": each.made_at, "until": each.until or None}
