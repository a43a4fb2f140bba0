"""Who of a page plainly stands in the segments where the rules want them, by columns: nothing has to be done there.

Nothing is said of anybody else. It may be that something is wrong, or that it takes the evaluator of `segment` to tell.
"""

from collections.abc import Collection, Iterator, Sequence

from shopkeeper.customer.document import Stored
from shopkeeper.customer.standing import slots_of
from shopkeeper.segment import standing
from shopkeeper.segment.columnar import evaluate
from shopkeeper.segment.columnar.evaluate import PageEvaluator, Said
from shopkeeper.segment.columnar.page import Page
from shopkeeper.segment.edition import Current

Slots = tuple[int, ...]
_TOGETHER_MS = 366 * 86_400_000
"""So far apart are instants that are asked at once: the days between them are laid out, and some wait for a day in
thousands of years."""


class Screen:
    """Has the shape of `scanning.Plain`."""

    def __init__(self) -> None:
        self._compiled: tuple[Current, PageEvaluator] | None = None

    def __call__(self, current: Current, page: Sequence[Stored], now_ms: int) -> list[Slots | None]:
        evaluator = self._evaluator(current)
        columns = evaluator.page(page)
        said = evaluator.evaluate(columns, now_ms)
        found = list(_standing(current, columns, said))
        late = [place for place, slots in enumerate(found) if slots is not None and _is_late(columns, said, place)]
        awaited = _awaited(current, evaluator, columns, said, late) if late else ()
        for place in set(late) - set(awaited):
            found[place] = None
        return found

    def _evaluator(self, current: Current) -> PageEvaluator:
        if self._compiled is None or self._compiled[0] is not current:
            self._compiled = current, evaluate.compile_all(current.rules, current.evaluator.reads, current.zone)
        return self._compiled[1]


def _standing(current: Current, columns: Page, said: Said) -> Iterator[Slots | None]:
    """The slots of each, if they are where the customer stands."""
    slots = {bits: current.named(bits) for bits in set(said.bits)}
    for seen, bits, is_unusual in zip(columns.seen, said.bits, said.unusual, strict=True):
        stands = slots_of(seen.standing)
        if not current.known.keys() >= set(stands):
            stands = tuple(number for number in stands if number in current.known)
        yield slots[bits] if stands == slots[bits] and not is_unusual and not seen.merged_into else None


def _is_late(columns: Page, said: Said, place: int) -> bool:
    """The clock does not come by before something changes."""
    flips_at = said.flips_at[place]
    return flips_at is not None and not 0 < columns.due_at[place] <= flips_at


def _awaited(
    current: Current, evaluator: PageEvaluator, columns: Page, said: Said, late: Collection[int]
) -> Iterator[int]:
    """Whom the clock may come by so late: what changes at midnight may wait a while, until something else changes."""
    waiting = []
    for place in late:
        flips_at, due_at = said.flips_at[place] or 0, columns.due_at[place]
        latest = standing.latest_due(current, columns.customers[place].customer_id, flips_at)
        if not latest or 0 < due_at <= standing.up(flips_at):
            yield place
        elif 0 < due_at <= latest:
            waiting.append(place)
    if waiting:
        yield from _waiting(evaluator, columns, said, waiting)


def _waiting(evaluator: PageEvaluator, columns: Page, said: Said, places: Collection[int]) -> Iterator[int]:
    """Those of whom nothing changes between their midnight and when the clock comes by."""
    midnights = {place: said.flips_at[place] or 0 for place in places}
    last = min(midnights.values()) + _TOGETHER_MS
    nows = {place: at for place, at in midnights.items() if at <= last}
    some = next(iter(nows.values()))  # For all others, of whom it is not asked.
    then = evaluator.evaluate(columns, [nows.get(place, some) for place in range(len(columns))])
    for place in nows:
        following = then.flips_at[place]
        is_soon = following is not None and columns.due_at[place] > standing.up(following)
        if not then.unusual[place] and not is_soon:
            yield place
