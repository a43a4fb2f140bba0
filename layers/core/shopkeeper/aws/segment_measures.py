"""Measures that the rules of segments take: asked for by ourselves when nobody did, and given up when nothing takes
them any more. What somebody else asked for is not touched."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from shopkeeper import clock
from shopkeeper.aws import measure_rules
from shopkeeper.aws.definitions import Definitions, Overtaken, Version
from shopkeeper.aws.editions import Editions
from shopkeeper.aws.measure_rules import KIND
from shopkeeper.aws.walks import Slices
from shopkeeper.clock import Clock
from shopkeeper.customer import backfilling, walks
from shopkeeper.customer.instants import ms_of
from shopkeeper.customer.measures import Registered
from shopkeeper.customer.measures.registered import definition
from shopkeeper.segment import rule
from shopkeeper.segment.edition import Edition
from shopkeeper.segment.elsewhere import RULES_IN
from shopkeeper.segment.references import needs

OURS = "shopkeeper"
"""Who has saved them, in the place of the subject of a token."""
PREFIX = "rule-"


class SegmentMeasures:
    def __init__(self, definitions: Definitions, editions: Editions, slices: Slices, now: Clock) -> None:
        self._definitions, self._editions, self._slices, self._clock = definitions, editions, slices, now

    @classmethod
    def from_env(cls) -> "SegmentMeasures":
        return cls(Definitions.from_env(), Editions.from_env(), Slices.from_env(), Clock())

    def standing(self) -> dict[str, Registered]:
        """By the ids of their definitions. Raises Unavailable."""
        return measure_rules.standing(self._definitions)

    def counted(self) -> set[str]:
        """The ids of those that every customer has. Raises Unavailable."""
        return {each.id for name, each in self.standing().items() if self._is_counted(name, each)}

    def _is_counted(self, name: str, measure: Registered) -> bool:
        version = self._definitions.newest(KIND, name)
        made = version.made if version else {}
        return made.get("measure") == measure.id and walks.is_finished(self._slices, made.get("walk", ""))

    def ensure(self, wanted: Mapping[str, Registered]) -> None:
        """Those that nobody has asked for yet are asked for. Raises Unavailable."""
        if not wanted:
            return
        standing = {each.id for each in self.standing().values()}
        for id_ in sorted(wanted.keys() - standing):
            self._save(f"{PREFIX}{id_}", wanted[id_], is_retired=False)

    def retire(self, edition: Edition) -> None:
        """Those that we asked for ourselves, and that nothing needs any more. Raises Unavailable.

        Only as long as this edition counts: whoever publishes meanwhile may need one of them.
        """
        ours = {name: each for name, each in self.standing().items() if self._is_ours(name)}
        if not ours:
            return
        needed = set(self._needed(edition))
        for name, each in ours.items():
            if each.id not in needed:
                self._save(name, each, is_retired=True, also=[self._editions.check(edition.number)])

    def _is_ours(self, name: str) -> bool:
        version = self._definitions.newest(KIND, name) if name.startswith(PREFIX) else None
        return version is not None and version.saved_by == OURS

    def _needed(self, edition: Edition) -> Iterator[str]:
        """By segments, and by rules that stand elsewhere and take what is counted anyway."""
        yield from needs(self._editions.rules(edition).values())
        yield from needs(self._elsewhere())

    def _elsewhere(self) -> Iterator[rule.Rule]:
        for kind, rules_in in RULES_IN.items():
            for version in self._definitions.all_listed(kind):
                said = rules_in(version.id, json.loads(version.content))
                yield from (rule.kept(json.dumps(each)) for _, each in said)

    def _save(self, name: str, measure: Registered, *, is_retired: bool, also: Collection[Any] = ()) -> None:
        """Where somebody else was faster, the next one who looks sees to it."""
        before = self._definitions.number(KIND, name)
        now = self._clock.now()
        made = {"measure": measure.id}
        if not is_retired:
            made["walk"] = f"{backfilling.KIND}/{name}/{before + 1}/{ms_of(now)}"
            walks.start(self._slices, made["walk"], now + backfilling.WAIT)
        content = json.dumps(_as_said(measure) | {"retired": is_retired})
        version = Version(KIND, name, before + 1, content, clock.to_text(now), OURS, made)
        try:
            self._definitions.save(version, content, also=also)
        except Overtaken:
            return


def _as_said(measure: Registered) -> dict[str, Any]:
    """As the API takes a measure, so that it can be shown and read like any other."""
    return {"where": [], "sum": None, "tiles": False} | definition(measure)
