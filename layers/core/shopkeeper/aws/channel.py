"""One HTTP connection that is kept open between invocations."""

import ssl
from collections.abc import Callable, Mapping
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Lock
from time import monotonic
from urllib.parse import urlsplit


class ChannelError(Exception):
    """No answer: nobody there, cut off, or too late. Whether the request was carried out is not known."""


def connect(endpoint: str) -> HTTPConnection:
    """Not opened yet; but here the certificates are read, which takes longer than all the rest of a start."""
    parts = urlsplit(endpoint)
    if parts.scheme == "https":
        return HTTPSConnection(parts.netloc, context=_trusted())
    return HTTPConnection(parts.netloc)


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()


class Channel:
    """`endpoint` is e.g. `https://sqs.eu-west-1.amazonaws.com`. Requests wait for each other."""

    def __init__(self, endpoint: str, connect: Callable[[str], HTTPConnection] = connect) -> None:
        self.host = urlsplit(endpoint).netloc
        self._endpoint = endpoint
        self._connect = connect
        self._connection: HTTPConnection | None = None
        self._lock = Lock()

    def post(self, headers: Mapping[str, str], body: bytes, budget: float) -> tuple[int, bytes]:
        """The status and body of the answer to `POST /`, within `budget` seconds. Raises ChannelError."""
        with self._lock:
            connection = self._connection = self._connection or self._connect(self._endpoint)
            deadline = monotonic() + budget
            try:
                return _post(connection, headers, body, deadline)
            except (OSError, HTTPException) as error:
                connection.close()
                raise ChannelError(type(error).__name__) from error


def _post(connection: HTTPConnection, headers: Mapping[str, str], body: bytes, deadline: float) -> tuple[int, bytes]:
    """Tries a second time only where a connection that was kept open turns out to be closed.

    That is how a server ends an idle connection, so the request was most likely never read; should it have been, then
    repeating is harmless all the same: two of our three calls only read, and the third queues an interaction whose id
    makes its second copy the same interaction. A new connection is never tried twice, nor is one that is late.
    """
    kept_open = connection.sock is not None
    try:
        return _exchange(connection, headers, body, deadline)
    except ConnectionError:
        if not kept_open:
            raise
        connection.close()
    return _exchange(connection, headers, body, deadline)


def _exchange(
    connection: HTTPConnection, headers: Mapping[str, str], body: bytes, deadline: float
) -> tuple[int, bytes]:
    if connection.sock is None:
        connection.timeout = _left(deadline)
        connection.connect()
    connection.sock.settimeout(_left(deadline))
    connection.request("POST", "/", body, headers)
    response = connection.getresponse()
    return response.status, response.read()


def _left(deadline: float) -> float:
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError
    return left
