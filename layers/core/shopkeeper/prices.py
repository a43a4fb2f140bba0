"""What AWS asks for what we count, in US dollars: on demand, in us-east-1, without free tiers. As of 2026-08-15."""

from decimal import Decimal

from shopkeeper.money import major_units

_MILLION = 1_000_000
READ_UNIT = Decimal("0.125") / _MILLION
"""DynamoDB: 4 KB read consistently."""
WRITE_UNIT = Decimal("0.625") / _MILLION
"""DynamoDB: 1 KB written."""
MAIL = Decimal("0.10") / 1_000
"""SES: one mail to one recipient."""
READ_BYTES, WRITE_BYTES = 4_096, 1_024
LETTER_WRITES = 8
"""Write units of a recipient over the life of a mail, at most."""
LETTER = MAIL + LETTER_WRITES * WRITE_UNIT
"""One mail to one recipient, with what is written of it."""
LATELY_BYTES = 2 * READ_BYTES
"""For a unit, where what stood there a moment ago is good enough."""


def read_units(size: int) -> int:
    """Of one item, or of one answer of a Scan, of so many bytes."""
    return -(-size // READ_BYTES)


def write_units(size: int) -> int:
    return -(-size // WRITE_BYTES)


def letters(units: int) -> int:
    """How many are to be had for so much, in US cents."""
    return int(major_units(units, "USD") // LETTER)


def dollars(reads: float, writes: float) -> Decimal:
    return Decimal(reads) * READ_UNIT + Decimal(writes) * WRITE_UNIT
