"""The servers that the bundle calls: what they are told is kept to be looked at, and they answer as they are asked to.

A handler that calls one waits inside its own turn, so that here nobody waits for a turn.
"""

import json
import time
from collections import defaultdict
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from local.gateway.messages import Request, Response
from shopkeeper.clock import Clock, to_text

PATH = "/_local/counterpart"
MOST_KEPT = 1000
USUAL = 200


@dataclass(frozen=True, slots=True)
class Script:
    """Of one answer."""

    status: int
    delay_s: float


class Counterparts:
    def __init__(self) -> None:
        self._calls: list[dict[str, Any]] = []
        self._scripts: defaultdict[str, list[Script]] = defaultdict(list)
        self._lock = Lock()

    def script(self, host: str, statuses: list[int], delay_s: float) -> None:
        """The next answers of that host; after them it answers 200 again."""
        with self._lock:
            self._scripts[host] += [Script(status, delay_s) for status in statuses]

    def forget(self) -> None:
        with self._lock:
            self._scripts.clear()

    def state(self) -> list[dict[str, Any]]:
        """What was asked for and has not happened yet."""
        with self._lock:
            return [
                {"host": host, "respond": [each.status for each in scripts]}
                for host, scripts in self._scripts.items()
                if scripts
            ]

    def calls(self) -> list[dict[str, Any]]:
        """Newest first."""
        with self._lock:
            return self._calls[::-1]

    def answer(self, request: Request) -> Response:
        url = request.target.removeprefix(PATH + "/")
        host = urlsplit(url).hostname or ""
        with self._lock:
            scripts = self._scripts[host]
            script = scripts.pop(0) if scripts else Script(USUAL, 0)
            self._calls = [*self._calls, _call(request, url, host, script)][-MOST_KEPT:]
        time.sleep(script.delay_s)
        return Response(script.status)


def is_for_them(request: Request) -> bool:
    return request.path.startswith(PATH + "/")


def _call(request: Request, url: str, host: str, script: Script) -> dict[str, Any]:
    return {
        "at": to_text(Clock().now()),
        "method": request.method,
        "host": host,
        "url": url,
        "headers": {name.lower(): value for name, value in request.headers},
        "body": _read(request.body),
        "answered": script.status,
    }


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")
