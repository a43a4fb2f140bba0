"""Who a subject is: a function of the subject and of the instant its interaction was received.

Each identity keeps its moves, oldest first. The first one holds from the beginning, so it does not matter in which
order messages are stored; a later one holds from an instant after the storing of its cause. An interaction delivered
again therefore reaches the customer it reached before.

A later move is written in two steps: announced without its instant, then dated by whoever sees the announcement, from
a clock read after seeing it. Nobody resolves an identity through a move without date, they date it first. So whoever
resolved without knowing of the move held a message received before the announcement, hence before the move's instant.

An identity that has moved too often is no person's: a server, a kiosk, a constant in somebody's code. Its last move
leads to nobody, which quarantines it: what is received from then on belongs to no customer. Being a move like any
other, it changes nothing about what was received before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from shopkeeper import clock, ids
from shopkeeper.customer.emails import normal_email
from shopkeeper.customer.interaction import Interaction

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
    """What is stored of an identity. `user` stands at a founder alone: the user identity that its customer has."""

    moves: tuple[Move, ...]
    user: str = ""

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


def statement_of(interaction: Interaction) -> Statement:
    """An e-mail address said with a publishable key proves nothing, so nobody is known by it."""
    said = {kind: f"{kind}:{text}" for kind, text in interaction.ids.items() if text}
    if not (interaction.trusted and _is_address(interaction.ids.get("email", ""))):
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


def _is_address(text: str) -> bool:
    try:
        return bool(normal_email(text))
    except ValueError:
        return False


def kind_of(identity: str) -> str:
    return identity.partition(":")[0]


def resolve(known: Known, received_at: str) -> str:
    """The customer, or NOBODY, of what was received at this instant, text as `clock.to_text` writes it."""
    return next(
        move.customer_id for move in reversed(known.moves) if move.since is not None and move.since <= received_at
    )


def founders(known: Iterable[Known]) -> set[str]:
    """The founders of whose customers it must be read whether they have a user; a user is the user of its own."""
    return {row.last.founder for row in known if kind_of(row.last.founder) != "user"}


def next_change(statement: Statement, known: Mapping[str, Known], now: datetime) -> Change | None:
    """The first thing to write before the statement's identities may be resolved; None when there is nothing left.

    `known` holds what is stored of the statement's identities and of their founders; `now` was read after `known` was.
    """
    undated = (_dating(identity, known.get(identity), now) for identity in statement.identities)
    return next((change for change in undated if change), None) or _linking(statement, known)


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


def _linking(statement: Statement, known: Mapping[str, Known]) -> Change | None:
    strongest, *others = statement.identities
    home = _home(strongest, others, known)
    changes = [_claiming(strongest, home, known), _joining(strongest, home, statement, known)]
    changes += [_following(other, home, statement, known) for other in others]
    return next((change for change in changes if change), None)


def _home(strongest: str, others: Sequence[str], known: Mapping[str, Known]) -> Move:
    """Where the strongest identity is. A new one joins a customer without a user, or founds a customer of its own."""
    if strongest in known:
        return known[strongest].last
    free = (known[other].last for other in others if other in known and not known[other].is_quarantined)
    return next((move for move in free if _user(move, known) in ("", strongest)), _founded(strongest))


def _founded(identity: str) -> Move:
    return Move(BEGINNING, ids.customer_id(identity), "", identity)


def _user(move: Move, known: Mapping[str, Known]) -> str:
    return move.founder if kind_of(move.founder) == "user" else known[move.founder].user


def _claiming(strongest: str, home: Move, known: Mapping[str, Known]) -> Change | None:
    """Before a user joins a customer: of two that try at once, one only may."""
    if kind_of(strongest) != "user" or strongest in known or _user(home, known):
        return None
    founder = known[home.founder]
    return Change(home.founder, founder, replace(founder, user=strongest))


def _joining(identity: str, home: Move, statement: Statement, known: Mapping[str, Known]) -> Change | None:
    if identity in known:
        return None
    cause = "" if identity == home.founder else statement.received_at
    return Change(identity, None, Known((Move(BEGINNING, home.customer_id, cause, home.founder),)))


def _following(identity: str, home: Move, statement: Statement, known: Mapping[str, Known]) -> Change | None:
    """A device follows whoever uses it last; an address follows only where no user has it."""
    if identity not in known:
        return _joining(identity, home, statement, known)
    row = known[identity]
    stays = row.last.customer_id == home.customer_id or statement.received_at <= row.last.cause
    if stays or row.is_quarantined or (kind_of(identity) == "email" and _user(row.last, known)):
        return None
    is_worn_out = len(row.moves) >= MOST_MOVES - 1
    whose, founder = (NOBODY, identity) if is_worn_out else (home.customer_id, home.founder)
    announced = Move(None, whose, statement.received_at, founder)
    return Change(identity, row, replace(row, moves=(*row.moves, announced)))
