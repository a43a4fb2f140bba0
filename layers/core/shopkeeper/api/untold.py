"""Events that a rule asks for and that nobody ever told: most likely slips of the pen."""

from collections.abc import Iterator, Mapping
from typing import Any

from typing_extensions import TypedDict

from shopkeeper.api.calls import Call
from shopkeeper.customer import vocabulary
from shopkeeper.customer.names import EVENT
from shopkeeper.segment import rule
from shopkeeper.segment.leaves.values import Measure
from shopkeeper.segment.rule import Rule

MOST_NAMES = 5_000
"""Where more were told nothing is said, as one that is missing among these may be another one."""


class FieldWarning(TypedDict):
    """Of what is kept, or would be, and deserves a look."""

    field: str
    message: str


def warnings(call: Call, rules: Mapping[str, Any]) -> list[FieldWarning]:
    """`rules` by the field that each stands in, as they were read. Names that mean something to us are expected to be
    told some day."""
    asked = [each for at, said in rules.items() for each in _events(rule.read(said, at), at)]
    strange = [(field, event) for field, event in asked if event not in vocabulary.NAMES]
    if not strange:
        return []
    names, last = call.aws.names.page(EVENT, MOST_NAMES)
    told = frozenset(each.name for each in names)
    return [] if last else [_warning(field, event, told) for field, event in strange if event not in told]


def _events(asked: Rule, at: str) -> Iterator[tuple[str, str]]:
    for path, node, _ in rule.nodes(asked, at):
        for name in type(node).model_fields:
            if isinstance(measure := getattr(node, name), Measure):
                yield f"{path}.{name}.event", measure.event


def _warning(field: str, event: str, told: frozenset[str]) -> FieldWarning:
    meant = vocabulary.nearest(event, told | vocabulary.NAMES)
    asks = f": did you mean {meant}?" if meant else ""
    return {"field": field, "message": f"no interaction was ever told by the name {event}{asks}"}
