"""What a journey listens to, and what ends a wait before its time."""

from collections.abc import Mapping
from typing import Any

import msgspec

from shopkeeper.customer import comparing
from shopkeeper.customer.comparing import Scalar


class Struct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """All of a graph."""


class Test(Struct, frozen=True):
    """Of the properties of an interaction, as `comparing.test` takes it."""

    prop: str
    cmp: str
    value: Scalar | None = None
    values: tuple[Scalar, ...] = ()


class Trigger(Struct, frozen=True):
    """An interaction of this name, of which all tests hold. `of` is the node of a message: only what is about the mail
    that this run sent there; `*` is any mail of this run. What machines did with a mail is heard only by `machines`."""

    event: str
    where: tuple[Test, ...] = ()
    of: str = ""
    machines: bool = False

    def fits(self, name: str, props: Mapping[str, Any]) -> bool:
        """An interaction of that name that said this; not whether it is about the mail that is meant."""
        asked = (comparing.test(each.prop, each.cmp, each.value, each.values) for each in self.where)
        return self.event == name and all(holds(props) for holds in asked)


class Hears(Struct, frozen=True):
    """What ends a wait before its time: any of these triggers, or the rule as soon as it holds. A rule that holds on
    arrival counts at once, unless the definition says otherwise (`fresh`): then it has to become true here."""

    name: str
    to: str
    triggers: tuple[Trigger, ...] = ()
    rule: str = ""
    fresh: bool = False
