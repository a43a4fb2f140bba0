"""What reading files leaves in the Files bucket: error files and their parts, notes for the next run, and what each
source has told.
"""

import os
from pathlib import Path
from typing import IO, Any

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from shopkeeper.aws.clients import s3_client
from shopkeeper.aws.long_files import FORMS, LongFiles
from shopkeeper.customer.importing.lines import Place

_BY_ITSELF = TransferConfig(use_threads=False)


class Workings(LongFiles):
    """Both error files and a place for notes. `name` is such as `<import id>/<round>`."""

    def __init__(self, s3: Any, bucket: str) -> None:
        super().__init__(s3, bucket, "errors", FORMS["csv"])

    @classmethod
    def from_env(cls) -> "Workings":
        return cls(s3_client(), os.environ["FILES_BUCKET"])

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


def _notes(name: str, place: Place) -> str:
    return f"notes/{name}/{place.rows}"


def _base(source_id: str, run: int) -> str:
    return f"sources/{source_id}/{run}"
