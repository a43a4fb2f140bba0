"""The Files bucket: `uploads/<import id>` as people put it there; for them to get, `errors/<import id>/<round>.csv` and
`exports/<id>.csv`.

An upload is read in blocks, each a request of its own: no connection waits while rows are being sent on, memory does
not grow with the file, and `If-Match` makes sure that all blocks are of one upload.
"""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any

from botocore.exceptions import ClientError

from shopkeeper.aws.clients import s3_client
from shopkeeper.customer.importing.plain import Changed, UnreadableFile
from shopkeeper.customer.importing.sniffing.sample import HEAD, STRETCH, Sample, sample

BLOCK = 4 << 20
LASTS = timedelta(minutes=15)
_GONE = {"404", "NoSuchKey", "NotFound"}
_REPLACED = {"412", "PreconditionFailed"}


@dataclass(frozen=True, slots=True)
class Address:
    """Whoever knows the URL may use it until then."""

    url: str
    expires_at: datetime


class Files:
    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3, self._bucket = s3, bucket

    @classmethod
    def from_env(cls) -> "Files":
        return cls(s3_client(), os.environ["FILES_BUCKET"])

    def upload_address(self, import_id: str, now: datetime) -> Address:
        return self._address("put_object", now, Key=_upload(import_id))

    def errors_address(self, name: str, now: datetime) -> Address:
        """A browser that follows it saves the file, whatever it would rather do with a CSV."""
        saved_as = f"{name.partition('/')[0].replace(':', '-')}-errors.csv"
        return self._address(
            "get_object",
            now,
            Key=f"errors/{name}.csv",
            ResponseContentType="text/csv; charset=utf-8",
            ResponseContentDisposition=f'attachment; filename="{saved_as}"',
        )

    def export_address(self, export_id: str, ending: str, media: str, now: datetime) -> Address:
        """As that of errors."""
        return self._address(
            "get_object",
            now,
            Key=f"exports/{export_id}.{ending}",
            ResponseContentType=media,
            ResponseContentDisposition=f'attachment; filename="export-{now:%Y-%m-%d}.{ending}"',
        )

    def etag(self, import_id: str) -> str:
        """Which upload stands there now. Raises UnreadableFile if there is none."""
        with _named():
            etag: str = self._s3.head_object(Bucket=self._bucket, Key=_upload(import_id))["ETag"]
        return etag

    def open(self, import_id: str, etag: str, start: int) -> IO[bytes]:
        """Raises UnreadableFile, here or later, if this upload is gone or another took its place."""
        return opened(self._s3, self._bucket, _upload(import_id), etag, start)

    def sample(self, import_id: str, etag: str) -> Sample:
        """Its beginning, and of a long file that is not packed something of its middle and its end."""
        key = _upload(import_id)
        with _named():
            size = self._s3.head_object(Bucket=self._bucket, Key=key, IfMatch=etag)["ContentLength"]
        head = _range(self._s3, self._bucket, key, etag, 0, min(HEAD, size))
        starts = (max(HEAD, size // 2), max(HEAD, size - STRETCH)) if size > HEAD else ()
        further = [
            _range(self._s3, self._bucket, key, etag, start, min(STRETCH, size - start)) for start in sorted({*starts})
        ]
        return sample(head, tuple(further), whole=size <= HEAD)

    def _address(self, verb: str, now: datetime, **named: str) -> Address:
        url = self._s3.generate_presigned_url(
            verb, Params={"Bucket": self._bucket, **named}, ExpiresIn=int(LASTS.total_seconds())
        )
        return Address(url, now + LASTS)


def opened(s3: Any, bucket: str, key: str, etag: str, start: int) -> IO[bytes]:
    """The object of this ETag from a byte on. Raises UnreadableFile, here or later, if it is there no more."""
    with _named():
        size = s3.head_object(Bucket=bucket, Key=key, IfMatch=etag)["ContentLength"]
    starts = range(start, size, BLOCK)
    blocks = (_range(s3, bucket, key, etag, at, min(BLOCK, size - at)) for at in starts)
    return io.BufferedReader(_Blocks(blocks))


def _range(s3: Any, bucket: str, key: str, etag: str, start: int, length: int) -> bytes:
    if not length:
        return b""
    with _named():
        found = s3.get_object(Bucket=bucket, Key=key, IfMatch=etag, Range=f"bytes={start}-{start + length - 1}")
        block: bytes = found["Body"].read()
    return block


class _Blocks(Changed):
    """Blocks of bytes as one stream; the next block is asked for when the last one is used up."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks

    def _block(self) -> bytes:
        return next((block for block in self._blocks if block), b"")


@contextmanager
def _named() -> Iterator[None]:
    """Raises UnreadableFile for what trying again does not change."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _GONE:
            raise UnreadableFile("the uploaded file is no longer there") from None
        if code in _REPLACED:
            raise UnreadableFile("another file was uploaded while the first one was being read") from None
        raise


def _upload(import_id: str) -> str:
    return f"uploads/{import_id}"
