"""The one port: the two APIs, `/_local`, and AWS itself for clients that sign their own requests."""

import re
import socket
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import cast

from local.gateway.messages import Request, Response

Answer = Callable[[Request], Response]


class PortTakenError(Exception):
    """Somebody else listens on that port."""


class Front:
    """Serves from when it is made until it is closed; `answer` is called in a thread per connection."""

    def __init__(self, port: int) -> None:
        """0 takes any free port. Raises PortTakenError."""
        try:
            self._server = _Server(("127.0.0.1", port), _Connection)
        except OSError as error:
            raise PortTakenError(
                f"Port {port} is taken: choose another one, as in PORT={port + 1} make run."
            ) from error
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), name="local-front", daemon=True)

    def open(self, answer: Answer) -> None:
        self._server.answer = answer
        self._thread.start()

    def close(self) -> None:
        """Connections that are still open are cut."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.cut()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = True
    answer: Answer

    def __init__(self, *args: object) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*args)  # type: ignore[arg-type]

    def process_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        self._open.add(request)
        super().process_request(request, client_address)  # type: ignore[arg-type]

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]
        self._open.discard(request)
        super().shutdown_request(request)

    def cut(self) -> None:
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle is no error of ours."""


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # Head and body leave together: two packets cost 40 ms each time.
    disable_nagle_algorithm = True

    def serve(self) -> None:
        server = cast(_Server, self.server)
        body = self._read()
        if body is None:
            self.close_connection = True
            self._write(Response.message(400, "the body has no length that can be read"))
            return
        self._write(server.answer(Request(self.command, self.path, list(self.headers.items()), body)))

    def handle_expect_100(self) -> bool:
        """curl holds back a larger body until it hears this."""
        self.send_response_only(100)
        self.end_headers()
        self.wfile.flush()
        return True

    def _read(self) -> bytes | None:
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            return self._read_chunks()
        length = self.headers.get("content-length", "0")
        return self.rfile.read(int(length)) if length.isdecimal() else None

    def _read_chunks(self) -> bytes | None:
        body = bytearray()
        while size := self._chunk_size():
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass  # What stands behind the last chunk belongs to nobody here.
        return None if size is None else bytes(body)

    def _chunk_size(self) -> int | None:
        found = re.match(rb"[0-9a-fA-F]+", self.rfile.readline())
        return int(found[0], 16) if found else None

    def _write(self, response: Response) -> None:
        self.send_response_only(response.status)
        names = {name.lower() for name, _ in response.headers}
        for name, value in response.headers:
            self.send_header(name, value)
        if "content-length" not in names and response.status not in (204, 304):
            self.send_header("content-length", str(len(response.body)))
        self.send_header("date", self.date_time_string())
        self.end_headers()
        if self.command != "HEAD" and response.status not in (204, 304):
            self.wfile.write(response.body)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """What comes in is the handlers' business to log."""


for _method in ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"):
    setattr(_Connection, f"do_{_method}", _Connection.serve)
