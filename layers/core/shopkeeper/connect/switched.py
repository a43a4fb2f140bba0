"""Which runs of a customer keep them in an audience, or something in a slot. Pure.

Several may, of several journeys; what one of them switched on it alone switches off. Messages come late, twice and out
of order: a run counts its visits, so what it switched off at a visit is not switched on by what it said before.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

MOST_ENDED = 20

Kind = Literal["audience", "slot"]


class Holder(msgspec.Struct, frozen=True, array_like=True):
    """A run that has switched it on, at this visit, with what there is to show."""

    run: str
    visit: int
    content: str = ""
    at: str = ""


class Ended(msgspec.Struct, frozen=True, array_like=True):
    """What the run switched on up to this visit is over."""

    run: str
    visit: int


class Switch(msgspec.Struct, frozen=True, array_like=True):
    """Of one name. The newest holder stands last: a slot shows what that one says."""

    holders: tuple[Holder, ...] = ()
    ended: tuple[Ended, ...] = ()

    def newest(self, run: str) -> int:
        """The visit at which the run said something of it last, 0 if it never did."""
        held = [each.visit for each in self.holders if each.run == run]
        return max(held + [each.visit for each in self.ended if each.run == run], default=0)

    def holds(self, run: str, visit: int) -> bool:
        return any((each.run, each.visit) == (run, visit) for each in self.holders)


class Switched(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All of one kind that a customer has, known since the instant `begun`, in milliseconds since 1970. `revision`
    counts changes from 1."""

    kind: Kind
    customer_id: str
    switches: Mapping[str, Switch] = {}
    begun: int = 0
    revision: int = 0

    @property
    def told(self) -> int:
        """The revision that others are told: a later one is higher, also when all was forgotten in between."""
        return self.begun + self.revision

    @property
    def is_on(self) -> bool:
        """Anything of it."""
        return any(each.holders for each in self.switches.values())

    def switch(self, name: str) -> Switch:
        return self.switches.get(name, Switch())

    def on(self, name: str, holder: Holder) -> "Switched":
        """The same if the run has said something newer since, or this before."""
        switch = self.switch(name)
        if holder.visit <= switch.newest(holder.run):
            return self
        others = tuple(each for each in switch.holders if each.run != holder.run)
        return self._after(name, Switch((*others, holder), switch.ended))

    def off(self, name: str, run: str, visit: int) -> "Switched":
        switch = self.switch(name)
        if any(each.run == run and each.visit >= visit for each in switch.ended):
            return self
        stay = tuple(each for each in switch.holders if each.run != run or each.visit > visit)
        ended = tuple(each for each in switch.ended if each.run != run)
        return self._after(name, Switch(stay, (*ended, Ended(run, visit))[-MOST_ENDED:]))

    def _after(self, name: str, switch: Switch) -> "Switched":
        return msgspec.structs.replace(self, switches={**self.switches, name: switch}, revision=self.revision + 1)


_decoder = msgspec.json.Decoder(Switched)


def to_json(switched: Switched) -> str:
    return msgspec.json.encode(switched).decode()


def from_json(text: str) -> Switched:
    """Raises msgspec.ValidationError."""
    return _decoder.decode(text)
