"""Settle whose each interaction is: write what its identities require, then resolve its subject."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from shopkeeper.clock import Clock
from shopkeeper.customer import identity
from shopkeeper.customer.identity import Change, Known, Statement
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.rows import Key
from shopkeeper.customer.store.ports import Conflict, Identities, Refused

MOST_CONFLICTS = 12
RECENT_MOVES = 4


@dataclass(frozen=True, slots=True)
class Person:
    """`identities` are those the interaction states that belong to this customer; `formerly`, whose its subject was.

    `customer_id` is `identity.NOBODY` where the subject is in quarantine.
    """

    customer_id: str
    identities: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()


class People:
    """`quarantined` is told of each change that sends an identity to nobody: somebody should know."""

    def __init__(
        self,
        identities: Identities,
        clock: Clock,
        pause: Callable[[int], None],
        quarantined: Callable[[Change], None],
    ) -> None:
        self._identities = identities
        self._clock = clock
        self._pause = pause
        self._quarantined = quarantined

    def settle(self, interactions: Iterable[Interaction]) -> tuple[dict[Key, Person], dict[Key, str]]:
        """Whose they are; and why it could not be settled. Each key stands for one interaction."""
        interactions = list(interactions)
        people = {each.key: Person(_own_word(each)) for each in interactions if _says_itself(each)}
        failed: dict[Key, str] = {}
        statements = [(each.key, identity.statement_of(each)) for each in interactions if not _says_itself(each)]
        known = self._load({name for _, statement in statements for name in statement.identities})
        for key, statement in sorted(statements, key=_turn):
            if problem := self._write(statement, known):
                failed[key] = problem
            else:
                people[key] = _person(key[0], statement, known)
        return people, failed

    def _load(self, identities: Collection[str]) -> dict[str, Known]:
        """With the founders of their customers, of whom it must be known whether they have a user."""
        known = self._identities.load(identities)
        founders = identity.founders(known.values()) - known.keys()
        return known | self._identities.load(founders) if founders else known

    def _write(self, statement: Statement, known: dict[str, Known]) -> str:
        """Leaves in `known` what is stored now. Gives why it could not be written, "" if it was."""
        for conflicts in range(MOST_CONFLICTS):
            try:
                self._write_all(statement, known)
            except Conflict:
                self._pause(conflicts + 1)
                known.update(self._load(statement.identities))
            except Refused as problem:
                return str(problem)
            else:
                return ""
        return "conflicts"

    def _write_all(self, statement: Statement, known: dict[str, Known]) -> None:
        while change := self._next(statement, known):
            self._identities.replace(change)
            known[change.identity] = change.after
            if change.quarantines:
                self._quarantined(change)

    def _next(self, statement: Statement, known: Mapping[str, Known]) -> Change | None:
        return identity.next_change(statement, known, self._clock.now())


def _turn(stated: tuple[Key, Statement]) -> tuple[str, int, Key]:
    """First what was received first; of what came together whoever is known best: customers are named after them."""
    key, statement = stated
    return statement.received_at, identity.KINDS.index(identity.kind_of(statement.identities[0])), key


def _says_itself(interaction: Interaction) -> bool:
    """Facts of our own name the customer they are about."""
    return identity.kind_of(interaction.subject) == "customer"


def _own_word(interaction: Interaction) -> str:
    return interaction.subject.partition(":")[2]


def _person(subject: str, statement: Statement, known: Mapping[str, Known]) -> Person:
    row = known[identity.identity_of(subject)]
    customer_id = identity.resolve(row, statement.received_at)
    identities = (name for name in statement.identities if known[name].last.customer_id == customer_id)
    recent = {move.customer_id for move in row.moves[-RECENT_MOVES:]}
    return Person(customer_id, tuple(identities), tuple(recent - {customer_id, identity.NOBODY}))
