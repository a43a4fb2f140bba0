"""Orders that count for a letter, as the row of its send keeps them: each in an attribute of its own."""

from dataclasses import dataclass

from shopkeeper import ids

_SHORT = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What an order comes to, for one letter. `order` is its `key`; `facts` is how many facts of it were known.

    `at` is when it was completed, as text; empty where it counts for this letter no more. `currency` is empty where no
    usable amount is known. `minor_units` is what is left after refunds, `units` are the pieces that count and stay.
    """

    order: str
    facts: int
    at: str = ""
    currency: str = ""
    minor_units: int = 0
    units: int = 0

    @property
    def stands(self) -> bool:
        return bool(self.at)


def key(order: str) -> str:
    """By which rows know an order: its name may be long."""
    return ids.digest("credit", order)[:_SHORT]
