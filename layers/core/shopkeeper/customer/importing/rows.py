"""From a row to interactions. Pure: they depend on the row, the import and how often the row stood there before.

An order is known by its `order_id`. A file without one gets ids derived from the import's name, the row as it stands
in the file, and which of the rows that stand there so it is: so equal rows all count, and the same file read again says
nothing new, whatever is made of its columns. Where they stand is left out of it, and so are empty cells.
A customer's row is a statement of this import: importing an older file again does restate what it says.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shopkeeper import clock, ids
from shopkeeper.customer import lists
from shopkeeper.customer.collect.strict_json import Flaw
from shopkeeper.customer.importing import fields, objects
from shopkeeper.customer.importing.cells import BadCell, Reader
from shopkeeper.customer.importing.fields import Field
from shopkeeper.customer.importing.file import MAX_ROW_BYTES, Row
from shopkeeper.customer.importing.forms import Form
from shopkeeper.customer.importing.request import Import
from shopkeeper.customer.importing.sniffing.columns import plain_name
from shopkeeper.customer.interaction import Interaction, raw

# What the error file says before the cells of a row. Corrected, the row is the one that it would have been.
ABOUT = ("line", "column", "field", "reason")


@dataclass(frozen=True, slots=True)
class Finding:
    column: str
    field: str
    reason: str


class Refused(ValueError):
    """This row cannot be taken in; `findings` say all that is wrong with it."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__("; ".join(finding.reason for finding in findings))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    index: int
    target: str
    field: Field
    read: Reader

    def typed(self, said: Mapping[str, Any]) -> object:
        """What is more than text in the file, and stays so; None for all else."""
        value = objects.under(said, self.name) if self.field.keeps_type else None
        return None if objects.is_text(value) else value


