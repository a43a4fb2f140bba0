"""How a file is written: what a marketer says of it, and all that must be known to read it."""

from datetime import datetime
from typing import Annotated, Literal, get_args

from pydantic import StringConstraints

from shopkeeper.customer.importing import cells
from shopkeeper.customer.importing.cells import Style
from shopkeeper.customer.requests import Strict

Encoding = Literal[
    "utf-8",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "iso-8859-1",
    "iso-8859-2",
    "iso-8859-15",
]
Format = Literal["csv", "ndjson"]
Separator = Literal[",", ";", "\t", "|"]
Compression = Literal["", "gzip"]
Quote = Literal['"', "'", ""]
Decimal = Literal["", ".", ","]
DateForm = Annotated[str, StringConstraints(max_length=40)]
SEPARATORS: tuple[Separator, ...] = get_args(Separator)


class FileForm(Strict):
    """What is said here holds; what is left out is found out by looking at the file.

    `date_format` is such as DD.MM.YYYY, "" for ISO 8601; dates without an offset are local to `zone`. `decimal` is the
    mark before decimals in a file that also marks thousands; "" for numbers like 1234.5. `quote` "" is none at all.
    """

    format: Format | None = None
    separator: Separator | None = None
    quote: Quote | None = None
    encoding: Encoding | None = None
    header: bool | None = None
    date_format: DateForm | None = None
    decimal: Decimal | None = None
    zone: str = "UTC"

    def style(self, latest: datetime) -> Style:
        """How what is said beside the file is read: where nothing is said of dates and numbers, plainly."""
        return Style(latest, self.date_format or "", self.decimal or "", cells.zone(self.zone))

    def with_said(self, other: "FileForm") -> "FileForm":
        """What `other` says takes the place of what is said here."""
        return self.model_copy(update=other.model_dump(exclude_unset=True))


class Form(Strict):
    """The same with nothing left open, and whether the file is packed, which needs no asking."""

    compression: Compression = ""
    format: Format = "csv"
    separator: Separator = ","
    quote: Quote = '"'
    encoding: Encoding = "utf-8"
    header: bool = True
    date_format: DateForm = ""
    decimal: Decimal = ""
    zone: str = "UTC"

    @property
    def is_read_through(self) -> bool:
        """Whether there is no way into the middle of the file but through what stands before it."""
        return bool(self.compression) or self.encoding.startswith("utf-16")

    def style(self, latest: datetime) -> Style:
        """How the cells of the file are read."""
        return Style(latest, self.date_format, self.decimal, cells.zone(self.zone))


AS_OURS = Form()
