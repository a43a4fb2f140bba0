"""What a marketer asks for with an import: which file, what its columns mean, and what the file says of consent."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shopkeeper.customer import requests
from shopkeeper.customer.importing import cells, fields
from shopkeeper.customer.importing.forms import FileForm
from shopkeeper.customer.requests import BadRequest, Id, Lines, Strict, Text

Column = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=256)]


class Consent(Strict):
    """Said of every row of the file: whoever is in it agreed, or declined, in these words and on this basis."""

    topic: Text
    is_: Annotated[Literal["in", "out"], Field(alias="is")]
    basis: Text
    wording: Annotated[Lines, Field(max_length=2000)]


class Import(Strict):
    """`name` says which data this is: the same rows under the same name are the same orders, whichever the file.

    `mapping` leads from a column of the file to a field, `constants` gives a field one value for all rows. Without a
    mapping one is proposed once the file is there, and nothing is read before somebody has agreed to it.
    Orders of which no column says what they came to are read only if `without_total` says that this is meant.
    """

    id: Id | None = None
    name: Text
    kind: fields.Kind
    file: FileForm = FileForm()
    mapping: dict[Column, str] = Field(default={}, max_length=500)
    constants: dict[str, str] = Field(default={}, max_length=100)
    consent: Consent | None = None
    without_total: bool = False
    dry_run: bool = False

    @property
    def counts_equal_rows(self) -> bool:
        """Orders without ids of their own: known by their rows, and equal rows by which of them each is."""
        return self.kind == "orders" and "order_id" not in self.mapping.values()

    def to_text(self) -> str:
        return self.model_dump_json(by_alias=True)


class Changes(Strict):
    """What is to be other than it was asked for; `file` setting by setting, all else as a whole."""

    file: FileForm = FileForm()
    mapping: dict[Column, str] | None = Field(default=None, max_length=500)
    constants: dict[str, str] | None = Field(default=None, max_length=100)
    consent: Consent | None = None
    without_total: bool | None = None
    dry_run: bool | None = None

    def of(self, wanted: Import) -> Import:
        said = {name: getattr(self, name) for name in ("mapping", "constants", "consent", "without_total", "dry_run")}
        changed = {name: value for name, value in said.items() if value is not None}
        return wanted.model_copy(update={**changed, "file": wanted.file.with_said(self.file)})


def read(body: str | bytes, now: datetime) -> Import:
    """Raises BadRequest."""
    wanted = requests.read(Import, body)
    if findings := faults(wanted, now):
        raise BadRequest(findings)
    return wanted


def faults(wanted: Import, now: datetime) -> list[tuple[str, str]]:
    """Bad fields, each with what is wrong about it. Without a mapping, what it must hold is asked later."""
    sense = _sense(wanted) if wanted.mapping else _belonging(wanted)
    return [*_style(wanted), *_targets(wanted), *sense] or [*_constants(wanted, now)]


def _style(wanted: Import) -> Iterator[tuple[str, str]]:
    for name, check, value in (
        ("zone", cells.zone, wanted.file.zone),
        ("date_format", cells.strptime_pattern, wanted.file.date_format or "YYYY-MM-DD"),
    ):
        try:
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
    else:
        yield from _sense_of_orders(wanted, given)
    yield from _belonging(wanted)


def _sense_of_orders(wanted: Import, given: set[str]) -> Iterator[tuple[str, str]]:
    if "at" not in given:
        yield "mapping", "no column says when an order was placed: one must go to at"
    if "order_id" in wanted.constants:
        yield "constants.order_id", "would make all rows one order"
    if "total" in given and "currency" not in given:
        yield "constants.currency", "a total needs a currency: from a column, or the same for all rows, e.g. EUR"
    if "total" not in given and not wanted.without_total:
        none = "no column says what an order came to: one must go to total"
        yield "mapping", f'{none}, or "without_total": true must say that the orders count without an amount'
    if "total" in given and wanted.without_total:
        yield "without_total", "contradicts total: leave out one of the two"


def _belonging(wanted: Import) -> Iterator[tuple[str, str]]:
    if wanted.kind == "orders" and wanted.consent:
        yield "consent", "belongs to an import of customers"
    if wanted.kind == "customers" and wanted.without_total:
        yield "without_total", "belongs to an import of orders"


def _constants(wanted: Import, now: datetime) -> Iterator[tuple[str, str]]:
    """Asked last: reading a constant needs a known field, zone and date format."""
    for target, value in wanted.constants.items():
        try:
            fields.field(wanted.kind, target).reader(wanted.file.style(now))(value)
        except cells.BadCell as error:
            yield f"constants.{target}", str(error)