@dataclass(frozen=True, slots=True)
class _Said:
    """What a row says, apart by room: "" for known fields, `traits` or `properties` for free ones."""

    known: dict[str, Any]
    free: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where rows come from. `received_at` is when the file was first opened, so that reading again says the same.

    `total` is how many rows the file has.
    """

    import_id: str
    received_at: datetime
    total: int


_COUNTED = ("order_id", "total", "currency", "units")


class RowReader:
    """Turns the rows of one file into interactions."""

    def __init__(self, wanted: Import, form: Form, header: tuple[str, ...], origin: Origin) -> None:
        self.wanted, self._header, self._origin = wanted, header, origin
        style = form.style(origin.received_at)
        self._columns: list[_Column] = []
        for name, target in wanted.mapping.items():
            field = fields.field(wanted.kind, target)
            self._columns.append(_Column(name, header.index(name), target, field, field.reader(style)))
        self._constants = _Said({}, {})
        beside = wanted.file.style(origin.received_at)
        for target, value in wanted.constants.items():
            field = fields.field(wanted.kind, target)
            _put(self._constants, field, field.reader(beside)(value))

        self._same_for_all = {
            "received_at": clock.to_text(origin.received_at),
            "source": "import",
            "origin": f"import:{origin.import_id}",
            "trusted": True,
        }
        self._telling = sorted(self._columns, key=lambda column: (column.target, column.index))
        # An order with an id is told anew where a constant was put right.
        self._for_all = [f"{target}={value}" for target, value in sorted(wanted.constants.items())]
        self._names = _names(header)

    def content(self, row: Row) -> str:
        """The same for rows that tell of the same, wherever their columns stand. With its type, 33 is not "33"."""
        if self.wanted.counts_equal_rows:
            return ids.digest("row", self.wanted.name, *self._standing(row))
        cells = (f"{column.target}={row.cells[column.index]}" for column in self._telling_in(row))
        typed = (column.target for column in self._telling if row.said and column.typed(row.said) is not None)
        return ids.digest("import", self.wanted.name, *cells, *self._for_all, *typed)

    def _telling_in(self, row: Row) -> Iterator[_Column]:
        return (column for column in self._telling if column.index < len(row.cells))

    def _standing(self, row: Row) -> Iterator[str]:
        """The row as it stands in the file, whether or not anything is made of its cells."""
        if row.said is not None:
            said = sorted((plain_name(name) or name, cell) for name, cell in objects.told(row.said) if cell)
            yield from (part for pair in said for part in pair)
        elif len(row.cells) == len(self._header):
            for name, index in self._names:
                if cell := row.cells[index]:
                    yield name
                    yield cell
        else:
            # It is refused, and must not be counted as one of the rows that it would be equal to.
            yield from ("", *row.cells)

    def says(self, row: Row) -> dict[str, Any]:
        """What is read of it, by field. Raises Refused."""
        said = self._said(row)
        free = fields.FREE[self.wanted.kind]
        return said.known | {f"{free}.{name}": value for name, value in said.free.items()}

    def read(self, row: Row, content: str, nth: int) -> list[Interaction]:
        """`nth` counts the rows of this `content` from 1. Raises Refused."""
        said = self._said(row)
        if self.wanted.kind == "orders":
            return [self._order(content, nth, said)]
        return list(self._customer(row, said))

    def _said(self, row: Row) -> _Said:
        _check_shape(row, self._header)
        said, findings = _Said({**self._constants.known}, {**self._constants.free}), []
        for column in self._columns:
            cell = row.cells[column.index]
            try:
                if cell:
                    typed = column.typed(row.said) if row.said else None
                    _put(said, column.field, column.read(cell) if typed is None else _kept(typed))
            except BadCell as error:
                findings.append(Finding(column.name, column.target, str(error)))
        findings = findings or list(self._missing(said))
        if findings:
            raise Refused(*findings)
        return said

    def _missing(self, said: _Said) -> Iterator[Finding]:
        if not said.known.keys() & {"user_id", "email"}:
            yield Finding(self._source("user_id", "email"), "user_id", "says nobody: no user id and no e-mail address")
        if self.wanted.kind == "orders":
            needed = ["at", "currency"] if "total" in said.known else ["at"]
            needed += ["order_id"] if "order_id" in self.wanted.mapping.values() else []
            for name in needed:
                if name not in said.known:
                    yield Finding(self._source(name), name, "is empty")

    def _source(self, *targets: str) -> str:
        return next((column.name for column in self._columns if column.target in targets), "")

    def _order(self, content: str, nth: int, said: _Said) -> Interaction:
        """An order without id is told apart by its message id alone: nobody else could know it by an id of ours."""
        known = said.known
        which = content if "order_id" in known else ids.digest("order", content, str(nth))
        counted: dict[str, Any] = {name: known[name] for name in _COUNTED if name in known}
        return Interaction(
            subject=_subject(known),
            message_id=f"import/{which}",
            type="track",
            name="Order Completed",
            at=known["at"],
            raw_properties=raw(said.free | counted),
            **self._common(known),
        )

    def _customer(self, row: Row, said: _Said) -> Iterator[Interaction]:
        known = said.known
        about = self._common(known) | {"subject": _subject(known), "at": known.get("at") or self._said_at(row)}
        message_id = f"import/{self._origin.import_id}/{row.line}"
        traits = said.free | {name: known[name] for name in ("email", "phone") if name in known}
        yield Interaction(message_id=message_id, type="identify", raw_traits=raw(traits), **about)
        if consent := self.wanted.consent:
            stated = consent.model_dump(by_alias=True)
            yield _fact(f"{message_id}/consent", "Consent Changed", stated, about)
        if "list" in known:
            yield _fact(f"{message_id}/list", lists.ENTERED, {"list": known["list"]}, about)

    def _said_at(self, row: Row) -> str:
        """A millisecond apart, up to the instant of receipt: of two rows about one person the later one holds."""
        return clock.to_text(self._origin.received_at - timedelta(milliseconds=self._origin.total - row.number))

    def _common(self, known: dict[str, Any]) -> dict[str, Any]:
        ids = {kind: known[name] for kind, name in (("user", "user_id"), ("email", "email")) if name in known}
        return {**self._same_for_all, "ids": ids}


def _fact(message_id: str, name: str, properties: dict[str, Any], about: dict[str, Any]) -> Interaction:
    return Interaction(message_id=message_id, type="track", name=name, raw_properties=raw(properties), **about)


def _kept(typed: object) -> object:
    """Raises BadCell."""
    try:
        return objects.kept(typed)
    except Flaw as flaw:
        raise BadCell(f"cannot be taken: {flaw.code}{flaw.field and f' at {flaw.field}'}") from None


def _put(said: _Said, field: Field, value: object) -> None:
    (said.free if field.room else said.known)[field.name] = value


def _names(header: tuple[str, ...]) -> list[tuple[str, int]]:
    """In an order that the file does not decide; columns of one name stay as they are."""
    first = len(ABOUT) if header[: len(ABOUT)] == ABOUT else 0
    return sorted((plain_name(name) or name, index) for index, name in enumerate(header) if index >= first)


def _subject(known: dict[str, Any]) -> str:
    return f"user:{known['user_id']}" if "user_id" in known else f"email:{known['email']}"


def _check_shape(row: Row, header: tuple[str, ...]) -> None:
    if row.fault:
        raise Refused(Finding("", "", row.fault))
    if len(row.cells) != len(header):
        raise Refused(Finding("", "", f"has {len(row.cells)} cells where the header has {len(header)}"))
    letters = sum(map(len, row.cells))
    # No letter is longer than four bytes, so short rows need not be written out to be measured.
    if letters * 4 > MAX_ROW_BYTES and sum(len(cell.encode()) for cell in row.cells) > MAX_ROW_BYTES:
        raise Refused(Finding("", "", f"is longer than {MAX_ROW_BYTES:,} bytes"))
