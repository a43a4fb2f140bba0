"""Pictures in the Files bucket: `assets/<digest of what is in them>`, so none ever changes."""

import os
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from shopkeeper.aws.clients import outages_named, s3_client

# Without leave to list the bucket, S3 says of what is not there that it is not allowed.
_GONE = frozenset(("NoSuchKey", "404", "AccessDenied", "403"))


class Kept(NamedTuple):
    data: bytes
    media: str


class Assets:
    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3, self._bucket = s3, bucket

    @classmethod
    def from_env(cls) -> "Assets":
        return cls(s3_client(), os.environ["FILES_BUCKET"])

    def keep(self, digest: str, data: bytes, media: str) -> None:
        """As often as one likes. Raises Unavailable."""
        with outages_named():
            self._s3.put_object(Bucket=self._bucket, Key=_key(digest), Body=data, ContentType=media)

    def read(self, digest: str) -> Kept | None:
        """Raises Unavailable."""
        try:
            with outages_named():
                found = self._s3.get_object(Bucket=self._bucket, Key=_key(digest))
                return Kept(found["Body"].read(), found["ContentType"])
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return None
            raise


def _key(digest: str) -> str:
    return f"assets/{digest}"
