"""Read the result of a query and find what is new in it. Nothing is told yet; what was found is saved with a place."""

import json
from collections.abc import Callable
from dataclasses import replace

from shopkeeper import clock
from shopkeeper.customer.importing.chunks import Refusal, stretches
from shopkeeper.customer.importing.errors import error_header, error_lines
from shopkeeper.customer.importing.file import Row, check_columns, open_table
from shopkeeper.customer.importing.forms import AS_OURS
from shopkeeper.customer.importing.rows import Finding, Origin, Refused, RowReader
from shopkeeper.customer.long_files import LongFile
from shopkeeper.customer.sources.definition import Source, as_import
from shopkeeper.customer.sources.known import Known, SaidTwice
from shopkeeper.customer.sources.ports import Ports
from shopkeeper.customer.sources.state import Run, State


class Reading:
    """One visit to one result. To be closed with what it knows."""

    def __init__(self, ports: Ports, state: State, source: Source, known: Known) -> None:
        self._ports, self._run, self._source, self._known = ports, state.run, source, known
        wanted = as_import(source)
        run = state.run
        self._table = open_table(
            lambda start: ports.warehouse.open(run.location, run.etag, start), AS_OURS, tuple(wanted.mapping), run.place
        )
        check_columns(self._table.header, wanted.mapping)
        origin = Origin(state.id, clock.from_text(run.as_of), 0)
        self._reader = RowReader(wanted, AS_OURS, self._table.header, origin)
        header = error_header(self._table.header, AS_OURS.separator)
        self._errors = LongFile(ports.errors, name(state), header, run.errors)

    def run(self, has_time: Callable[[], bool]) -> tuple[Run, bool]:
        """How far it came, and whether that is the end."""
        for rows in stretches(self._table.rows):
            refused = [refusal for row in rows if (refusal := self._find(row))]
            errors = self._errors.add(rows[0].number, error_lines(refused, AS_OURS.separator))
            counts = self._run.counts
            counts = replace(counts, rows=rows[-1].number, refused=counts.refused + len(refused))
            self._run = replace(self._run, place=rows[-1].end, errors=errors, counts=counts)
            if not has_time():
                return self._run, False
        return self._summed(), True

    def join_errors(self) -> None:
        self._errors.join()

    def _summed(self) -> Run:
        sums = self._known.sums()
        counts = replace(self._run.counts, **sums._asdict())
        return replace(self._run, counts=counts, errors=self._errors.flush())

    def _find(self, row: Row) -> Refusal | None:
        try:
            self._known.find(*_told(self._reader.says(row), self._source))
        except Refused as error:
            return Refusal(row, error.findings)
        except SaidTwice:
            column = self._source.key.column
            return Refusal(row, (Finding(column, "", "another row speaks of the same customer, and not alike"),))
        return None


def name(state: State) -> str:
    """Of the notes and the error file of this run."""
    return errors_name(state.id, state.run.number)


def errors_name(source_id: str, run: int) -> str:
    """A colon stands in no id of an import, whose errors are kept beside."""
    return f"source:{source_id}/{run}"


def _told(says: dict[str, object], source: Source) -> tuple[str, str]:
    """Who a row is about, and what it says of them."""
    kind = source.key.as_
    who = f"{kind.removesuffix('_id')}:{says.pop(kind)}"
    return who, json.dumps(says, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
