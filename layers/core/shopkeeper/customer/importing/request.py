"""What a marketer asks for with an import: which file, what its columns mean, and what the file says of consent."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shopkeeper.customer import requests
from shopkeeper.customer.importing import cells, fields
from shopkeeper.customer.importing.cells import Style
from shopkeeper.customer.requests import BadRequest, Strict, Text

Column = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=256)]

Encoding = Literal[
    "utf-8", "utf-16", "windows-1250", "windows-1251", "windows-1252", "iso-8859-1", "iso-8859-2", "iso-8859-15"
]


class FileForm(Strict):
    """How the file writes things. Dates without an offset are local to `zone`; `date_format` is e.g. DD.MM.YYYY."""

    separator: Literal[",", ";", "\t", "|"] = ","
    encoding: Encoding = "utf-8"
    date_format: Annotated[str, StringConstraints(max_length=40)] = ""
    decimal: Literal["", ".", ","] = ""
    zone: str = "UTC"


class Consent(Strict):
    """Said of every row of the file: whoever is in it agreed, or declined, in these words and on this basis."""

    topic: Text
    is_: Annotated[Literal["in", "out"], Field(alias="is")]
    basis: Text
    wording: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class Import(Strict):
    """`name` says which data this is: the same rows under the same name are the same orders, whichever the file.

    `mapping` leads from a column of the file to a field, `constants` gives a field one value for all rows.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")] | None = None
    name: Text
    kind: fields.Kind
    file: FileForm = FileForm()
    mapping: dict[Column, str] = Field(min_length=1, max_length=500)
    constants: dict[str, str] = Field(default={}, max_length=100)
    consent: Consent | None = None
    dry_run: bool = False

    def style(self, latest: datetime) -> Style:
        return Style(latest, self.file.date_format, self.file.decimal, cells.zone(self.file.zone))

    def to_text(self) -> str:
        return self.model_dump_json(by_alias=True)


def read(body: str | bytes, now: datetime) -> Import:
    """Raises BadRequest."""
    wanted = requests.read(Import, body)
    if findings := faults(wanted, now):
        raise BadRequest(findings)
    return wanted


def faults(wanted: Import, now: datetime) -> list[tuple[str, str]]:
    """Bad fields, each with what is wrong about it."""
    return [*_style(wanted), *_targets(wanted), *_sense(wanted)] or [*_constants(wanted, now)]


def _style(wanted: Import) -> Iterator[tuple[str, str]]:
    for name, check, value in (
        ("zone", cells.zone, wanted.file.zone),
        ("date_format", cells.strptime_pattern, wanted.file.date_format),
    ):
        try:
            if value or name == "zone":
                check(value)
        except ValueError as error:
            yield f"file.{name}", str(error)


def _targets(wanted: Import) -> Iterator[tuple[str, str]]:
    taken: dict[str, str] = {}
    for place, target in _places(wanted):
        try:
            name = fields.field(wanted.kind, target).key
        except ValueError as error:
            yield place, str(error)
            continue
        if name in taken:
            yield place, f"{name} already comes from {taken[name]}"
        taken.setdefault(name, place)


def _places(wanted: Import) -> Iterator[tuple[str, str]]:
    yield from ((f"mapping.{column}", target) for column, target in wanted.mapping.items())
    yield from ((f"constants.{target}", target) for target in wanted.constants)


def _sense(wanted: Import) -> Iterator[tuple[str, str]]:
    """What a file of this kind cannot do without."""
    columns = set(wanted.mapping.values())
    given = columns | set(wanted.constants)
    if not columns & {"user_id", "email"}:
        yield "mapping", "no column says who a row is about: one must go to user_id or email"
    if wanted.kind == "customers":
        if "list" in columns:
            yield "mapping", "a list is the same for all rows: name it in constants.list"
        return
    if "at" not in given:
        yield "mapping", "no column says when an order was placed: one must go to at"
    if "order_id" in wanted.constants:
        yield "constants.order_id", "would make all rows one order"
    if "total" in given and "currency" not in given:
        yield "constants.currency", "a total needs a currency: from a column, or the same for all rows, e.g. EUR"
    if wanted.consent:
        yield "consent", "belongs to an import of customers"


def _constants(wanted: Import, now: datetime) -> Iterator[tuple[str, str]]:
    """Asked last: reading a constant needs a known field, zone and date format."""
    for target, value in wanted.constants.items():
        try:
            fields.field(wanted.kind, target).reader(wanted.style(now))(value)
        except cells.BadCell as error:
            yield f"constants.{target}", str(error)
