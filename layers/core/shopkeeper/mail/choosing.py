"""Which variant of each block a customer gets: asked once for all blocks of a letter, as segments ask their rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from shopkeeper import zones
from shopkeeper.customer.document import Customer
from shopkeeper.customer.instants import ms_of
from shopkeeper.mail.shelf import GENERAL

if TYPE_CHECKING:
    from shopkeeper.segment.evaluate import Evaluator


@dataclass(frozen=True)
class Blocks:
    """Of a template: by the id of each block the rules of its variants, JSON text, in their order."""

    rules: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def general(self) -> dict[str, str]:
        """What is for those of whom nothing is known."""
        return dict.fromkeys(self.rules, GENERAL)

    def chosen(self, customer: Customer, now: datetime, zone: str) -> dict[str, str]:
        """By the id of each block. `zone` is the IANA name of the workspace's."""
        if not self.rules:
            return {}
        evaluator = self._compiled(zone)
        bits, _ = evaluator.evaluate(customer, ms_of(now))
        holds = (name for place, name in enumerate(evaluator.ids) if bits >> place & 1)
        chosen: dict[str, str] = {}
        for block, _, variant in (name.partition("/") for name in holds):
            chosen.setdefault(block, variant)
        return self.general() | chosen

    def _compiled(self, zone: str) -> "Evaluator":
        if zone not in self._evaluators:
            self._evaluators[zone] = _compiled(self.rules, zone)
        return self._evaluators[zone]

    @cached_property
    def _evaluators(self) -> dict[str, "Evaluator"]:
        return {}


def _compiled(rules: Mapping[str, Mapping[str, str]], zone: str) -> "Evaluator":
    # Most letters have no blocks, and the language of rules takes a while to load.
    from shopkeeper.segment import rule
    from shopkeeper.segment.evaluate import compile_all

    read = {f"{block}/{variant}": rule.kept(text) for block, its in rules.items() for variant, text in its.items()}
    return compile_all(read, zones.zone(zone))


NONE = Blocks()
