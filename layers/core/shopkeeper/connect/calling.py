"""One HTTP request to somebody we do not trust.

The name is looked up once; each of its addresses must be public, and the call goes to one of those that were looked at,
under the name that was meant: a name that leads elsewhere a moment later leads nowhere. No redirect is followed, no
proxy is asked, and of an answer only its beginning is read. Whoever answers slowly, bit by bit, is cut off as well.
"""

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Timer
from time import monotonic
from typing import NamedTuple
from urllib.parse import urlsplit

from shopkeeper.connect import addresses

PATIENCE_S = 15.0
MOST_READ = 1024
PORTS = {"https": 443, "http": 80}


class Reply(NamedTuple):
    """`retry_after_s` is 0 unless the other side names a number of seconds. `said` is how its answer begins."""

    status: int
    retry_after_s: int = 0
    said: str = ""


class Unreachable(Exception):
    """There was no answer; whether the request was carried out is not known. The text names no address."""


def look_up(host: str, port: int) -> Sequence[str]:
    """All addresses of a name. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class Caller:
    """`through`: an address that takes all calls instead of those they are for, as the local stack has one."""

    def __init__(
        self,
        through: str = "",
        look_up: Callable[[str, int], Sequence[str]] = look_up,
        is_allowed: Callable[[str], bool] = addresses.is_public,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._through, self._look_up, self._is_allowed = through, look_up, is_allowed
        self._patience_s = patience_s

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Raises Unreachable."""
        deadline = monotonic() + self._patience_s
        parts = urlsplit(url)
        said = {**headers, "host": parts.netloc, "connection": "close", "accept-encoding": "identity"}
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            with self._connected(url, deadline) as sock, _cut_off(sock, deadline):
                return _exchange(sock, f"{urlsplit(self._through).path}/{url}" if self._through else target, said, body)
        except ssl.SSLError as error:
            raise Unreachable(f"no TLS: {error.reason or 'cut off'}") from error
        except (OSError, HTTPException) as error:
            raise Unreachable(type(error).__name__) from error

    @contextmanager
    def _connected(self, url: str, deadline: float) -> Iterator[socket.socket]:
        parts = urlsplit(self._through or url)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        sock = _open(self._addresses(host, port), port, deadline)
        try:
            yield _trusted().wrap_socket(sock, server_hostname=host) if parts.scheme == "https" else sock
        finally:
            sock.close()

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        if self._through:
            return [host]
        found = self._look_up(host, port)
        if not found or not all(map(self._is_allowed, found)):
            raise Unreachable("the name leads to an address that is not public")
        return found


def _open(hosts: Sequence[str], port: int, deadline: float) -> socket.socket:
    """To the first of the addresses that takes the call. Raises OSError."""
    *before, last = hosts
    for host in before:
        try:
            return socket.create_connection((host, port), max(deadline - monotonic(), 0.001) / 2)
        except OSError:
            continue
    return socket.create_connection((last, port), max(deadline - monotonic(), 0.001))


@contextmanager
def _cut_off(sock: socket.socket, deadline: float) -> Iterator[None]:
    """A time-out of a socket counts from the last byte, so it ends nothing that trickles. What was read until then is
    no answer: half of its head would pass for a whole one."""
    timer = Timer(max(deadline - monotonic(), 0), _hang_up, [sock])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
    if monotonic() >= deadline:
        raise TimeoutError


def _hang_up(sock: socket.socket) -> None:
    """Below TLS, whose own farewell would wait for the other side."""
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
    except OSError:
        return  # It is over already.


def _exchange(sock: socket.socket, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
    connection = HTTPConnection("")
    connection.sock = sock
    connection.request("POST", target, body, headers)
    response = connection.getresponse()
    try:
        return Reply(response.status, _retry_after(response), response.read(MOST_READ).decode(errors="replace"))
    finally:
        response.close()


def _retry_after(response: HTTPResponse) -> int:
    said = response.getheader("retry-after", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 9 else 0


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()
