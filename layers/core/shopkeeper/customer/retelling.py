"""Rows told again as they were folded: which of them count, what each takes back, and what was known of its order."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from shopkeeper.customer import identity, retractions, rows, traces, whose
from shopkeeper.customer.fold import Candidate
from shopkeeper.customer.identity import Known
from shopkeeper.customer.orders import Fact, Past
from shopkeeper.customer.rows import Key, Row

Order = tuple[str, str]


class Retelling:
    """`told` are all rows of a customer. `turn` says when a row was folded, as something that compares; `known` holds
    what is stored of all subjects, and of whoever they state."""

    def __init__(self, told: Iterable[Row], turn: Callable[[Row], Any], known: Mapping[str, Known]) -> None:
        self._rows = {row.key: row for row in told if not row.unfolded}
        self._turn, self._known = turn, known
        self._takes_back: dict[Key, Row] = {}
        self._facts: dict[Order, list[tuple[Row, Fact]]] = defaultdict(list)
        for row in self.in_turn():
            if target := retractions.target_in(row):
                self._takes_back.setdefault(target, row)
            if trace := traces.of_order(row):
                self._facts[trace.owner, trace.order].append((row, trace.fact))

    def in_turn(self) -> list[Row]:
        return sorted(self._rows.values(), key=self._turn)

    def owner(self, row: Row) -> str:
        """Whom it was folded for, as it was before any merge: what takes something back is folded where that was."""
        target = self._rows.get(retractions.target_in(row) or ("", ""))
        return whose.folded_for(target or row, self._known)

    def candidate(self, row: Row, family: frozenset[str], is_past: Callable[[Row], bool]) -> Candidate:
        """To be folded into a customer who holds already what `is_past`."""
        said = rows.interaction_of(row)
        facts = self._facts.get((row.order_owner, row.order), ())
        return Candidate(
            said,
            self._identities(row, family),
            counts=not self._came_too_late(row),
            retracts=self._taken_back(row),
            past=Past(
                row.order_owner,
                tuple(fact for each, fact in facts if is_past(each)),
                {each.key: each.said().get("properties", {}) for each, _ in facts},
            ),
        )

    def _identities(self, row: Row, family: frozenset[str]) -> tuple[str, ...]:
        """The subject is one of them even if it is somebody else's by now, see `identity.belonging`."""
        if identity.kind_of(row.subject) == "customer" or whose.owner(row, self._known) not in family:
            return ()
        stated, own = identity.statement_of(rows.interaction_of(row)).identities, identity.identity_of(row.subject)
        return tuple(name for name in stated if name == own or self._known[name].last.customer_id in family)

    def _came_too_late(self, row: Row) -> bool:
        by = self._takes_back.get(row.key)
        return by is not None and self._turn(by) < self._turn(row)

    def _taken_back(self, row: Row) -> Any:
        target = self._rows.get(retractions.target_in(row) or ("", ""))
        if target is None or self._takes_back[target.key] is not row or self._came_too_late(target):
            return None
        return rows.interaction_of(target)
