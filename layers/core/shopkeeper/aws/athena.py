"""Athena: queries of the business's own data, and their results, which it puts into a bucket as files."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from shopkeeper import clock
from shopkeeper.aws.clients import Unavailable, client, outages_named, s3_client
from shopkeeper.aws.files import opened
from shopkeeper.customer.importing.plain import UnreadableFile
from shopkeeper.customer.sources.definition import Source
from shopkeeper.customer.sources.ports import Query, Refused

_BUSY = {"TooManyRequestsException"}
_FORBIDDEN = {"403", "AccessDenied", "AccessDeniedException", "Forbidden"}
OFF = "sources are switched off: deploy with SourceWorkgroup"


class Athena:
    """Queries run in `workgroup`, in `database` unless they say otherwise, and leave their results under `results`."""

    def __init__(self, athena: Any, s3: Any, workgroup: str, database: str, results: str) -> None:
        self._athena, self._s3 = athena, s3
        self._workgroup, self._database, self._results = workgroup, database, results

    @classmethod
    def from_env(cls) -> "Athena":
        settings = (os.environ[f"SOURCE_{name}"] for name in ("WORKGROUP", "DATABASE", "RESULTS"))
        return cls(client("athena"), s3_client(), *settings)

    def start(self, source: Source, token: str) -> str:
        """The id of the query; with the same token it is the same query. Raises Refused."""
        if not self._workgroup:
            raise Refused(OFF, passing=False)
        where = {"Catalog": source.catalog, "Database": source.database or self._database}
        with _refusals():
            begun = self._athena.start_query_execution(
                QueryString=source.query,
                ClientRequestToken=token,
                QueryExecutionContext={name: value for name, value in where.items() if value},
                ResultConfiguration={"OutputLocation": self._results},
                WorkGroup=self._workgroup,
            )
        query: str = begun["QueryExecutionId"]
        return query

    def look(self, query: str) -> Query:
        """Raises Refused."""
        with _refusals():
            found = self._athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]
        status = found["Status"]
        if status["State"] in ("QUEUED", "RUNNING"):
            return Query("running")
        if status["State"] != "SUCCEEDED":
            fault = status.get("AthenaError", {})
            text = (
                fault.get("ErrorMessage")
                or status.get("StateChangeReason")
                or f"the query was {status['State'].lower()}"
            )
            return Query("failed", text=text, passing=bool(fault.get("Retryable")))
        location = found.get("ResultConfiguration", {}).get("OutputLocation", "")
        if not location.endswith(".csv"):
            return Query("failed", text=_no_file(location))
        return Query(
            "succeeded",
            as_of=clock.to_text(status["SubmissionDateTime"]),
            location=location,
            scanned=found.get("Statistics", {}).get("DataScannedInBytes", 0),
        )

    def etag(self, location: str) -> str:
        """Raises Refused."""
        bucket, key = _place(location)
        with _results():
            etag: str = self._s3.head_object(Bucket=bucket, Key=key)["ETag"]
        return etag

    def open(self, location: str, etag: str, start: int) -> IO[bytes]:
        """Raises Refused, UnreadableFile."""
        bucket, key = _place(location)
        with _results():
            return opened(self._s3, bucket, key, etag, start)


def _place(location: str) -> tuple[str, str]:
    parts = urlsplit(location)
    return parts.netloc, parts.path.lstrip("/")


def _no_file(location: str) -> str:
    if not location:
        return "the workgroup keeps its results to itself: give it a place in S3 for them"
    return "it is no query whose result has rows: a source needs a SELECT"


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        with outages_named():
            yield
    except Unavailable as error:
        raise Refused(f"Athena did not answer ({error})", passing=True) from error
    except ClientError as error:
        said = error.response["Error"]
        raise Refused(said.get("Message") or said["Code"], passing=said["Code"] in _BUSY) from error


@contextmanager
def _results() -> Iterator[None]:
    """A result that is gone is made again by the next query."""
    try:
        with outages_named():
            yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _FORBIDDEN:
            raise Refused("its result may not be read: is it where SourceResults says?", passing=False) from error
        if code in ("404", "NoSuchKey"):
            raise Refused("its result is gone", passing=True) from error
        raise
    except UnreadableFile:
        raise Refused("its result is gone", passing=True) from None
