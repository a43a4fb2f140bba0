"""Settle whose each interaction is: write what its identities require, then resolve its subject."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from shopkeeper.clock import Clock
from shopkeeper.customer import identity
from shopkeeper.customer.identity import Change, Known, Merge, Statement
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.merging import NotMerged, Why
from shopkeeper.customer.rows import Key
from shopkeeper.customer.store.merger import Merger
from shopkeeper.customer.store.ports import Conflict, Identities, Refused
from shopkeeper.customer.store.settling import NotSettled

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
    """`quarantined` is told of each change that sends an identity to nobody, `not_merged` of each two customers who are
    one person and were not merged, with the reason: somebody should know."""

    def __init__(
        self,
        identities: Identities,
        merger: Merger,
        clock: Clock,
        pause: Callable[[int], None],
        quarantined: Callable[[Change], None],
        not_merged: Callable[[Merge, str], None],
    ) -> None:
        self._identities = identities
        self._merger = merger
        self._clock = clock
        self._pause = pause
        self._quarantined = quarantined
        self._not_merged = not_merged

    def settle(self, interactions: Iterable[Interaction]) -> tuple[dict[Key, Person], dict[Key, str]]:
        """Whose they are; and why it could not be settled. Each key stands for one interaction."""
        interactions = list(interactions)
        people = {each.key: Person(_own_word(each)) for each in interactions if _says_itself(each)}
        failed: dict[Key, str] = {}
        statements = [(each.key, identity.statement_of(each)) for each in interactions if not _says_itself(each)]
        known = self._load([statement for _, statement in statements])
        for key, statement in sorted(statements, key=_turn):
            if problem := self._write(statement, known):
                failed[key] = problem
            else:
                people[key] = _person(key[0], statement, known)
        return people, failed

    def _load(self, statements: Collection[Statement]) -> dict[str, Known]:
        """With the founders of the customers of whoever is stated together, and of those they were merged into."""
        known = self._identities.load({name for statement in statements for name in statement.identities})
        together = {name for each in statements if len(each.identities) > 1 for name in each.identities}
        together |= {name for name, row in known.items() if len(row.moves) > 1}
        missing = identity.founders(known, together)
        while missing and (found := self._identities.load(missing)):
            known |= found
            missing = identity.founders(known, together)
        return known

    def _write(self, statement: Statement, known: dict[str, Known]) -> str:
        """Leaves in `known` what is stored now. Gives why it could not be written, "" if it was."""
        apart: dict[str, str] = {}
        for conflicts in range(MOST_CONFLICTS):
            try:
                self._write_all(statement, known, apart)
            except Conflict:
                self._pause(conflicts + 1)
                known.update(self._load([statement]))
            except (Refused, NotSettled) as problem:
                return str(problem)
            else:
                return ""
        return "conflicts"

    def _write_all(self, statement: Statement, known: dict[str, Known], apart: dict[str, str]) -> None:
        while step := identity.next_step(statement, known, self._clock.now(), apart):
            change = self._merge(step, known, apart) if isinstance(step, Merge) else self._replace(step)
            if change:
                known[change.identity] = change.after

    def _replace(self, change: Change) -> Change:
        self._identities.replace(change)
        if change.quarantines:
            self._quarantined(change)
        return change

    def _merge(self, merge: Merge, known: Mapping[str, Known], apart: dict[str, str]) -> Change | None:
        """None where these two are not to be merged, which `apart` gets."""
        gone = known[merge.gone]
        change = Change(merge.gone, gone, replace(gone, into=merge.into))
        try:
            self._merger.merge(merge.gone, merge.into, [change], Why(cause=merge.cause))
        except NotMerged as problem:
            apart[merge.gone] = problem.apart_since
            self._not_merged(merge, problem.reason)
            return None
        return change


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
    name = identity.identity_of(subject)
    row = known[name]
    customer_id = identity.resolve(row, statement.received_at)
    recent = {move.customer_id for move in row.moves[-RECENT_MOVES:]} - {customer_id, identity.NOBODY}
    return Person(customer_id, identity.belonging(statement, name, known), tuple(recent))
