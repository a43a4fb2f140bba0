"""A walk: something to be done with every row of a table, a page at a time, until all have been seen.

A table, that of customers or another one, is walked in slices, each of which is a row of its own in the Records table,
due until its end is reached. The clock visits what is due; a visit does one page and notes how far it came, so a walk
needs no time limit, goes on wherever it was interrupted, and several slices advance at once.

A page may be done twice, where its visitor died before noting it, so what is done with a row must bear that. What is
gathered on the way is noted together with the place, so each row is in it once.

Whoever reaches the end of the last slice finishes the walk with what all slices have gathered. The work may then ask
for another round, for instance because this one still found something to do.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from shopkeeper import clock
from shopkeeper.clock import Clock

SLICES = 8
AGAIN, NEXT = "again_at", "next_at"
"""What is gathered holds an instant under one of these names, text: of `AGAIN`, where the same page is to be seen
again, then; of `NEXT`, where the next one is not to be seen before."""

Row = TypeVar("Row")
Given = TypeVar("Given", covariant=True)
Taken = TypeVar("Taken", contravariant=True)

Gathered = Mapping[str, Any]
"""JSON, of a few KB at most: it is written with each page."""


class Overtaken(Exception):
    """The slice no longer stands as it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """How far one slice of a walk has come. `walk` is `<kind>/<name>`; the kind says what is done, the name with what.

    Rows up to `after` have been seen. `ended` is true behind the last one, `finished` in a slice whose visitor has
    finished the whole walk. `expires_at`, in seconds since 1970, is when the row may go; 0 is never.
    """

    walk: str
    number: int
    slices: int = SLICES
    after: str = ""
    gathered: Gathered = field(default_factory=dict)
    round: int = 1
    ended: bool = False
    finished: bool = False
    due_at: str = ""
    revision: int = 1
    expires_at: int = 0


class Slices(Protocol):
    def add(self, part: Slice) -> None:
        """Nothing changes where the slice is there."""

    def load(self, walk: str, numbers: Sequence[int]) -> list[Slice]:
        """In their order, read consistently; those that are not there are left out."""

    def save(self, part: Slice) -> None:
        """In the place of the revision before. Raises Overtaken."""


class Pages(Protocol[Given]):
    def page(self, segment: int, segments: int, after: str, limit: int) -> tuple[Sequence[Given], str]:
        """Of one slice of a table, from behind the row `after`; and what to pass next, "" at the end."""


class Work(Protocol[Taken]):
    """What a walk of some kind does. `limit` is how many rows are looked at for a page; a visit should be short."""

    limit: int

    def see(self, name: str, page: Sequence[Taken], gathered: Gathered) -> Gathered:
        """Does something with each row, perhaps for the second time; gives what is gathered with them."""

    def finish(self, name: str, gathered: Sequence[Gathered]) -> bool:
        """When all were seen, with what each slice gathered; perhaps more than once. False begins another round."""


class Course(NamedTuple, Generic[Row]):
    """Of what the walks of a kind see pages, by the name of the walk, and what they do."""

    pages: Callable[[str], Pages[Row]]
    work: Work[Row]


def over(pages: Pages[Row], works: Mapping[str, Work[Row]]) -> dict[str, Course[Any]]:
    """The courses of works that go over one table, whatever the name of the walk."""
    return {kind: Course(lambda _: pages, work) for kind, work in works.items()}


class Walks:
    """`courses` is where each kind goes."""

    def __init__(self, slices: Slices, courses: Mapping[str, Course[Any]], now: Clock) -> None:
        self._slices, self._courses, self._clock = slices, courses, now

    def visit(self, key: str) -> bool:
        """`<kind>/<name>#<slice>`, by the clock: it was due a moment ago. True if there is more to do at once."""
        walk, _, number = key.rpartition("#")
        found = self._slices.load(walk, [int(number)])
        if not found or not found[0].due_at:
            return False
        part = found[0]
        kind, _, name = walk.partition("/")
        course = self._courses[kind]
        try:
            return self._end(part, course.work, name) if part.ended else self._page(part, course, name)
        except Overtaken:
            return False

    def _page(self, part: Slice, course: Course[Any], name: str) -> bool:
        work = course.work
        page, after = course.pages(name).page(part.number, part.slices, part.after, work.limit)
        gathered = work.see(name, page, part.gathered)
        if again_at := gathered.get(AGAIN):
            return self._save(part, gathered=gathered, due_at=again_at)
        next_at = gathered.get(NEXT, "") if after else ""
        return self._save(part, after=after, gathered=gathered, ended=not after, due_at=next_at)

    def _end(self, part: Slice, work: Work[Any], name: str) -> bool:
        """The last one to get here sees that all others have: each notes its own end before it looks at theirs."""
        parts = self._slices.load(part.walk, range(part.slices))
        newest = max(each.round for each in parts)
        if any(each.round < newest for each in parts):
            return self._round(parts, newest)  # Whoever began this round died over it.
        if any(each.finished for each in parts) or not all(each.ended for each in parts):
            return self._rest(part)
        if work.finish(name, [each.gathered for each in parts]):
            return self._rest(part, finished=True)
        return self._round(parts, newest + 1)

    def _round(self, parts: Sequence[Slice], number: int) -> bool:
        """The slice that is visited stays due, so whoever dies over this comes back to do the rest."""
        for each in parts:
            if each.round < number:
                self._save(each, after="", gathered={}, ended=False, round=number)
        return True

    def _rest(self, part: Slice, *, finished: bool = False) -> bool:
        self._slices.save(replace(part, finished=finished, due_at="", revision=part.revision + 1))
        return False

    def _save(self, part: Slice, due_at: str = "", **changes: Any) -> bool:
        """Due then, or now. True if it is due already."""
        now = clock.to_text(self._clock.now())
        self._slices.save(replace(part, revision=part.revision + 1, due_at=max(due_at, now), **changes))
        return due_at <= now


def start(slices: Slices, walk: str, at: datetime, expires_at: int = 0) -> None:
    """From the instant `at` on. A walk that was started before goes on as it is."""
    for number in range(SLICES):
        slices.add(Slice(walk=walk, number=number, due_at=clock.to_text(at), expires_at=expires_at))


def is_finished(slices: Slices, walk: str) -> bool:
    return any(part.finished for part in slices.load(walk, range(SLICES)))
