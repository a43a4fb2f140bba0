"""Where a customer stands after a write: in which segments, what is new about that, and when to look again.

Pure but for the edition, which is read when a customer was written by a newer one than is known here.
"""

from collections.abc import Iterator, Sequence

import msgspec
from msgspec.structs import replace

from shopkeeper import ids
from shopkeeper.customer.document import Customer
from shopkeeper.customer.instants import from_ms, to_ms
from shopkeeper.customer.rows import Row
from shopkeeper.customer.standing import Cause, Standing, list_moves, news_id, slots_of
from shopkeeper.segment import calendar
from shopkeeper.segment.edition import Current, Editions, Slot

ENTERED, LEFT = "Segment Entered", "Segment Left"
OWN_NEWS = "own_news"
"""Why their rows are part of no document: they follow from it."""
MOST_CHANGES = 100
"""More wait for the next write, at once: what is new must have room in `pending`."""
SPREAD_S = 7_200
LATEST = to_ms("9999-12-31T00:00:00Z")
"""No instant behind it can be written in every zone. Many a shop says "for ever" by that day."""
_MOST_FLIPS = 64
_SECOND = 1_000


class Standings:
    def __init__(self, editions: Editions) -> None:
        self._editions = editions

    def stand(self, before: Customer, after: Customer, now_ms: int, cause: Cause) -> Customer:
        """See `customer.standing.Stand`. May raise what reading an edition raises."""
        held = before.document.standing
        current = self._editions.at_least(held.edition if held else 0)
        return stood(current, before, after, now_ms, cause)


def stood(current: Current, before: Customer, after: Customer, now_ms: int, cause: Cause) -> Customer:
    slots, flips_at = ((), None) if after.document.merged_into else current.slots(after, now_ms)
    known = current.known
    held = set(slots_of(before.document.standing)) & known.keys()
    changing = sorted((held ^ set(slots)) - untold(current, after))
    changes = changing if after.document.merged_into else changing[:MOST_CHANGES]
    standing = tuple(sorted(held ^ set(changes)))
    entered = {number: number in standing for number in changes}
    moved = {known[number].part: is_in for number, is_in in entered.items()}
    document = replace(
        after.document,
        standing=Standing(current.edition.number, standing) if current.edition.number else None,
        moved=dict(list_moves(before.document.lists, after.document.lists)) | moved,
        updated_at=now_ms,
    )
    fresh = [known[number] for number in changes if known[number].phase == "ready"]
    told = () if after.document.merged_into else _news(current, before, after, fresh, standing, now_ms, cause)
    due_at = up(now_ms) if len(changes) < len(changing) else _due_at(current, before, after, flips_at, now_ms, cause)
    return replace(after, document=document, pending=(*after.pending, *told), due_at=due_at)


def untold(current: Current, customer: Customer) -> set[int]:
    """Of which nobody knows, as they take measures that are being counted: it stays as it was until they are there."""
    if customer.document.merged_into:
        return set()
    return {number for number, needs in current.needs.items() if not needs <= customer.registered.keys()}


def _due_at(
    current: Current, before: Customer, after: Customer, flips_at: int | None, now_ms: int, cause: Cause
) -> int:
    """News only ever move it earlier, for each move is paid for; whoever wakes the customer writes the true one."""
    due_at = due(current, after, flips_at)
    is_wake = cause in ("clock", "recompute")
    if not is_wake and now_ms < before.due_at and not 0 < due_at < before.due_at:
        return before.due_at
    return due_at


def due(current: Current, customer: Customer, flips_at: int | None) -> int:
    """At a full second, 0 for never. Nobody is looked at later, for being one of many, than something else changes."""
    latest = latest_due(current, customer.customer_id, flips_at)
    if flips_at is None or latest <= up(flips_at):
        return latest
    _, following = current.slots(customer, flips_at)
    return latest if following is None else min(latest, up(following))


def latest_due(current: Current, customer_id: str, flips_at: int | None) -> int:
    """When it is, unless something else changes before; 0 for never. Those whom midnight changes are spread over the
    hours after it."""
    if flips_at is None or flips_at >= LATEST:
        return 0
    day = calendar.day(flips_at, current.zone)
    is_midnight = calendar.start(day, current.zone) == flips_at
    if not is_midnight or current.is_prompt:
        return up(flips_at)
    return up(flips_at) + ids.place(customer_id, SPREAD_S) * _SECOND


def up(ms: int) -> int:
    """The next full second."""
    return -(-ms // _SECOND) * _SECOND


def _news(
    current: Current,
    before: Customer,
    after: Customer,
    slots: Sequence[Slot],
    standing: tuple[int, ...],
    now_ms: int,
    cause: Cause,
) -> Iterator[Row]:
    since = _since(current, after, before.document.updated_at, now_ms) if slots and cause == "clock" else {}
    for slot in slots:
        is_in = slot.number in standing
        said = {"segment": slot.segment, "version": slot.version, "cause": cause}
        yield Row(
            subject=f"customer:{after.customer_id}",
            message_id=news_id(slot.segment, after.version, is_in=is_in),
            at=from_ms(since.get(slot.number, now_ms)),
            received_at=from_ms(now_ms),
            type="track",
            name=ENTERED if is_in else LEFT,
            source="segment",
            trusted=True,
            body=msgspec.Raw(msgspec.json.encode({"properties": said})),
            customer_id=after.customer_id,
            version=after.version,
            folded_at=from_ms(now_ms),
            unfolded=OWN_NEWS,
        )


def _since(current: Current, customer: Customer, written_at: int, now_ms: int) -> dict[int, int]:
    """Since when each slot is as it is now, of those that have changed since the customer was last written."""
    since: dict[int, int] = {}
    slots, flips_at = current.slots(customer, written_at)
    for _ in range(_MOST_FLIPS):
        if flips_at is None or flips_at > now_ms:
            return since
        at, held = flips_at, slots
        slots, flips_at = current.slots(customer, at)
        since |= dict.fromkeys(set(held) ^ set(slots), at)
    return {}
