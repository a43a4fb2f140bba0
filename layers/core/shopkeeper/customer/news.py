"""Route what is new about a customer to whoever keeps something that depends on it.

Routes take rows and do not ask where they come from: the stream of the Customers table brings them, and they can be
read from the Interactions table and told again. Each may be told more than once and late.
"""

from collections.abc import Callable, Iterable
from typing import Protocol

from shopkeeper.customer.outcomes import Outcome, outcome_of
from shopkeeper.customer.rows import Row

Route = Callable[[Row], None]


class Outcomes(Protocol):
    def mark(self, outcome: Outcome) -> None: ...


def fresh(version: int, pending: Iterable[Row]) -> list[Row]:
    """What the write of this version folded. Older entries of `pending` were news before and wait for their rows."""
    return [row for row in pending if row.version == version]


def tell(news: Iterable[Row], routes: Iterable[Route]) -> None:
    routes = tuple(routes)
    for row in news:
        for route in routes:
            route(row)


def to_sends(outcomes: Outcomes) -> Route:
    def route(row: Row) -> None:
        if outcome := outcome_of(row):
            outcomes.mark(outcome)

    return route
