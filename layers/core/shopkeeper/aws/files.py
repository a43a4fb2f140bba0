"""The Files bucket: `uploads/<import id>` as people put it there, and `errors/<import id>.csv` as they get it back.

An upload is read in blocks, each a request of its own: no connection waits while rows are being sent on, memory does
not grow with the file, and `If-Match` makes sure that all blocks are of one upload.
"""

import io
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import IO, Any

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

from shopkeeper.aws.clients import PATIENCE
from shopkeeper.customer.importing.file import UnreadableFile

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
        # Signed addresses need version 4 and the region in the host name; an endpoint of one's own has no such names.
        own = "AWS_ENDPOINT_URL" in os.environ or "AWS_ENDPOINT_URL_S3" in os.environ
        config = Config(signature_version="s3v4", s3={"addressing_style": "path" if own else "virtual"})
        return cls(boto3.client("s3", config=PATIENCE.merge(config)), os.environ["FILES_BUCKET"])

    def upload_address(self, import_id: str, now: datetime) -> Address:
        return self._address("put_object", now, Key=_upload(import_id))

    def errors_address(self, import_id: str, now: datetime) -> Address:
        """A browser that follows it saves the file, whatever it would rather do with a CSV."""
        return self._address(
            "get_object",
            now,
            Key=_errors(import_id),
            ResponseContentType="text/csv; charset=utf-8",
            ResponseContentDisposition=f'attachment; filename="{import_id}-errors.csv"',
        )

    def etag(self, import_id: str) -> str:
        """Which upload stands there now. Raises UnreadableFile if there is none."""
        with _named():
            etag: str = self._s3.head_object(Bucket=self._bucket, Key=_upload(import_id))["ETag"]
        return etag

    def open(self, import_id: str, etag: str) -> IO[bytes]:
        """Raises UnreadableFile, here or later, if this upload is gone or another took its place."""
        with _named():
            head = self._s3.head_object(Bucket=self._bucket, Key=_upload(import_id), IfMatch=etag)
        return io.BufferedReader(_Blocks(self._blocks(_upload(import_id), etag, head["ContentLength"])))

    def put_errors(self, import_id: str, part: int, text: str) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=_part(import_id, part), Body=text.encode())

    def join_errors(self, import_id: str, header: str, parts: Iterable[int]) -> None:
        """Under one address, one part after the other, and only one of them in memory."""
        texts = (self._s3.get_object(Bucket=self._bucket, Key=_part(import_id, part))["Body"].read() for part in parts)
        self._s3.upload_fileobj(
            io.BufferedReader(_Blocks(chain([header.encode()], texts))),
            self._bucket,
            _errors(import_id),
            ExtraArgs={"ContentType": "text/csv; charset=utf-8"},
            Config=TransferConfig(use_threads=False),
        )

    def _blocks(self, key: str, etag: str, size: int) -> Iterator[bytes]:
        for start in range(0, size, BLOCK):
            last = min(start + BLOCK, size) - 1
            with _named():
                wanted = f"bytes={start}-{last}"
                found = self._s3.get_object(Bucket=self._bucket, Key=key, IfMatch=etag, Range=wanted)
                block = found["Body"].read()
            yield block

    def _address(self, verb: str, now: datetime, **named: str) -> Address:
        url = self._s3.generate_presigned_url(
            verb, Params={"Bucket": self._bucket, **named}, ExpiresIn=int(LASTS.total_seconds())
        )
        return Address(url, now + LASTS)


class _Blocks(io.RawIOBase):
    """Blocks of bytes as one stream; the next block is asked for when the last one is used up."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._left = blocks, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            try:
                self._left = memoryview(next(self._blocks))
            except StopIteration:
                return 0
        length = min(len(buffer), len(self._left))
        buffer[:length], self._left = self._left[:length], self._left[length:]
        return length


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


def _errors(import_id: str) -> str:
    return f"errors/{import_id}.csv"


def _part(import_id: str, part: int) -> str:
    return f"errors/{import_id}/{part}.csv"
