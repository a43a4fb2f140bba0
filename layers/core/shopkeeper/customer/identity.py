"""Who a subject is: a function of the subject and of the instant its interaction was received.

Each identity keeps its moves, oldest first. The first one holds from the beginning, so it does not matter in which
order messages are stored; a later one holds from an instant after the storing of its cause. An interaction delivered
again therefore reaches the customer it reached before.

A later move is written in two steps: announced without its instant, then dated by whoever sees the announcement, from
a clock read after seeing it. Nobody resolves an identity through a move without date, they date it first. So whoever
resolved without knowing of the move held a message received before the announcement, hence before the move's instant.

Two customers who turn out to be one person are merged, where one of them has no user: then nothing moves, and all that
is the one's belongs to the other from the beginning. Where both have a user, the device alone moves, from then on.

An identity that has moved too often is no person's: a server, a kiosk, a constant in somebody's code. Its last move
leads to nobody, which quarantines it: what is received from then on belongs to no customer. Being a move like any
other, it changes nothing about what was received before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from shopkeeper import clock, ids
from shopkeeper.customer.emails import normal_email
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.subjects import is_somebodys

KINDS = ("user", "email", "anon")  # The strongest proof of who somebody is comes first.
BEGINNING = ""
NOBODY = ""  # the customer of an identity in quarantine

# A tablet that two people share changes hands now and then; what fifty sign-ins in turn have taken is no person's.
# It also bounds the row, which is read whole and rewritten twice by each move: at some 92 bytes a move, 5 KB.
MOST_MOVES = 50


class Move(NamedTuple):
    """From `since` on, text as `clock.to_text` writes it, the identity is this customer; None: announced, without date.

    `cause` is when the interaction behind the move was received, empty where the identity was merely seen. `founder` is
    the identity that the customer is named after.
    """

    since: str | None
    customer_id: str
    cause: str
    founder: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of an identity. Two things stand at a founder alone: `user`, the user identity that its customer
    has; and `into`, the founder of the customer that its customer was merged into."""

    moves: tuple[Move, ...]
    user: str = ""
    into: str = ""

    @property
    def last(self) -> Move:
        return self.moves[-1]

    @property
    def is_quarantined(self) -> bool:
        return self.last.customer_id == NOBODY


@dataclass(frozen=True, slots=True)
class Statement:
    """The identities one interaction states of one person, strongest first."""

    identities: tuple[str, ...]
    received_at: str


@dataclass(frozen=True, slots=True)
class Change:
    """To be written only if what is stored still equals `before`."""

    identity: str
    before: Known | None
    after: Known

    @property
    def quarantines(self) -> bool:
        """Whether it is the one that announces the move to nobody."""
        return self.after.is_quarantined and not (self.before and self.before.is_quarantined)


@dataclass(frozen=True, slots=True)
class Merge:
    """Two customers, named by their founders, are one person by what was received at `cause`: `gone` is to go."""

    gone: str
    into: str
    cause: str


def statement_of(interaction: Interaction) -> Statement:
    """An e-mail address said with a publishable key proves nothing, so nobody is known by it."""
    said = {kind: f"{kind}:{text}" for kind, text in interaction.ids.items() if text}
    if not (interaction.trusted and is_somebodys(interaction.ids.get("email", ""))):
        said.pop("email", None)
    said[kind_of(interaction.subject)] = interaction.subject
    return Statement(tuple(identity_of(said[kind]) for kind in KINDS if kind in said), interaction.received_at)


def identity_of(subject: str) -> str:
    """The identity behind a subject, which stands as it was sent: addresses are compared in their normal form."""
    kind, _, address = subject.partition(":")
    if kind != "email":
        return subject
    try:
        return f"email:{normal_email(address)}"
    except ValueError:
        return subject


def kind_of(identity: str) -> str:
    return identity.partition(":")[0]


def resolve(known: Known, received_at: str) -> str:
    """The customer, or NOBODY, of what was received at this instant, text as `clock.to_text` writes it."""
    return _resolved(known, received_at).customer_id


def _resolved(known: Known, received_at: str) -> Move:
    return next(move for move in reversed(known.moves) if move.since is not None and move.since <= received_at)


def founders(known: Mapping[str, Known], identities: Iterable[str]) -> set[str]:
    """Of whom it must be read as well whether they have a user, and where their customers went."""
    theirs = {known[identity].last.founder for identity in identities if identity in known}
    return (theirs | {row.into for row in known.values() if row.into}) - known.keys()


def root(founder: str, known: Mapping[str, Known]) -> str:
    """The founder of the living customer: whoever was merged into another one is that one."""
    while founder in known and known[founder].into:
        founder = known[founder].into
    return founder


