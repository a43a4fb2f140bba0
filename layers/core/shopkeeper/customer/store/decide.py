"""Decide what to write for one customer: the next version of the document, or nothing.

An interaction is folded exactly if its row exists or it is in `pending`. This holds because of the order of things:
read the document, then the rows; write the document on condition of its version; then the rows.
"""

from collections.abc import Callable, Collection, Iterable, Sequence, Set

import msgspec
from msgspec.structs import replace

from shopkeeper.customer import consents, document, orders, rows
from shopkeeper.customer.document import Customer, Stored
from shopkeeper.customer.fold import Candidate, Folding
from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.measures import Measure, Rules
from shopkeeper.customer.rows import Key, Row

MOST_INTERACTIONS = 100
MOST_BYTES = 64_000  # of bodies; a first interaction is taken whatever its size


Keep = Callable[[Customer], Iterable[Customer]]
"""A customer into which all is folded, as it is to be stored: with the news of segments, see `customer.standing.Stand`,
and then as it is stored where these have no room."""


class Write(msgspec.Struct, frozen=True):
    """`stored` goes first, on condition of the version before; then `rows`. `refused` did not fit even alone.

    `folded` is what `stored` was made from. `lossy` names the measures in it of which rows may tell more.
    """

    stored: Stored | None
    rows: tuple[Row, ...]
    refused: tuple[Row, ...]
    rest: tuple[Candidate, ...]
    folded: Customer | None = None
    lossy: frozenset[str] = frozenset()


def decide(
    customer: Customer, seen: Set[Key], candidates: Sequence[Candidate], now_ms: int, rules: Rules, keep: Keep
) -> Write | None:
    """None where everything has been folded before. `seen` are the keys whose rows exist, read after the document was,
    with those of `pending`, whose rows have been put since.

    So were the rules, if they lack a registered measure that the customer has: then nobody asks for it any more.

    What exceeds one write is left in `rest`, for a round of its own that reads again.
    """
    new = unfolded(seen, candidates)
    if not new:
        return None
    taken = _taken(customer, new, from_ms(now_ms))
    counting = _counting(customer, rules)
    while True:
        folded, lossy = _folded(counting, new, taken, now_ms, rules)
        rest = tuple(new[len(taken) :])
        if write := kept(Write(None, taken, (), rest, folded, lossy), folded, keep, _room(new[: len(taken)])):
            return write
        if len(taken) == 1:
            return Write(None, (), (_refused(customer, new[0]),), rest)
        taken = taken[: len(taken) // 2]  # `pending` holds them all for a moment: fewer may fit.


def kept(write: Write, folded: Customer, keep: Keep, room: int) -> Write | None:
    """With what is to be stored of `folded`, in so many bytes at most; None if it has no room."""
    for customer in keep(folded):
        stored = document.store(customer)
        if stored.size <= room:
            return replace(write, stored=stored, rows=customer.pending, folded=folded)
    return None


def _room(candidates: Sequence[Candidate]) -> int:
    """In bytes. What somebody allows, and above all what somebody does not, must not depend on what else was told."""
    is_consent = all(consents.stated(each.interaction) for each in candidates)
    return document.LARGEST_FOR_CONSENTS if is_consent else document.LARGEST


def unfolded(seen: Set[Key], candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those that no document holds yet, each key once: the first of two that share it."""
    return [each for key, each in first_of_each(candidates).items() if key not in seen]


def first_of_each(candidates: Collection[Candidate]) -> dict[Key, Candidate]:
    firsts: dict[Key, Candidate] = {}
    for each in candidates:
        firsts.setdefault(each.interaction.key, each)
    return firsts


def _taken(customer: Customer, new: Sequence[Candidate], now: str) -> tuple[Row, ...]:
    """The rows of as many from the front as go into one write."""
    taken: list[Row] = []
    size = 0
    for each in new[:MOST_INTERACTIONS]:
        version = customer.version + 1
        row = rows.row_of(
            each.interaction,
            customer_id=customer.customer_id,
            version=version,
            folded_at=now,
            order=orders.name_of(each.retracts or each.interaction) if each.past.owner else "",
            order_owner=each.past.owner,
        )
        size += len(memoryview(row.body))
        if taken and size > MOST_BYTES:
            break
        taken.append(row)
    return tuple(taken)


def _counting(customer: Customer, rules: Rules) -> Customer:
    """A new customer begins with all registered measures; of an older one, those that nobody asks for any more go."""
    if not customer.version:
        return replace(customer, registered=dict.fromkeys(rules.registered, Measure()))
    kept = {measure_id: each for measure_id, each in customer.registered.items() if measure_id in rules.registered}
    return replace(customer, registered=kept) if len(kept) < len(customer.registered) else customer


def _folded(
    customer: Customer,
    new: Sequence[Candidate],
    taken: tuple[Row, ...],
    now_ms: int,
    rules: Rules,
) -> tuple[Customer, frozenset[str]]:
    folding = Folding(customer.document, customer.measures, customer.registered, rules)
    for candidate in new[: len(taken)]:
        folding.add(candidate)
    counted = folding.counted()
    folded = replace(
        customer,
        version=customer.version + 1,
        document=folding.document(now_ms),
        measures=counted.events,
        registered=counted.registered,
        pending=taken,
    )
    return folded, counted.lossy


def _refused(customer: Customer, candidate: Candidate) -> Row:
    return rows.row_of(candidate.interaction, customer_id=customer.customer_id, unfolded="document_full")
