"""One slice of a recomputation: page by page, is every customer where the rules of this edition want them?

Nearly all are, which is plain from the columns of a page, and nothing is written of them. The others are looked at
closely, as writers look at them: alone, by the one evaluator. Who is wrong is written. In a slot that is being built
that is what the recomputation is for. In one that counts it must not happen: who is found there is kept as evidence,
unless only time has passed and the clock has yet to come by.

Pages are read for half the price, so one may show customers as they were a moment ago: who looks wrong there is read
again before anything is said or written of them. Who looks right there is. What they were written with since then was
written by somebody who knows the edition, as a run begins later than everybody does.

A slice notes its place after each page, so it goes on wherever it was interrupted. A page may be seen twice; what was
mended at the first time is right by the second.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple, Protocol

import msgspec

from shopkeeper import clock, ids
from shopkeeper.clock import Clock
from shopkeeper.customer import walks
from shopkeeper.customer.document import Customer, Stored
from shopkeeper.customer.instants import ms_of
from shopkeeper.customer.standing import Cause, slots_of
from shopkeeper.customer.store.looking import Seen
from shopkeeper.customer.walks import Slice, Slices
from shopkeeper.segment import evidence, placing, runs
from shopkeeper.segment.edition import Current, Editions
from shopkeeper.segment.evidence import Difference
from shopkeeper.segment.runs import Desk, Found, Overtaken, Run

PAGE = 1_000


class Unfinished(Exception):
    """The table took no rows, so some customers could not be looked at. The page can be seen again."""


class Desks(Protocol):
    """The adapter in `shopkeeper.aws` has this shape."""

    def desk(self) -> Desk:
        """Read consistently; an empty one where there is none."""

    def save(self, desk: Desk) -> None:
        """In the place of the revision before. Raises Overtaken."""

    def run(self, run_id: str) -> Run | None:
        """Read consistently."""

    def save_run(self, run: Run) -> None: ...


class Customers(Protocol):
    def page(
        self, segment: int, segments: int, after: str, limit: int, *, is_consistent: bool
    ) -> tuple[Sequence[Stored], str]:
        """Of one slice of the table, from behind the customer `after`; and what to pass next, "" at the end."""

    def load(self, customer_ids: Collection[str]) -> Mapping[str, Stored]:
        """By id, read consistently; those of whom nothing is stored are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A slice as an execution knows it. `more`: it is not at its end."""

    run: str
    attempt: int
    slice: int
    more: bool = True


class Plain(Protocol):
    """`columnar.screening` has this shape."""

    def __call__(self, current: Current, page: Sequence[Stored], now_ms: int) -> Sequence[tuple[int, ...] | None]:
        """Of each customer of the page in which slots it stands, if it plainly belongs there and is awaited when that
        changes; None of whom that takes a closer look. Never of who was merged into somebody else."""


class _Asked(NamedTuple):
    customer_id: str
    slots: tuple[int, ...]  # where the customer belongs
    is_right: bool = True
    closely: Customer | None = None  # of whom a closer look was taken


class Telling(NamedTuple):
    """Each gets the run and the customer; `differs` the slot of a difference, `unasked` why nobody knows of one, and
    `mistaken` in which slots it was said to belong plainly, or why nothing was said of a page, without a customer."""

    differs: Callable[[str, str, str], None]
    unasked: Callable[[str, str, str], None]
    mistaken: Callable[[str, str, str], None]


class Scanner:
    """`look` is that of `customer.store.looking`."""

    def __init__(
        self,
        desks: Desks,
        slices: Slices,
        customers: Customers,
        editions: Editions,
        plain: Plain,
        look: Callable[[Sequence[str], Cause], Seen],
        telling: Telling,
        now: Clock,
    ) -> None:
        self._desks, self._slices, self._customers = desks, slices, customers
        self._editions, self._plain, self._look = editions, plain, look
        self._telling, self._clock = telling, now

    def scan(self, part: Part, has_time: Callable[[], bool]) -> Part:
        """The slice as far as time allows. An attempt that was overtaken by another ends it. Raises Unfinished."""
        while True:
            run = at_work(self._desks, part.run, part.attempt, self._clock)
            found = self._slices.load(run.walk, [part.slice]) if run else []
            if run is None or not found or found[0].ended:
                return replace(part, more=False)
            self._page(run, found[0])
            if not has_time():
                return replace(part, more=True)

    def _page(self, run: Run, place: Slice) -> None:
        page, after = self._customers.page(place.number, place.slices, place.after, PAGE, is_consistent=False)
        gathered = found_in(place.gathered) + self._seen(run, page)
        done = replace(place, after=after, ended=not after, gathered=noted(gathered, self._clock))
        try:
            self._slices.save(replace(done, revision=place.revision + 1))
        except walks.Overtaken:
            return  # By another attempt: whoever is at work reads how far it has come.

    def _seen(self, run: Run, page: Sequence[Stored]) -> Found:
        current = self._editions.at_least(run.edition)
        now_ms = self._now_ms()
        asked = list(self._asked(run, current, page, now_ms))
        stands = {each.customer_id: each.slots for each in asked}
        wrong = [each.customer_id for each in asked if not each.is_right]
        suspected = [each.customer_id for each in asked if not each.is_right and _differs(current, each, now_ms)]
        differences = self._differences(run, current, suspected) if suspected else []
        for each in differences:
            self._telling.differs(run.id, each.customer.customer_id, str(each.slot))
        seen = self._look(wrong, "recompute") if wrong else Seen({}, {})
        if not seen.has_its_rows:
            raise Unfinished(run.id)
        stands |= {id_: slots_of(after.document.standing) for id_, after in seen.changed.items()}
        found = Found(
            customers=sum(each.closely is None or not each.closely.document.merged_into for each in asked),
            changed=len(seen.changed),
            unreadable=len(page) - len(asked),
            unclear=len(seen.unclear),
            sizes=evidence.counted(number for slots in stands.values() for number in slots),
        )
        return found + evidence.kept(current, differences)

    def _differences(self, run: Run, current: Current, customer_ids: Collection[str]) -> list[Difference]:
        """As they are by now, for they may have been written since."""
        now_ms = self._now_ms()
        again = self._closely(run, current, self._customers.load(customer_ids).values(), now_ms)
        return [each for asked in again for each in _differences(current, asked, now_ms)]

    def _now_ms(self) -> int:
        return ms_of(self._clock.now())

    def _asked(self, run: Run, current: Current, page: Sequence[Stored], now_ms: int) -> Iterator[_Asked]:
        plain = self._believed(run, current, page, now_ms)
        for stored, slots in zip(page, plain, strict=True):
            if slots is None:
                yield from self._closely(run, current, [stored], now_ms)
            else:
                yield _Asked(stored.customer_id, slots)

    def _believed(
        self, run: Run, current: Current, page: Sequence[Stored], now_ms: int
    ) -> Sequence[tuple[int, ...] | None]:
        """Who plainly belongs where they stand; nobody, where a closer look at one of them says otherwise. Each run
        draws another one: pages hold the same customers night after night."""
        try:
            plain = self._plain(current, page, now_ms)
        except Exception as problem:
            self._telling.mistaken(run.id, "", type(problem).__name__)
            return [None] * len(page)
        some = [(stored, slots) for stored, slots in zip(page, plain, strict=True) if slots is not None]
        if not some:
            return plain
        drawn, slots = some[ids.place(f"{run.id} {some[0][0].customer_id}", len(some))]
        closely = [(each.slots, each.is_right) for each in self._closely(run, current, [drawn], now_ms)]
        if closely == [(slots, True)]:
            return plain
        if not closely:  # Of whom nothing can be told: that is told by now, and will be once more.
            return [None if stored is drawn else slots for stored, slots in zip(page, plain, strict=True)]
        self._telling.mistaken(run.id, drawn.customer_id, str(slots))
        return [None] * len(page)

    def _closely(self, run: Run, current: Current, customers: Iterable[Stored], now_ms: int) -> Iterator[_Asked]:
        for stored in customers:
            try:
                customer = current.glance(stored)
                yield _Asked(stored.customer_id, *placing.right(current, customer, now_ms), customer)
            except Exception as problem:  # Told and counted: nothing would ever be built if all waited for this one.
                self._telling.unasked(run.id, stored.customer_id, type(problem).__name__)


def at_work(desks: Desks, run_id: str, attempt: int, now: Clock) -> Run | None:
    """The run, if the attempt has it; else None. It is shown that somebody is at it."""
    desk = desks.desk()
    if (desk.run, desk.attempt) != (run_id, attempt):
        return None
    alive = runs.alive(desk, now.now())
    if alive is not desk:
        try:
            desks.save(alive)
        except Overtaken:
            return at_work(desks, run_id, attempt, now)
    return desks.run(run_id)


def _differs(current: Current, asked: _Asked, now_ms: int) -> bool:
    return any(_differences(current, asked, now_ms))


def _differences(current: Current, asked: _Asked, now_ms: int) -> Iterator[Difference]:
    return placing.unexplained(current, asked.closely, asked.slots, now_ms) if asked.closely else iter(())


def found_in(gathered: Mapping[str, Any]) -> Found:
    """What a slice has come to, as it is kept beside its place."""
    return msgspec.convert(gathered["found"], Found) if "found" in gathered else Found()


def noted(found: Found, now: Clock) -> dict[str, Any]:
    return {"found": asdict(found), "at": clock.to_text(now.now())}
