"""The bytes of a file that are looked at: its beginning, and two stretches from further on where they can be had."""

import zlib
from dataclasses import dataclass

from shopkeeper.customer.importing.forms import Compression
from shopkeeper.customer.importing.plain import UnreadableFile

HEAD = 1 << 19
STRETCH = 1 << 17
_GZIP = b"\x1f\x8b"
_WITH_HEADER = 31  # for zlib: a gzip header stands before the data.
_OTHERS = {
    b"PK\x03\x04": "a workbook or a ZIP archive: save it as CSV",
    b"\xd0\xcf\x11\xe0": "an old workbook: save it as CSV",
    b"%PDF": "a PDF",
    b"PAR1": "a Parquet file: export it as CSV or NDJSON",
    b"\x28\xb5\x2f\xfd": "packed with Zstandard: pack it with gzip",
    b"BZh": "packed with bzip2: pack it with gzip",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """`head` is `whole` when there is nothing after it. `further` begin and end anywhere in a line."""

    head: bytes
    further: tuple[bytes, ...] = ()
    whole: bool = True
    compression: Compression = ""


def sample(head: bytes, further: tuple[bytes, ...], *, whole: bool) -> Sample:
    """Of a file as it was uploaded. Raises UnreadableFile for what is no text."""
    for mark, what in _OTHERS.items():
        if head.startswith(mark):
            raise UnreadableFile(f"the file is {what}")
    if not head.startswith(_GZIP):
        return Sample(head, further, whole)
    unpacking = zlib.decompressobj(_WITH_HEADER)
    try:
        unpacked = unpacking.decompress(head, HEAD)
    except zlib.error:
        raise UnreadableFile("the packed file is damaged: pack and upload it again") from None
    return Sample(unpacked, whole=whole and unpacking.eof and not unpacking.unused_data, compression="gzip")
