"""What reading files leaves in the Files bucket: error files and their parts, notes for the next run, and what each
source has told.
"""

import os
from pathlib import Path
from typing import IO, Any

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from shopkeeper.aws.files import s3_client
from shopkeeper.customer.importing.lines import Place

_CSV = "text/csv; charset=utf-8"
_BY_ITSELF = TransferConfig(use_threads=False)


class Workings:
    """Both an error store and a place for notes. `name` is such as `<import id>/<round>`."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3, self._bucket = s3, bucket

    @classmethod
    def from_env(cls) -> "Workings":
        return cls(s3_client(), os.environ["FILES_BUCKET"])

    def begin_errors(self, name: str) -> str:
        """One that is never joined goes by the bucket's own rule."""
        begun = self._s3.create_multipart_upload(Bucket=self._bucket, Key=_errors(name), ContentType=_CSV)
        upload: str = begun["UploadId"]
        return upload

    def put_error_part(self, name: str, upload: str, number: int, text: bytes) -> None:
        self._s3.upload_part(Bucket=self._bucket, Key=_errors(name), UploadId=upload, PartNumber=number, Body=text)

    def put_loose_errors(self, name: str, start: int, text: bytes) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=_loose(name, start), Body=text)

    def loose_errors(self, name: str, start: int) -> bytes:
        text: bytes = self._s3.get_object(Bucket=self._bucket, Key=_loose(name, start))["Body"].read()
        return text

    def put_errors(self, name: str, text: bytes) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=_errors(name), Body=text, ContentType=_CSV)

    def join_errors(self, name: str, upload: str) -> None:
        whole = {"Bucket": self._bucket, "Key": _errors(name), "UploadId": upload}
        try:
            pages = self._s3.get_paginator("list_parts").paginate(**whole)
            parts = [{name: part[name] for name in ("PartNumber", "ETag")} for page in pages for part in page["Parts"]]
            self._s3.complete_multipart_upload(**whole, MultipartUpload={"Parts": parts})
        except ClientError as error:
            # Joined before: an upload ends with that.
            if error.response["Error"]["Code"] != "NoSuchUpload":
                raise

    def put_notes(self, name: str, place: Place, notes: Path) -> None:
        self._s3.upload_file(str(notes), self._bucket, _notes(name, place), Config=_BY_ITSELF)

    def notes(self, name: str, place: Place) -> IO[bytes]:
        notes: IO[bytes] = self._s3.get_object(Bucket=self._bucket, Key=_notes(name, place))["Body"]
        return notes

    def put_base(self, source_id: str, run: int, known: Path) -> None:
        self._s3.upload_file(str(known), self._bucket, _base(source_id, run), Config=_BY_ITSELF)

    def base(self, source_id: str, run: int) -> IO[bytes] | None:
        try:
            base: IO[bytes] = self._s3.get_object(Bucket=self._bucket, Key=_base(source_id, run))["Body"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            return None
        return base

    def drop_base(self, source_id: str, run: int) -> None:
        self._s3.delete_object(Bucket=self._bucket, Key=_base(source_id, run))


def _errors(name: str) -> str:
    return f"errors/{name}.csv"


def _loose(name: str, start: int) -> str:
    return f"errors/{name}/{start}.csv"


def _notes(name: str, place: Place) -> str:
    return f"notes/{name}/{place.rows}"


def _base(source_id: str, run: int) -> str:
    return f"sources/{source_id}/{run}"
