"""Bring an import as far as the time allows. Safe to be killed at any point and started again, even twice at once.

Each chunk is sent, then its refused rows are put down, then the job moves on, if it still stands where the chunk began.
Sending again is harmless: what a row says, message ids included, depends on the file and the job alone.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.customer.importing.chunks import Chunk, chunks
from shopkeeper.customer.importing.errors import error_header, error_lines
from shopkeeper.customer.importing.file import Table, check_columns, open_table
from shopkeeper.customer.importing.foresight import Foresight, Memory
from shopkeeper.customer.importing.job import Job, Overtaken
from shopkeeper.customer.importing.lines import Place
from shopkeeper.customer.importing.notes import Notes
from shopkeeper.customer.importing.plain import UnreadableFile
from shopkeeper.customer.importing.proposal import Customs, custom_of, propose
from shopkeeper.customer.importing.rows import RowReader
from shopkeeper.customer.importing.sniffing.sample import Sample
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.long_files import LongFile, LongFiles

# How many rows are checked between two looks at the time.
CHECKED_AT_ONCE = 10_000


class Jobs(Protocol):
    def job(self, import_id: str) -> Job | None:
        """Read consistently."""

    def put(self, job: Job) -> Job:
        """In the place of this revision, with the next one. Raises Overtaken if another stands there by now."""


class Files(Protocol):
    def etag(self, import_id: str) -> str: ...
    def sample(self, import_id: str, etag: str) -> Sample: ...
    def open(self, import_id: str, etag: str, start: int) -> IO[bytes]:
        """Raises UnreadableFile if this upload is no longer there."""


class NoteStore(Protocol):
    def put_notes(self, name: str, place: Place, notes: Path) -> None: ...
    def notes(self, name: str, place: Place) -> IO[bytes]: ...


@dataclass(frozen=True, slots=True)
class Ports:
    """What an import stands on. `send` takes all of the interactions or raises."""

    jobs: Jobs
    files: Files
    errors: LongFiles
    notes: NoteStore
    customs: Customs
    memory: Memory
    send: Callable[[Iterable[Interaction]], None]
    clock: Clock


class Importer:
    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def run(self, import_id: str, has_time: Callable[[], bool]) -> Job | None:
        """The job as it stands afterwards; `is_under_way` if the time was up, None if nobody asked for this import."""
        while True:
            job = self._ports.jobs.job(import_id)
            if job is None or job.ended:
                return job
            try:
                return self._run(job, has_time)
            except Overtaken:
                continue

    def _run(self, job: Job, has_time: Callable[[], bool]) -> Job:
        """Each step is put down before the next, so a fault of the file is told of the job as it stands by then."""
        try:
            if job.state in ("waiting", "asking"):
                job = self._looked_at(job)
            if job.state == "checking":
                job = self._checked(job, has_time)
            if job.state != "reading":
                return job
            with closing(_Reading(self._ports, job)) as reading:
                return reading.run(has_time)
        except UnreadableFile as error:
            return self._failed(job.id, str(error))

    def _failed(self, import_id: str, error: str) -> Job:
        """Raises Overtaken."""
        job = self._ports.jobs.job(import_id)
        if job is None or job.ended:
            raise Overtaken(import_id)
        return self._ports.jobs.put(job.finish(self._now(), error))

    def _looked_at(self, job: Job) -> Job:
        """Goes on by itself where somebody has said what the columns are, and the file leaves nothing to ask."""
        etag = self._ports.files.etag(job.id)
        if job.state == "asking" and job.etag == etag:
            return job
        proposal = propose(self._ports.files.sample(job.id, etag), job.wanted, self._ports.customs)
        if not job.wanted.mapping or proposal.doubts:
            return self._ports.jobs.put(job.ask(etag, proposal.form, proposal.doubts))
        return self._ports.jobs.put(job.check(etag, proposal.form, proposal.signature))

    def _checked(self, job: Job, has_time: Callable[[], bool]) -> Job:
        table = _table(self._ports.files, job, job.mark)
        check_columns(table.header, job.wanted.mapping)
        place = job.mark
        for row in table.rows:
            place = row.end
            if row.number % CHECKED_AT_ONCE == 0 and not has_time():
                return self._ports.jobs.put(job.checked(place))
        return self._ports.jobs.put(job.checked(place).begin(self._now()))

    def _now(self) -> str:
        return clock.to_text(self._ports.clock.now())


class _Reading:
    """One run over the rows of one job. To be closed."""

    def __init__(self, ports: Ports, job: Job) -> None:
        self._ports, self._job = ports, job
        self._separator = job.form.separator
        start = job.noted if _takes_notes(job) else job.mark
        self._table = _table(ports.files, job, start)
        self._reader = RowReader(job.wanted, job.form, self._table.header, job.origin)
        header = error_header(self._table.header, self._separator)
        self._errors = LongFile(ports.errors, job.name, header, job.errors)
        self._notes = Notes(ports.notes.notes(job.name, start) if start.rows and _takes_notes(job) else None)
        self._foresight = Foresight(ports.memory, self._notes)

    def close(self) -> None:
        self._notes.close()

    def run(self, has_time: Callable[[], bool]) -> Job:
        for chunk in self._ahead():
            self._take_in(chunk)
            if self._job.mark.rows < self._job.total and not has_time():
                return self._pause()
        return self._finish()

    def _ahead(self) -> Iterator[Chunk]:
        """The chunks after the mark. What stands between the saved notes and the mark is noted once more."""
        mark = self._job.mark.rows
        for chunk in chunks(self._table.rows, self._reader, self._notes, mark):
            if chunk.end.rows > mark:
                yield chunk
            elif self._job.wanted.dry_run:
                self._foresight.pass_by(chunk.interactions)

    def _take_in(self, chunk: Chunk) -> None:
        job = self._job
        if job.wanted.dry_run:
            job = job.foresee(self._foresight.look(chunk.interactions))
        else:
            self._ports.send(chunk.interactions)
        errors = self._errors.add(chunk.start, error_lines(chunk.refused, self._separator))
        self._put(job.advance(chunk, errors))

    def _pause(self) -> Job:
        """Notes are saved for the next run, which need not begin anew for their sake."""
        if _takes_notes(self._job):
            self._ports.notes.put_notes(self._job.name, self._job.mark, self._notes.save())
            self._put(self._job.note())
        return self._job

    def _finish(self) -> Job:
        job = self._job
        self._put(job.put_errors(self._errors.flush()))
        self._errors.join()
        if not job.wanted.dry_run:
            custom = custom_of(job.wanted, job.form)
            self._ports.customs.keep(job.wanted.kind, job.wanted.name, job.signature, custom)
        return self._put(self._job.finish(clock.to_text(self._ports.clock.now())))

    def _put(self, job: Job) -> Job:
        self._job = self._ports.jobs.put(job)
        return self._job


def _table(files: Files, job: Job, start: Place) -> Table:
    columns = tuple(job.wanted.mapping)
    return open_table(lambda offset: files.open(job.id, job.etag, offset), job.form, columns, start)


def _takes_notes(job: Job) -> bool:
    """Whether what a row says depends on the rows before it."""
    return job.wanted.dry_run or job.wanted.counts_equal_rows
