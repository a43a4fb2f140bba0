"""Make the view of members whole from the documents: for those whose moves were never told, such as onto lists that are
older than the view. Whom the view has already stays there since when it says.
"""

from collections.abc import Callable, Collection, Iterator, Sequence

from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Stored
from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.lists import list_group
from shopkeeper.customer.members import Move
from shopkeeper.customer.walks import Gathered
from shopkeeper.segment.edition import Editions

WALK = "members/1"
"""It is walked once. Another number walks it again, where the view was lost."""
KIND = "members"


class Restoring:
    """The work of a walk. `enter` puts those in who are not, unless a later write of them was told."""

    limit = 100

    def __init__(self, editions: Editions, enter: Callable[[Collection[Move]], None]) -> None:
        self._editions, self._enter = editions, enter

    def see(self, _: str, page: Sequence[Stored], gathered: Gathered) -> Gathered:
        moves = [move for each in document.living(page) for move in self._moves(each)]
        if moves:
            self._enter(moves)
        return {"members": gathered.get("members", 0) + len(moves)}

    def finish(self, _: str, __: Sequence[Gathered]) -> bool:
        return True

    def _moves(self, seen: Customer) -> Iterator[Move]:
        standing = seen.document.standing
        groups = {list_group(name): stay.at for name, stay in seen.document.lists.items() if stay.is_on}
        if standing:
            slots = self._editions.at_least(standing.edition).edition.slots
            groups |= {each.part: seen.document.updated_at for each in slots if each.number in standing.slots}
        for group, since in groups.items():
            yield Move(group, seen.customer_id, seen.version, is_in=True, since=from_ms(since))
