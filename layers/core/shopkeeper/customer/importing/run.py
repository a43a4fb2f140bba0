"""Bring an import as far as the time allows. Safe to be killed at any point and started again, even twice at once.

Each chunk is sent, then its refused rows are put down, then the job moves on, if it still stands where the chunk began.
Sending again is harmless: what a row says, message ids included, depends on the file and the job alone.
"""

from collections.abc import Callable, Iterable
from typing import IO, Protocol

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.customer.importing.chunks import Chunk, chunks, error_header, error_lines
from shopkeeper.customer.importing.file import Table, UnreadableFile, check, open_table
from shopkeeper.customer.importing.job import Job, Overtaken
from shopkeeper.customer.importing.rows import RowReader
from shopkeeper.customer.interaction import Interaction


class Jobs(Protocol):
    """Every change raises Overtaken if the job no longer stands where the caller saw it."""

    def job(self, import_id: str) -> Job | None: ...
    def begin(self, job: Job, *, at: str, etag: str, total: int) -> Job: ...
    def advance(self, job: Job, chunk: Chunk) -> Job: ...
    def finish(self, job: Job, *, at: str, error: str = "") -> Job: ...


class Files(Protocol):
    def etag(self, import_id: str) -> str: ...
    def open(self, import_id: str, etag: str) -> IO[bytes]:
        """Raises UnreadableFile if this upload is no longer there."""

    def put_errors(self, import_id: str, part: int, text: str) -> None: ...
    def join_errors(self, import_id: str, header: str, parts: Iterable[int]) -> None: ...


class Importer:
    """`send` takes all of the interactions or raises."""

    def __init__(self, jobs: Jobs, files: Files, send: Callable[[Iterable[Interaction]], None], now: Clock) -> None:
        self._jobs, self._files, self._send, self._clock = jobs, files, send, now

    def run(self, import_id: str, has_time: Callable[[], bool]) -> Job | None:
        """The job as it stands afterwards; still `reading` if the time was up, None if nobody asked for this import."""
        while True:
            job = self._jobs.job(import_id)
            if job is None or job.ended:
                return job
            try:
                return self._run(job, has_time)
            except Overtaken:
                continue

    def _run(self, job: Job, has_time: Callable[[], bool]) -> Job:
        try:
            return self._read_on(self._begun(job), has_time)
        except UnreadableFile as error:
            return self._jobs.finish(job, at=self._now(), error=str(error))

    def _begun(self, job: Job) -> Job:
        if job.state == "reading":
            return job
        etag = self._files.etag(job.id)
        with self._files.open(job.id, etag) as stream:
            total = check(stream, job.wanted.file, list(job.wanted.mapping))
        return self._jobs.begin(job, at=self._now(), etag=etag, total=total)

    def _read_on(self, job: Job, has_time: Callable[[], bool]) -> Job:
        with self._files.open(job.id, job.etag) as stream:
            table = open_table(stream, job.wanted.file)
            reader = RowReader(job.wanted, table.header, job.origin)
            for chunk in chunks(table, reader, job.rows):
                job = self._take_in(job, chunk)
                if job.rows < job.total and not has_time():
                    return job
            return self._finished(job, table)

    def _take_in(self, job: Job, chunk: Chunk) -> Job:
        if not job.wanted.dry_run:
            self._send(chunk.interactions)
        if chunk.refused:
            self._files.put_errors(job.id, chunk.start, error_lines(chunk.refused, job.wanted.file.separator))
        return self._jobs.advance(job, chunk)

    def _finished(self, job: Job, table: Table) -> Job:
        header = error_header(table.header, job.wanted.file.separator)
        self._files.join_errors(job.id, header, job.parts)
        return self._jobs.finish(job, at=self._now())

    def _now(self) -> str:
        return clock.to_text(self._clock.now())
