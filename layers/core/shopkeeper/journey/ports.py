"""What a leg needs of AWS. The adapters in `shopkeeper.aws` have these shapes; tests bring their own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from shopkeeper.journey.effects import Mail
from shopkeeper.journey.facts import Facts
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.rows import Held, Row, RunKey
from shopkeeper.journey.run import Cause


class Overtaken(Exception):
    """The row is not as it was read: somebody else has written it, or a cause has come."""


class Rows(Protocol):
    def load(self, key: RunKey) -> Row | None:
        """Read consistently."""

    def open(self, row: Row, before: Row | None) -> None:
        """The first write of an entry. Raises Overtaken unless the row is as it was, or there is none."""

    def tell(self, key: RunKey, cause: Cause, now: datetime) -> bool:
        """The cause is in the inbox, and the row is due. False if nobody may move it any more, or it is there."""

    def write(self, after: Row, before: Row) -> None:
        """Raises Overtaken unless fence and causes are as they were."""


class Runs(Rows, Protocol):
    def settle(self, held: Held) -> bool:
        """Makes of the row what `Row.settled` does, without reading it. False where something came, or had come when
        the leg took over from a dead one. True too for a row that another leg has, or that has been settled."""


class Journeys(Protocol):
    def graph(self, journey: str, version: int) -> Graph:
        """Raises LookupError for a version that is not there."""


class Eyes(Protocol):
    def look(self, row: Row, graph: Graph, leg: str) -> Facts:
        """At the customer and the mails of the run, as they are now."""


class Mails(Protocol):
    def plan(self, mails: Sequence[Mail], row: Row, graph: Graph) -> None:
        """Rows of the ledger, put if absent; those that are to end are called off unless they went."""