def belonging(statement: Statement, subject: str, known: Mapping[str, Known]) -> tuple[str, ...]:
    """The identities it states that are now the same customer as the subject was when it was received; and the subject,
    even if this was its last word for that customer, whose rows are looked for under the identities that said them."""
    home = root(_resolved(known[subject], statement.received_at).founder, known)
    others = {name for name in statement.identities if root(known[name].last.founder, known) != home}
    others |= {name for name in statement.identities if known[name].is_quarantined}
    return tuple(name for name in statement.identities if name == subject or name not in others)


def next_step(
    statement: Statement, known: Mapping[str, Known], now: datetime, apart: Mapping[str, str] = MappingProxyType({})
) -> Change | Merge | None:
    """What to do first before the statement's identities may be resolved; None when there is nothing left.

    `known` holds what is stored of the statement's identities, of their founders and of those they were merged into;
    `now` was read after `known` was. `apart` are founders whose customers were found not to go into another one, each
    with the instant up to which nothing that was received links them at all.
    """
    undated = (_dating(identity, known.get(identity), now) for identity in statement.identities)
    return next((change for change in undated if change), None) or _linking(statement, known, apart)


def _dating(identity: str, row: Known | None, now: datetime) -> Change | None:
    if row is None or row.last.since is not None:
        return None
    *earlier, announced = row.moves
    latest = earlier[-1].since or BEGINNING
    # Later than the millisecond that is running: what was received in it may have been resolved already.
    since = max(clock.to_text(now + timedelta(milliseconds=1)), _after(latest))
    return Change(identity, row, replace(row, moves=(*earlier, announced._replace(since=since))))


def _after(instant: str) -> str:
    return clock.to_text(clock.from_text(instant) + timedelta(milliseconds=1)) if instant else BEGINNING


def _linking(statement: Statement, known: Mapping[str, Known], apart: Mapping[str, str]) -> Change | Merge | None:
    strongest, *others = statement.identities
    home = _home(strongest, others, known)
    steps = [_claiming(strongest, home, known), _joining(strongest, home, statement, known)]
    following = (_following(other, home, statement, known, apart) for other in others)
    return next((step for step in (*steps, *following) if step), None)


def _home(strongest: str, others: Sequence[str], known: Mapping[str, Known]) -> Move:
    """Where the strongest identity is. A new one joins a customer without a user, or founds a customer of its own."""
    if strongest in known:
        return known[strongest].last
    free = (known[other].last for other in others if other in known and not known[other].is_quarantined)
    return next((move for move in free if _user(move, known) in ("", strongest)), _founded(strongest))


def _founded(identity: str) -> Move:
    return Move(BEGINNING, ids.customer_id(identity), "", identity)


def _user(move: Move, known: Mapping[str, Known]) -> str:
    founder = root(move.founder, known)
    return founder if kind_of(founder) == "user" else known[founder].user


def _claiming(strongest: str, home: Move, known: Mapping[str, Known]) -> Change | None:
    """Before a user joins a customer: of two that try at once, one only may."""
    if kind_of(strongest) != "user" or strongest in known or _user(home, known):
        return None
    founder = root(home.founder, known)
    return Change(founder, known[founder], replace(known[founder], user=strongest))


def _joining(identity: str, home: Move, statement: Statement, known: Mapping[str, Known]) -> Change | None:
    if identity in known:
        return None
    cause = "" if identity == home.founder else statement.received_at
    return Change(identity, None, Known((Move(BEGINNING, home.customer_id, cause, home.founder),)))


def _following(
    identity: str, home: Move, statement: Statement, known: Mapping[str, Known], apart: Mapping[str, str]
) -> Change | Merge | None:
    """A visitor who turns out to be a user is merged into that user. Of another user's customer, a device follows
    whoever uses it last, and an address stays."""
    if identity not in known:
        return _joining(identity, home, statement, known)
    row, there, here = known[identity], root(known[identity].last.founder, known), root(home.founder, known)
    since = max(row.last.cause, apart.get(there, ""))
    if row.is_quarantined or there == here or statement.received_at <= since:
        return None
    if _user(row.last, known):
        return None if kind_of(identity) == "email" else _moving(identity, home, statement, row)
    if _user(home, known) and there not in apart:
        return Merge(there, here, statement.received_at)
    return _moving(identity, home, statement, row)


def _moving(identity: str, home: Move, statement: Statement, row: Known) -> Change:
    is_worn_out = len(row.moves) >= MOST_MOVES - 1
    whose, founder = (NOBODY, identity) if is_worn_out else (home.customer_id, home.founder)
    announced = Move(None, whose, statement.received_at, founder)
    return Change(identity, row, replace(row, moves=(*row.moves, announced)))
