"""Which lists a customer is on, from `List Entered {list}` and `List Left {list}`.

Of all that is said about a list the latest holds, whatever the order it arrives in; at one instant `List Left` does.
"""

from collections.abc import Mapping
from heapq import nlargest

import msgspec

from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.interaction import Interaction

ENTERED = "List Entered"
LEFT = "List Left"
MOST_LISTS = 500
MOST_ID_LETTERS = 100


class Stay(msgspec.Struct, frozen=True, array_like=True):
    """The last word on one list; it is kept after the customer left, for a late `List Entered` of before.

    `at` is in milliseconds since 1970.
    """

    at: int
    is_on: bool

    @property
    def rank(self) -> tuple[int, bool]:
        return self.at, not self.is_on


def list_group(list_id: str) -> str:
    """What those who are on it are members of."""
    return f"list:{list_id}"


def stated(interaction: Interaction) -> dict[str, Stay]:
    """The list and what is said of it; nothing where the interaction says nothing usable, or proves nothing."""
    if interaction.type != "track" or interaction.name not in (ENTERED, LEFT) or not interaction.trusted:
        return {}
    list_id = interaction.properties.get("list")
    if not isinstance(list_id, str) or not 0 < len(list_id) <= MOST_ID_LETTERS:
        return {}
    return {list_id: Stay(to_ms(interaction.at), interaction.name == ENTERED)}


def newest(lists: Mapping[str, Stay]) -> dict[str, Stay]:
    """At most MOST_LISTS of them. Which those are does not depend on the order they are told in."""
    if len(lists) <= MOST_LISTS:
        return dict(lists)
    return dict(nlargest(MOST_LISTS, lists.items(), key=lambda each: (each[1].at, each[0])))
