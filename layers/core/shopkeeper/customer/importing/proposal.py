"""What is proposed for a file: how it is read and which column goes where, from what was said, from the last file with
these columns, and from the file itself. Doubts that none of them settles are for a person.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from shopkeeper.customer.importing import fields
from shopkeeper.customer.importing.file import Row
from shopkeeper.customer.importing.forms import Form
from shopkeeper.customer.importing.request import Import
from shopkeeper.customer.importing.sniffing import columns, dates, numbers
from shopkeeper.customer.importing.sniffing.columns import Column
from shopkeeper.customer.importing.sniffing.guess import Guess
from shopkeeper.customer.importing.sniffing.look import Look, look
from shopkeeper.customer.importing.sniffing.sample import Sample

_NUMBERS = {"total", "units"}


@dataclass(frozen=True, slots=True)
class Custom:
    """How a file with these columns was imported the last time. Names of columns are plain ones."""

    mapping: Mapping[str, str]
    constants: Mapping[str, str]
    form: Form


class Customs(Protocol):
    def recall(self, kind: str, name: str, signature: str) -> Custom | None:
        """Of the last import with these columns and this name, or else with any."""

    def keep(self, kind: str, name: str, signature: str, custom: Custom) -> None: ...


@dataclass(frozen=True, slots=True)
class Proposal:
    """`wanted` is what would be read if it were agreed to."""

    wanted: Import
    form: Form
    guesses: tuple[Guess, ...]
    columns: tuple[Column, ...]
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    signature: str

    @property
    def doubts(self) -> tuple[Guess, ...]:
        return tuple(guess for guess in self.guesses if not guess.is_sure)


@dataclass(frozen=True, slots=True)
class _Known:
    mapping: dict[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    form: Form | None = None


def propose(sample: Sample, wanted: Import, customs: Customs) -> Proposal:
    """Raises UnreadableFile."""
    seen = look(sample, wanted.file, wanted.mapping)
    signature = columns.signature(seen.header)
    known = _known(customs.recall(wanted.kind, wanted.name, signature), seen.header)
    found = columns.propose(wanted.kind, seen.header, seen.cells, wanted.mapping, known.mapping, _texts(seen))
    mapping = wanted.mapping or {column.name: column.target for column in found if column.target}
    proposed = {**_currency(mapping), **_fitting(wanted, known, mapping)}
    constants = wanted.constants if wanted.mapping else {**proposed, **wanted.constants}
    guesses = tuple(_styles(seen, wanted, mapping, known))
    form = seen.form.model_copy(update={guess.field: guess.value for guess in guesses})
    return Proposal(
        wanted.model_copy(update={"mapping": mapping, "constants": constants}),
        form,
        (*seen.guesses, *guesses),
        tuple(found),
        seen.header,
        seen.rows,
        signature,
    )


def custom_of(wanted: Import, form: Form) -> Custom:
    mapping = {columns.plain_name(name) or name: target for name, target in wanted.mapping.items()}
    return Custom(mapping, wanted.constants, form)


def _known(custom: Custom | None, header: tuple[str, ...]) -> _Known:
    if custom is None:
        return _Known()
    names = {columns.plain_name(name) or name: name for name in header}
    mapping = {names[plain]: target for plain, target in custom.mapping.items() if plain in names}
    return _Known(mapping, custom.constants, custom.form)


def _fitting(wanted: Import, known: _Known, mapping: Mapping[str, str]) -> dict[str, str]:
    """Constants of the last time, but for those that a column of this file says."""
    taken = set(_keys(wanted, mapping.values()))
    return {target: value for target, value in known.constants.items() if not taken.issuperset(_keys(wanted, [target]))}


def _currency(mapping: Mapping[str, str]) -> dict[str, str]:
    """Where no column says it but the name of the amount's."""
    if "currency" in mapping.values():
        return {}
    named = [code for name, target in mapping.items() if target == "total" and (code := columns.currency_of(name))]
    return {"currency": named[0]} if named else {}


def _keys(wanted: Import, targets: Iterable[str]) -> Iterator[str]:
    return (fields.field(wanted.kind, target).key for target in targets if fields.is_field(wanted.kind, target))


def _styles(seen: Look, wanted: Import, mapping: Mapping[str, str], known: _Known) -> Iterator[Guess]:
    """Decided over all cells that are to be read as dates, and as numbers."""
    dated = list(_cells(seen, mapping, "date", {"at"}))
    counted = list(_cells(seen, mapping, "number", _NUMBERS))
    for guess in (dates.form(dated), numbers.decimal(counted)):
        asked = getattr(wanted.file, guess.field)
        if asked is not None:
            yield Guess(guess.field, asked, "you said so")
        else:
            yield _as_before(guess, known.form)


def _as_before(guess: Guess, form: Form | None) -> Guess:
    before = getattr(form, guess.field) if form else None
    if before in guess.candidates:
        return replace(guess, value=before, why="the last file with these columns was read so", candidates=())
    return guess


def _cells(seen: Look, mapping: Mapping[str, str], form: str, known: set[str]) -> Iterator[str]:
    wanted = {name for name, target in mapping.items() if target in known or target.endswith(f":{form}")}
    indices = [index for index, name in enumerate(seen.header) if name in wanted]
    for cells in seen.written:
        yield from (cells[index] for index in indices if cells[index])


def _texts(seen: Look) -> set[str]:
    """Columns of JSON whose values are text, most of them."""
    if seen.form.format == "csv" or not seen.written:
        return set()
    columns = zip(seen.header, zip(*seen.written, strict=True), zip(*seen.cells, strict=True), strict=True)
    return {name for name, written, said in columns if 2 * sum(map(bool, written)) > sum(map(bool, said))}
