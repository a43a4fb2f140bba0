"""What the store needs of the tables. The adapters in `shopkeeper.aws` have these shapes; tests bring their own."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from shopkeeper.customer.document import Stored
from shopkeeper.customer.identity import Change, Known
from shopkeeper.customer.merging import Log, Merging
from shopkeeper.customer.orders import Fact
from shopkeeper.customer.parting import Unmerging
from shopkeeper.customer.rows import Key, Row
from shopkeeper.customer.unjudged import Hit


class StoreError(Exception):
    """Something the store expects of the tables and knows how to go on from."""


class Conflict(StoreError):
    """What was to be replaced has changed since it was read."""


class Refused(StoreError):
    """This one write is refused, and will be each time; others are not concerned. `code` is the service's word."""

    def __init__(self, code: str) -> None:
        super().__init__(f"refused: {code}")
        self.code = code


class NotTaken(StoreError):
    """The table did not take these rows after a few tries; others of the same call it did take."""

    def __init__(self, keys: Collection[Key]) -> None:
        super().__init__(f"{len(keys)} rows not taken")
        self.keys = frozenset(keys)


class Customers(Protocol):
    def load(self, customer_ids: Collection[str]) -> dict[str, Stored]:
        """By id, read consistently; those of whom nothing is stored are left out."""

    def save(self, stored: Stored) -> None:
        """In the place of the version before. Raises Conflict, Refused."""


class Claim(NamedTuple):
    """Whose an order is. `is_new`: nobody had claimed it before."""

    owner: str
    is_new: bool


class Interactions(Protocol):
    def existing(self, keys: Collection[Key]) -> dict[Key, str]:
        """Those that have a row, each with why it has no part in any document, "" if it has. Read consistently."""

    def rows(self, keys: Sequence[Key]) -> Iterable[Row]:
        """In the order of the keys, each of which may be named once; those there are. Read consistently."""

    def put(self, rows: Collection[Row]) -> None:
        """What each of them leaves beside itself first. Raises NotTaken."""

    def put_if_absent(self, row: Row) -> None:
        """Also in the place of a mark that it was retracted before it came. Raises Refused."""

    def under(self, subject: str) -> Iterator[Sequence[Row]]:
        """All rows of a subject, page by page, in no order, read consistently."""

    def retracted(self, keys: Collection[Key]) -> set[Key]:
        """Those that a row takes back. Read consistently."""


class Orders(Protocol):
    def claim(self, order: str, customer_id: str) -> Claim:
        """For the first one to ask, now or before. Raises Refused."""

    def facts(self, owner: str, order: str) -> list[Fact]:
        """Of one order of this customer, as far as they have rows. Read consistently."""

    def all_facts(self, owner: str) -> Iterator[tuple[str, Fact]]:
        """Each with the name of its order, only as far as is asked for. Read consistently."""


class Identities(Protocol):
    def load(self, identities: Collection[str]) -> dict[str, Known]:
        """By identity, read consistently; unknown ones are left out."""

    def replace(self, change: Change) -> None:
        """Raises Conflict where what is stored is not what the change was made from; Refused."""


class Merges(Protocol):
    def carry_out(self, merging: Merging, changes: Sequence[Change]) -> None:
        """Both customers, the log and these identities at once, or nothing. Raises Conflict, Refused."""

    def undo(self, unmerging: Unmerging, changes: Sequence[Change]) -> None:
        """The same; the log must not have been undone before."""

    def load(self, merge_ids: Collection[str]) -> dict[str, Log]:
        """By id, read consistently; unknown ones are left out."""


class Sent(NamedTuple):
    """Whose a send is, and which letter it was: the row of a send never changes any of it."""

    customer_id: str
    activity: str = ""
    step: str = ""
    occurrence: str = ""


class Sends(Protocol):
    def sent(self, send_ids: Iterable[str]) -> dict[str, Sent]:
        """By id; unknown ones are left out."""

    def await_verdicts(self, hits: Mapping[str, Collection[str]]) -> None:
        """The row of each send shows of these, by their marks, that nobody has said yet who made them."""


class Hits(Protocol):
    def keep(self, hits: Mapping[str, Collection[Hit]]) -> Collection[str]:
        """By send, until their verdict stands; what is kept already is kept once. The sends of which there is no room
        for more."""


class Crowds(Protocol):
    def join(self, hits: Mapping[str, Collection[Hit]]) -> None:
        """By send: note who else follows links at the same address in the same second."""


class Links(Protocol):
    def links(self, content_ref: str) -> Sequence[str]:
        """Where the links of a content version lead, by their numbers; empty where nothing is known of it."""
