"""What a recomputation found that should not have been: who was where they do not belong, in what counts."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from shopkeeper.customer.document import Customer
from shopkeeper.customer.instants import from_ms
from shopkeeper.segment.edition import Current
from shopkeeper.segment.runs import MOST_EXAMPLES, Found


class Difference(NamedTuple):
    """Somebody is in a slot that counts and does not belong there, or the other way round."""

    customer: Customer
    slot: int
    is_in: bool


def counted(numbers: Iterator[int]) -> dict[str, int]:
    return {str(number): count for number, count in sorted(Counter(numbers).items())}


def kept(current: Current, differences: Sequence[Difference]) -> Found:
    names = {each.number: f"{each.segment}@{each.version}" for each in current.edition.slots}
    examples = tuple(
        {
            "customer_id": each.customer.customer_id,
            "segment": names[each.slot],
            "was": "in" if each.is_in else "out",
            "version": str(each.customer.version),
            "written_at": from_ms(each.customer.document.updated_at),
            "due_at": from_ms(each.customer.due_at) if each.customer.due_at else "",
        }
        for each in differences[:MOST_EXAMPLES]
    )
    return Found(
        missing=counted(each.slot for each in differences if not each.is_in),
        wrong=counted(each.slot for each in differences if each.is_in),
        examples=examples,
    )
