"""Files of any length in one folder of the Files bucket: `<folder>/<name>.csv`, and its pieces while it is written."""

import os
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from shopkeeper.aws.clients import s3_client


class Form(NamedTuple):
    ending: str
    media: str


FORMS = {
    "csv": Form("csv", "text/csv; charset=utf-8"),
    "ndjson": Form("ndjson", "application/x-ndjson"),
}


class LongFiles:
    def __init__(self, s3: Any, bucket: str, folder: str, form: Form) -> None:
        self._s3, self._bucket, self._folder, self._form = s3, bucket, folder, form

    @classmethod
    def of(cls, folder: str, form: str) -> "LongFiles":
        return cls(s3_client(), os.environ["FILES_BUCKET"], folder, FORMS[form])

    def begin(self, name: str) -> str:
        """One that is never joined goes by the bucket's own rule."""
        begun = self._s3.create_multipart_upload(
            Bucket=self._bucket, Key=self._whole(name), ContentType=self._form.media
        )
        upload: str = begun["UploadId"]
        return upload

    def put_part(self, name: str, upload: str, number: int, text: bytes) -> None:
        self._s3.upload_part(Bucket=self._bucket, Key=self._whole(name), UploadId=upload, PartNumber=number, Body=text)

    def put_loose(self, name: str, start: int, text: bytes) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=self._piece(name, start), Body=text)

    def loose(self, name: str, start: int) -> bytes:
        text: bytes = self._s3.get_object(Bucket=self._bucket, Key=self._piece(name, start))["Body"].read()
        return text

    def put_whole(self, name: str, text: bytes) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=self._whole(name), Body=text, ContentType=self._form.media)

    def join(self, name: str, upload: str) -> None:
        whole = {"Bucket": self._bucket, "Key": self._whole(name), "UploadId": upload}
        try:
            pages = self._s3.get_paginator("list_parts").paginate(**whole)
            parts = [{name: part[name] for name in ("PartNumber", "ETag")} for page in pages for part in page["Parts"]]
            self._s3.complete_multipart_upload(**whole, MultipartUpload={"Parts": parts})
        except ClientError as error:
            # Joined before: an upload ends with that.
            if error.response["Error"]["Code"] != "NoSuchUpload":
                raise

    def _whole(self, name: str) -> str:
        return f"{self._folder}/{name}.{self._form.ending}"

    def _piece(self, name: str, start: int) -> str:
        return f"{self._folder}/{name}/{start}.{self._form.ending}"
