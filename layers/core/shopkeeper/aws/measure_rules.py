"""What is counted of customers by definitions of measures, as it is said at this moment or was a minute ago."""

import json
from collections.abc import Set
from datetime import UTC, datetime, tzinfo

from shopkeeper.aws import workspace
from shopkeeper.aws.definitions import FRESH_FOR, Definitions
from shopkeeper.clock import Clock
from shopkeeper.customer.measures import Registered, Rules
from shopkeeper.customer.measures.registered import registered

KIND = "measure"
_PAGE = 500


class MeasureRules:
    """`zone` is that of the workspace, in which days begin."""

    def __init__(self, definitions: Definitions, zone: tzinfo, now: Clock) -> None:
        self._definitions, self._zone, self._clock = definitions, zone, now
        self._rules, self._read_at = Rules(zone), datetime.min.replace(tzinfo=UTC)

    @classmethod
    def from_env(cls) -> "MeasureRules":
        return cls(Definitions.from_env(), workspace.zone(), Clock())

    def knowing(self, measure_ids: Set[str]) -> Rules:
        """At most 60 s old, and of this moment where the rules of before do not know one of these measures.

        So whoever has just read a document that has a measure goes on counting it, unless nobody asks for it any more.
        Raises Unavailable.
        """
        is_fresh = self._read_at <= self._clock.now() < self._read_at + FRESH_FOR
        return self._rules if is_fresh and measure_ids <= self._rules.registered.keys() else self.fresh()

    def fresh(self) -> Rules:
        """Of this moment. Raises Unavailable."""
        read_at = self._clock.now()
        found = standing(self._definitions)
        self._rules, self._read_at = Rules(self._zone, {each.id: each for each in found.values()}), read_at
        return self._rules


def standing(definitions: Definitions) -> dict[str, Registered]:
    """By the id of its definition, each measure that is asked for. Raises Unavailable."""
    found, after, more = dict[str, Registered](), "", True
    while more:
        entries, after = definitions.listed(KIND, _PAGE, after)
        said = {each.id: json.loads(each.shown) for each in entries}
        found |= {id_: registered(each) for id_, each in said.items() if not each["retired"]}
        more = bool(after)
    return found
