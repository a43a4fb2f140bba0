"""A customer as the rows tell it: all that was kept step by step, made anew from what was said.

What a customer's picture is does not depend on the order in which things came. So it is told in the order that asks the
least: whatever takes something back comes after all that is taken back.
"""

from collections.abc import Iterable, Mapping, Set
from typing import Any, NamedTuple

from msgspec.structs import replace

from shopkeeper.customer import merging, retractions
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.fold import Folding
from shopkeeper.customer.identity import Known
from shopkeeper.customer.measures import Measure, Measures, Rules, measures
from shopkeeper.customer.retelling import Retelling
from shopkeeper.customer.rows import Key, Row

# What rows alone make of a document. What else stands there is of another origin, or depends on when it is asked.
FOLDED = ("traits", "told", "consents", "lists", "words", "first_arrival", "last_arrival")


def rebuilt(customer: Customer, told: Iterable[Row], known: Mapping[str, Known], rules: Rules) -> Customer:
    """In the place of what was folded, what the rows make of it, with all registered measures there are rules for.

    `told` are all rows that may be those of a living customer, see `store.own_rows`; of some others among them no
    harm comes. `known` holds what is stored of their subjects and of whoever they state.
    """
    retelling = Retelling((row for row in told if not _is_later(row, customer)), _turn, known)
    folding = Folding(Document(), {}, dict.fromkeys(rules.registered, Measure()), rules)
    merges = frozenset(customer.document.merged.values())
    for row in retelling.in_turn():
        merge = merging.merge_of(row)
        if merge in merges if merge else retelling.owner(row) in customer.family:
            folding.add(retelling.candidate(row, customer.family, _nothing_is_past))
    made, counted = folding.document(0), folding.counted()
    document = replace(customer.document, **{name: getattr(made, name) for name in FOLDED})
    return replace(customer, document=document, measures=counted.events, registered=counted.registered)


def refilled(customer: Customer, names: Set[str], whole: Customer) -> Customer:
    """With the measures of these names, or ids, as `whole` has them.

    Where it counts less than is kept, rows are gone, and what is kept says more than they do: it stays.
    """
    return replace(
        customer,
        measures=_refilled(customer.measures, names, whole.measures),
        registered=_refilled(customer.registered, names, whole.registered),
    )


class Difference(NamedTuple):
    """In one part, of one name; None where there is nothing of it."""

    part: str
    name: str
    kept: Any
    rebuilt: Any


def lacking(kept: Customer, made: Customer) -> str:
    """What the rows do not tell, or no longer: counted oftener than there are rows of, or told later than by any row.

    Empty where nothing is missing. Rows expire, and those of what is told are counted in no measure.
    """
    counted = made.measures
    missing = {name for name, each in kept.measures.items() if name not in counted or counted[name].count < each.count}
    return min((f"measures.{name}" for name in missing), default="") or _untold(kept.document, made.document)


def _untold(kept: Document, made: Document) -> str:
    """What would be another one's word if all that is kept were told to what the rows make."""
    both = Folding(made, {})
    both.absorb(kept, {})
    before, after = _tellings(made), _tellings(both.document(0))
    return min((name for name, telling in after.items() if before.get(name) != telling), default="")


def _tellings(document: Document) -> dict[str, Any]:
    """When, and by whom, each thing was told; not what it is, which may be what is to be mended."""
    words = {f"{family}.{name}": each for family, named in document.words.items() for name, each in named.items()}
    arrivals = {"first_arrival": document.first_arrival, "last_arrival": document.last_arrival}
    return {
        **{f"traits.{name}": telling for name, telling in document.told.items()},
        **{f"consents.{topic}": (said.at, said.source) for topic, said in document.consents.items()},
        **{f"lists.{name}": stay.at for name, stay in document.lists.items()},
        **{f"words.{name}": (word.at, word.by) for name, word in words.items()},
        **{name: (each.at, each.by) for name, each in arrivals.items() if each},
    }


def differences(kept: Customer, made: Customer) -> list[Difference]:
    """In what rows alone make: the parts of the document, and the measures by event name."""
    before, after = _parts(kept), _parts(made)
    return [
        Difference(part, name, before[part].get(name), after[part].get(name))
        for part in before
        for name in sorted(before[part].keys() | after[part].keys())
        if before[part].get(name) != after[part].get(name)
    ]


def _parts(customer: Customer) -> dict[str, Mapping[str, Any]]:
    parts = {name: getattr(customer.document, name) for name in FOLDED}
    named = {name: part if isinstance(part, dict) else {"": part} for name, part in parts.items()}
    return {**named, "measures": customer.measures}


def _refilled(kept: Mapping[str, Measure], names: Set[str], whole: Mapping[str, Measure]) -> Measures:
    both = names & kept.keys() & whole.keys()
    return measures(kept).changed({name: whole[name] for name in both if whole[name].count == kept[name].count})


def _is_later(row: Row, customer: Customer) -> bool:
    """Folded since the customer was read."""
    return row.customer_id == customer.customer_id and row.version > customer.version


def _turn(row: Row) -> tuple[bool, Key]:
    return retractions.target_in(row) is not None, row.key


def _nothing_is_past(_: Row) -> bool:
    return False
