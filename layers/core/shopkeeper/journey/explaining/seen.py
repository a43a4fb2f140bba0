"""All that an explanation of a journey rests on, read at one moment."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import NamedTuple

from shopkeeper.customer.document import Customer
from shopkeeper.customer.instants import to_ms
from shopkeeper.journey.breaking import Broken
from shopkeeper.journey.doors.business import BusinessEvent
from shopkeeper.journey.doors.entering import Told
from shopkeeper.journey.facts import Facts
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.rows import Row
from shopkeeper.journey.state import State
from shopkeeper.mail import reasons
from shopkeeper.mail.ledger import Send
from shopkeeper.segment import dates, rule
from shopkeeper.segment.explaining import Explainer, wording
from shopkeeper.segment.explaining.forms import Explanation
from shopkeeper.segment.references import no_segments

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:[\d.]+Z")
OfSegment = Callable[[str, Customer], Explanation | None]
"""Why a customer is in the segment of this id, or not; None for one that is not there."""


class Business(NamedTuple):
    """One that is asked about. `is_going`: not all customers have been looked at."""

    event: BusinessEvent
    is_going: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """`graph` is of the version that lets people in, or of the newest one; `graphs` are of those in which `rows` stand.
    `told` is the timeline, the newest first, back to `looked_back_to`, 0 for all of it. `facts` are asked as a leg of
    that run would ask them. `broken` are nodes of the journey, by their keys. `workspace` is its zone."""

    graph: Graph
    state: State | None
    customer: Customer
    rows: Sequence[Row]
    graphs: Mapping[int, Graph]
    told: Sequence[Told]
    looked_back_to: int
    sends: Mapping[str, Send]
    facts: Callable[[Row, Graph], Facts]
    of_segment: OfSegment
    now: int
    workspace: tzinfo
    broken: Mapping[str, Broken] = field(default_factory=dict)
    business: Business | None = None

    @property
    def zone(self) -> tzinfo:
        """By which runs of the customer go."""
        return dates.zone_of(self.customer.document, self.workspace)

    def moment(self, ms: int) -> str:
        return wording.moment(ms, self.zone)

    def reason(self, reason: str, evidence: Mapping[str, str]) -> str:
        """Why a letter does not go, or not now, with instants as they are on a clock in the zone."""
        return reasons.says(reason, {name: self._in_words(value) for name, value in evidence.items()})

    def _in_words(self, value: str) -> str:
        return self.moment(to_ms(value)) if _INSTANT.fullmatch(value) else value

    def named(self, *names: str) -> Iterator[Told]:
        return (each for each in self.told if each.news.name in names)

    def explainer(
        self, graph: Graph, ref: str, at: str, heads: tuple[str, str] = ("Holds", "Does not hold")
    ) -> Explainer:
        """Of a rule of the graph, which stands in the field `at` of the journey."""
        return Explainer(rule.kept(graph.rules[ref]), no_segments, self.workspace, at=at, heads=heads)

    def rule(self, graph: Graph, ref: str, at: str) -> Explanation | None:
        """As it holds now; None for no rule."""
        return self.explainer(graph, ref, at).explain(self.customer, self.now) if ref else None


def sentences(said: Iterable[str]) -> list[str]:
    """Each once."""
    return [wording.capital(each) for each in dict.fromkeys(said) if each]
