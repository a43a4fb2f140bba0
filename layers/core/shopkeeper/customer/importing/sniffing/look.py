"""A look at a file: how it is written, which columns it has, and its first rows as they are read so."""

import codecs
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from shopkeeper.customer.importing import file, objects
from shopkeeper.customer.importing.file import Row
from shopkeeper.customer.importing.forms import FileForm, Form
from shopkeeper.customer.importing.sniffing import dialects, encodings
from shopkeeper.customer.importing.sniffing.guess import Guess
from shopkeeper.customer.importing.sniffing.sample import Sample

ROWS = 1_000
_MOST_COLUMNS = 500


@dataclass(frozen=True, slots=True)
class Look:
    """`rows` stand at the beginning, `further` cells anywhere in the file. The style of dates and numbers is open."""

    form: Form
    guesses: tuple[Guess, ...]
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    further: tuple[tuple[str, ...], ...]

    @property
    def cells(self) -> list[tuple[str, ...]]:
        """Of all rows whose cells could be told apart."""
        whole = (row.cells for row in self.rows if not row.fault)
        return [cells for cells in (*whole, *self.further) if len(cells) == len(self.header)]

    @property
    def written(self) -> list[tuple[str, ...]]:
        """The same as far as they are text in the file: numbers and truths of JSON can be taken in one way only."""
        if self.form.format == "csv":
            return self.cells
        told = (row.said or {} for row in self.rows if not row.fault)
        return [tuple(_text_of(objects.under(said, name)) for name in self.header) for said in told]


def _text_of(value: Any) -> str:
    return str(value).strip() if objects.is_text(value) else ""


def look(sample: Sample, said: FileForm, columns: Iterable[str] = ()) -> Look:
    """`columns` are wanted of a file that has no header, whether or not they are seen. Raises UnreadableFile."""
    guesses = [_settled(said, encodings.encoding(sample))]
    encoding = guesses[0].value
    lines = _lines(sample, encoding)
    guesses += _dialect(lines, said)
    settings: dict[str, Any] = {guess.field: guess.value for guess in guesses}
    form = Form(compression=sample.compression, zone=said.zone, **settings)
    header, rows = _read(sample, form, lines, columns)
    return Look(form, tuple(guesses), header, rows, tuple(_further(sample, form, header)))


def _settled(said: FileForm, guess: Guess) -> Guess:
    asked = getattr(said, guess.field)
    return guess if asked is None else Guess(guess.field, asked, "you said so")


def _lines(sample: Sample, encoding: str) -> list[str]:
    """Without the last one where it may go on after the sample."""
    text = _text(sample.head, encoding)
    lines = text.removeprefix("\ufeff").splitlines(keepends=True)
    return lines if sample.whole or len(lines) < 2 else lines[:-1]


def _text(stretch: bytes, encoding: str) -> str:
    """Forgiving: what cannot be read is found when the rows are read."""
    return codecs.getincrementaldecoder(encoding)("replace").decode(stretch)


def _dialect(lines: Sequence[str], said: FileForm) -> list[Guess]:
    found = Guess("format", "ndjson", "each line is a JSON object") if dialects.is_ndjson(lines) else None
    form = _settled(said, found or Guess("format", "csv", "the first line is no JSON object"))
    if form.value == "ndjson":
        return [form]
    separator = _settled(said, dialects.separator(lines, said.separator))
    quote = _settled(said, dialects.quote(lines, separator.value))
    header = _settled(said, dialects.header(dialects.rows(lines, separator.value, quote.value)))
    return [form, separator, quote, header]


def _read(
    sample: Sample, form: Form, lines: Sequence[str], wanted: Iterable[str]
) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """As the whole file will be read."""
    columns = tuple(dict.fromkeys((*_columns(lines), *wanted))) if form.format == "ndjson" else ()
    text = "".join(lines).encode()
    as_text = form.model_copy(update={"compression": "", "encoding": "utf-8"})
    table = file.open_table(lambda _: io.BytesIO(text), as_text, columns)
    rows = tuple(islice(table.rows, ROWS))
    return table.header, rows if sample.whole else _before_the_cut(rows, len(lines))


def _before_the_cut(rows: tuple[Row, ...], lines: int) -> tuple[Row, ...]:
    """The sample may end inside quotation marks, which are closed in what follows."""
    last = lines - file.MAX_ROW_LINES
    cut = next((row.number for row in rows if row.fault and row.line > last), len(rows) + 1)
    return rows[: cut - 1]


def _columns(lines: Sequence[str]) -> tuple[str, ...]:
    """All that the first objects say, in the order of their first mention."""
    names: dict[str, None] = {}
    for line in lines[:ROWS]:
        try:
            names |= dict.fromkeys(objects.columns(objects.read(line)))
        except objects.NoObject:
            continue
    return tuple(islice(names, _MOST_COLUMNS))


def _further(sample: Sample, form: Form, header: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Rows that could be cut out of the stretches: with as many cells as there are columns."""
    found: list[tuple[str, ...]] = []
    for stretch in sample.further:
        lines = _text(stretch, form.encoding).splitlines(keepends=True)[1:-1]
        if form.format == "csv":
            rows = dialects.rows(lines, form.separator, form.quote)
            found += [row for row in rows if len(row) == len(header)]
    return found
