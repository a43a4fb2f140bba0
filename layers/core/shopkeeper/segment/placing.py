"""Where a customer belongs by the rules, whether it stands there, and what accounts for it if not."""

from collections.abc import Iterator, Sequence

from shopkeeper.customer.document import Customer
from shopkeeper.customer.standing import slots_of
from shopkeeper.segment import standing
from shopkeeper.segment.edition import Current
from shopkeeper.segment.evidence import Difference


def right(current: Current, customer: Customer, now_ms: int) -> tuple[tuple[int, ...], bool]:
    """In which slots the customer belongs, and whether that is so and the clock will come by when it changes.

    To be looked at earlier than need be is not wrong: news only ever move that instant earlier.
    """
    slots, flips_at = ((), None) if customer.document.merged_into else current.slots(customer, now_ms)
    its, untold = set(stands_in(current, customer)), standing.untold(current, customer)
    belongs = set(slots) - untold | its & untold
    return tuple(sorted(belongs)), its == belongs and _is_awaited(current, customer, flips_at)


def _is_awaited(current: Current, customer: Customer, flips_at: int | None) -> bool:
    if flips_at is None or 0 < customer.due_at <= flips_at:
        return True
    due_at = standing.due(current, customer, flips_at)
    return not due_at or 0 < customer.due_at <= due_at


def unexplained(current: Current, customer: Customer, slots: Sequence[int], now_ms: int) -> Iterator[Difference]:
    """Differences in slots that count, which time alone does not account for."""
    ready = {each.number for each in current.edition.slots if each.phase == "ready"}
    held = ready & set(stands_in(current, customer))
    differing = held ^ (ready & set(slots))
    if not differing or _is_due(current, customer, held, ready, now_ms):
        return
    for number in sorted(differing):
        yield Difference(customer, number, number in held)


def _is_due(current: Current, customer: Customer, held: set[int], ready: set[int], now_ms: int) -> bool:
    """The clock has yet to come by: its time has come, or the customer waits for a turn after midnight."""
    if 0 < customer.due_at <= now_ms:
        return True
    spread_ms = standing.SPREAD_S * 1000
    if not 0 < customer.due_at <= now_ms + spread_ms:
        return False
    before, _ = current.slots(customer, max(now_ms - spread_ms, customer.document.updated_at))
    return held == ready & set(before)


def stands_in(current: Current, customer: Customer) -> list[int]:
    """Numbers of slots that are gone mean nothing any more."""
    return [number for number in slots_of(customer.document.standing) if number in current.known]
