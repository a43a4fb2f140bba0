"""What there is to tell of a leaf: what it asks, what was seen, and why it will be otherwise."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, NamedTuple

from shopkeeper.customer.document import Customer
from shopkeeper.segment.explaining import wording


class Shift(NamedTuple):
    """The truth changes at this instant, `to` that."""

    at: int
    to: bool

    @property
    def reverse(self) -> "Shift":
        return Shift(self.at, not self.to)


Why = Callable[[Shift], str]


def _never(_shift: Shift) -> str:
    return ""


Mask = Callable[[str, Any], Any]
"""What is shown of a value that stands under this name."""


def in_full(_name: str, value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Sight:
    """`now` is in milliseconds since 1970; `zone` is that of the workspace."""

    customer: Customer
    now: int
    zone: tzinfo
    mask: Mask = in_full

    def values(self, name: str, values: Iterable[Any]) -> str:
        """In words."""
        return wording.listed(wording.value(self.mask(name, each)) for each in values)

    def day(self, ms: int) -> str:
        return wording.day_of(ms, self.zone)

    def moment(self, ms: int) -> str:
        return wording.moment(ms, self.zone)


@dataclass(frozen=True, slots=True)
class Told:
    """All in words but for `seen`, which holds values by name. `asks` is the condition, `says` what was seen, `needs`
    how far that is from what is asked. `news` is what would have to come for it to hold, and `ends` what for it to hold
    no more, where that is something else; empty where nothing that happens does that.

    `zone` is the one whose days count, if not the workspace's.
    """

    asks: str
    says: str
    seen: Mapping[str, Any]
    needs: str
    news: str = ""
    ends: str | None = None
    why: Why = field(default=_never)
    zone: tzinfo | None = None

    def turned_by(self, *, holds: bool) -> str:
        return self.ends if holds and self.ends is not None else self.news
