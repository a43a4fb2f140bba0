"""Leaves about what stands in a document."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from shopkeeper.customer import comparing, consents
from shopkeeper.customer.asked import Scalar
from shopkeeper.segment import facts
from shopkeeper.segment.columnar.asked import Ask, Asked
from shopkeeper.segment.columnar.coding import Found
from shopkeeper.segment.columnar.verdicts import Verdicts, all_of, any_of, contrary, lasting
from shopkeeper.segment.leaves import Bucket, Consent, InList, Place, Rfm, Trait

if TYPE_CHECKING:
    from shopkeeper.segment.columnar.evaluate import Compiler


_EQUAL = ("eq", "in", *comparing.COMPLEMENTS)


def fits(cmp: str, value: Scalar | None, values: tuple[Scalar, ...] | None) -> Callable[[Found], bool]:
    """Whether one of what was found fits; of complements, that none does."""
    if cmp == "exists":
        return bool
    if cmp in _EQUAL:
        wanted = frozenset(map(comparing.comparable, (value,) if values is None else values))
        return wanted.isdisjoint if cmp in comparing.COMPLEMENTS else lambda found: not wanted.isdisjoint(found)
    one = comparing.fit(cmp, value, ())
    return lambda found: one(found[0]) if len(found) == 1 else any(map(one, found))


def trait(_c: "Compiler", leaf: Trait) -> Ask:
    if leaf.cmp == "exists":
        return lambda asked: asked.page.has(leaf.path)
    test = fits(leaf.cmp, leaf.value, leaf.values)
    return lambda asked: asked.page.trait(leaf.path).holds(test)


def rfm(_c: "Compiler", leaf: Rfm) -> Ask:
    test = fits(leaf.cmp, leaf.value, leaf.values)
    return lambda asked: asked.page.score(leaf.dim).holds(test)


def place(_c: "Compiler", leaf: Place) -> Ask:
    kind = next(name for name in facts.PLACES if getattr(leaf, name))
    test = fits("in", None, getattr(leaf, kind))
    return lambda asked: asked.page.place(kind).holds(test)


def in_list(_c: "Compiler", leaf: InList) -> Ask:
    return lambda asked: lasting(asked.page.is_on(leaf.id))


def consent(c: "Compiler", leaf: Consent) -> Ask:
    if leaf.topic is None:
        return c.by_row(leaf)
    topic = leaf.topic

    def ask(asked: Asked) -> Verdicts:
        whole, own = asked.page.said(consents.ALL), asked.page.said(topic)
        wanted = own.holds(lambda said: said == leaf.is_)
        is_out = whole.holds(lambda said: said == "out")
        return any_of([is_out, wanted]) if leaf.is_ == "out" else all_of([contrary(is_out), wanted])

    return ask


def bucket(_c: "Compiler", leaf: Bucket) -> Ask:
    def ask(asked: Asked) -> Verdicts:
        share = asked.page.share(leaf.salt)
        return lasting((leaf.from_bp <= share) & (share < leaf.to_bp))

    return ask
