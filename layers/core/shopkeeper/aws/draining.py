"""Do what is due in one shard, until nothing is: each row once, the earliest of its kind first.

Rows of some kinds are visited one by one, others in batches. However many of one kind are due, the others have their
turn between any two batches, and what takes long is done in parts, so no row holds up another. The row is read again by
its visitor, because the index is a moment late. What a visitor cannot do is put off and told.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from typing import NamedTuple

from shopkeeper import clock
from shopkeeper.aws.due import Due, DueRows
from shopkeeper.clock import Clock

# How long a row that nobody could handle is left alone.
PUT_OFF = timedelta(minutes=5)
TURN = 100  # rows of one kind, before another one has its turn
REMEMBERED = 5_000
"""Rows of a kind that were visited last: more than can be visited while the index lags behind."""

Visit = Callable[[str], bool]
"""Takes a key; true if there is more to do for it at once."""
VisitBatch = Callable[[Sequence[str]], Mapping[str, Exception]]
"""Takes keys; gives those that nothing could be done for, each with the problem. May raise for the batch as a whole."""


class _Work(NamedTuple):
    kind: str
    rows: Sequence[Due]
    is_new: bool = True


class Telling(NamedTuple):
    """`failed` is told the kind, the key and the problem of what is put off; `late` of each batch by how much its
    first row is late."""

    failed: Callable[[str, str, Exception], None]
    late: Callable[[str, timedelta], None] = lambda _kind, _late: None


class Drain:
    """`visits` and `batches` say for each kind of rows what to do."""

    def __init__(
        self,
        rows: Mapping[str, DueRows],
        visits: Mapping[str, Visit],
        batches: Mapping[str, VisitBatch],
        now: Clock,
        telling: Telling,
    ) -> None:
        self._rows, self._visits, self._batches, self._clock = rows, visits, batches, now
        self._telling = telling

    def run(self, due_shard: str, has_time: Callable[[], bool]) -> int | None:
        """How many rows were visited; None if the time was up before none was left."""
        lines = {kind: _Line(rows, due_shard, self._clock) for kind, rows in self._rows.items()}
        visited, unfinished = 0, list[_Work]()
        while True:
            before, left, unfinished = visited, unfinished, []
            for work in self._round(lines, left):
                if not has_time():
                    return None
                if self._visit(work):
                    unfinished.append(work._replace(is_new=False))
                visited += len(work.rows) * work.is_new
            if visited == before and not unfinished:
                return visited

    def _round(self, lines: Mapping[str, "_Line"], left: Iterable["_Work"]) -> Iterator["_Work"]:
        """Kind by kind what is not visited in batches, then what was left unfinished; a batch behind each."""
        again = {(work.kind, work.rows[0].key): work for work in left}
        for kind in self._visits:
            for row in lines[kind].take(TURN):
                again.pop((kind, row.key), None)  # Its part of before has made it due anew.
                yield _Work(kind, [row])
            yield from self._batch(lines)
        for work in again.values():
            yield work
            yield from self._batch(lines)

    def _batch(self, lines: Mapping[str, "_Line"]) -> Iterator["_Work"]:
        for kind in self._batches:
            if rows := lines[kind].take(TURN):
                self._telling.late(kind, self._clock.now() - clock.from_text(rows[0].due_at))
                yield _Work(kind, rows)

    def _visit(self, work: "_Work") -> bool:
        """True if there is more to do for it at once."""
        if work.kind in self._visits:
            return self._has_more(work.kind, work.rows[0])
        self._visit_batch(work.kind, work.rows)
        return False

    def _has_more(self, kind: str, row: Due) -> bool:
        try:
            return self._visits[kind](row.key)
        except Exception as problem:  # Put off and told: the rows behind it must not wait for this one.
            self._put_off(kind, row, problem)
            return False

    def _visit_batch(self, kind: str, rows: Sequence[Due]) -> None:
        """One row at fault may have the whole batch refused, so it is looked for by halves."""
        try:
            failed = self._batches[kind]([row.key for row in rows])
        except Exception as problem:  # The same, once it is alone.
            if len(rows) == 1:
                return self._put_off(kind, rows[0], problem)
            half = len(rows) // 2
            self._visit_batch(kind, rows[:half])
            return self._visit_batch(kind, rows[half:])
        for row in rows:
            if row.key in failed:
                self._put_off(kind, row, failed[row.key])
        return None

    def _put_off(self, kind: str, row: Due, problem: Exception) -> None:
        self._telling.failed(kind, row.key, problem)
        self._rows[kind].put_off(row, self._clock.now() + PUT_OFF)


class _Line:
    """What is due of one kind in one shard. Pages of the index are asked for when their turn has come, and its
    beginning again behind the last one, for what has become due meanwhile."""

    def __init__(self, rows: DueRows, due_shard: str, now: Clock) -> None:
        self._rows, self._shard, self._clock = rows, due_shard, now
        self._coming: Iterator[Due] = iter(())
        self._seen: OrderedDict[Due, None] = OrderedDict()

    def take(self, most: int) -> list[Due]:
        """None of these was taken before, as far as is remembered."""
        taken = self._next(most)
        if not taken:
            self._coming = self._rows.until(self._shard, self._clock.now())
            taken = self._next(most)
        return taken

    def _next(self, most: int) -> list[Due]:
        taken = list(islice((row for row in self._coming if row not in self._seen), most))
        self._seen |= dict.fromkeys(taken)
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return taken
