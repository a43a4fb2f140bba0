"""Faults on purpose: a handler dies right before or right after an AWS call, or a service refuses its next calls.

Both kinds of AWS client are covered: those of boto3, and the signed one of the tracking functions. A property test
finds the calls of a handler with `FAULTS.watch()` and then dies at each of them, before and after its effect:

    with FAULTS.watch() as calls:
        stack.settle()
    for n in range(1, len(calls) + 1):
        FAULTS.crash("after", nth=n)
        ...

Only calls made `inside` a handler count; the stack says so for the handlers it calls.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from typing import Any, Literal, NamedTuple
from unittest.mock import patch
from urllib.parse import unquote, urlsplit
from weakref import WeakKeyDictionary, WeakSet

from botocore.handlers import BUILTIN_HANDLERS

from local import names

When = Literal["before", "after"]

SIGNED_SERVICES = {"AmazonSQS": "sqs", "DynamoDB_20120810": "dynamodb", "secretsmanager": "secretsmanager"}
"""Service by the first word of the header X-Amz-Target."""


class Crash(BaseException):
    """The end of a sandbox in the middle of a handler. No `except Exception` may survive it."""


class Call(NamedTuple):
    """`name` is such as `sqs.SendMessage`; `resources` are the tables, the queue or the secret it names. `writes` are
    those of a transaction: `PutItem` and its table."""

    function: str
    name: str
    resources: tuple[str, ...] = ()
    writes: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Trap:
    when: When
    name: str | None
    function: str | None
    nth: int

    def springs(self, when: When, call: Call) -> bool:
        matches = when == self.when and self.name in (None, call.name) and self.function in (None, call.function)
        self.nth -= matches
        return matches and self.nth == 0


class Faults:
    def __init__(self) -> None:
        self._function: str | None = None
        self._traps: list[_Trap] = []
        self._refusals: Counter[str] = Counter()
        self._watchers: list[list[Call]] = []
        self._connections: defaultdict[str, WeakSet[HTTPConnection]] = defaultdict(WeakSet)

    def crash(self, when: When, name: str | None = None, *, function: str | None = None, nth: int = 1) -> None:
        """Kill a handler once: at its `nth` call from now on of those that match; any name or function if None."""
        self._traps.append(_Trap(when, name, function, nth))

    def refuse(self, service: str, times: int) -> None:
        """The service answers 503 to its next `times` requests. A client that tries again makes a further one."""
        self._refusals[service] += times

    def clear(self) -> None:
        self._traps.clear()
        self._refusals.clear()

    def state(self) -> dict[str, Any]:
        """What has not happened yet."""
        crashes = [{"function": trap.function, trap.when: trap.name} for trap in self._traps]
        return {"crashes": crashes, "refusals": {service: times for service, times in self._refusals.items() if times}}

    @contextmanager
    def watch(self) -> Iterator[list[Call]]:
        """The list grows by each call as it is made."""
        calls: list[Call] = []
        self._watchers.append(calls)
        try:
            yield calls
        finally:
            self._watchers.remove(calls)

    @contextmanager
    def inside(self, function: str) -> Iterator[None]:
        outer, self._function = self._function, function
        try:
            with patch.multiple(HTTPConnection, request=_request, getresponse=_getresponse):
                yield
        finally:
            self._function = outer

    def hang_up(self, function: str) -> None:
        """Close the connections that the handler opened: they end with its sandbox."""
        for connection in self._connections.pop(function, ()):
            connection.close()

    def note(self, connection: HTTPConnection) -> None:
        if self._function:
            self._connections[self._function].add(connection)

    def is_refusing(self, service: str) -> bool:
        return self._refusals[service] > 0

    def refuses(self, service: str) -> bool:
        """Whether the service refuses this one request, which counts as one of those it was to refuse."""
        refused = self.is_refusing(service)
        self._refusals[service] -= refused
        return refused

    def meet(
        self, when: When, name: str, resources: tuple[str, ...] = (), writes: tuple[tuple[str, str], ...] = ()
    ) -> None:
        """Raises Crash if a handler is to die here."""
        if self._function is None:
            return
        call = Call(self._function, name, resources, writes)
        if when == "before":
            for watcher in self._watchers:
                watcher.append(call)
        for trap in list(self._traps):
            if trap.springs(when, call):
                self._traps.remove(trap)
                raise Crash(f"{call.function} died {when} {name}, as asked for")


FAULTS = Faults()


def _boto_meets(event_name: str, params: Any = None, **_: Any) -> None:
    moment, service, operation = event_name.split(".")
    name = f"{names.service(service)}.{operation}"
    if moment == "before-call":
        if service == "s3":
            FAULTS.meet("before", name, _object(params))
        else:
            FAULTS.meet("before", name, _named(params["body"]), _written(params["body"]))
    else:
        FAULTS.meet("after", name)


def _named(body: Any) -> tuple[str, ...]:
    """What a request is about: JSON, or the fields of a form. An index is `<table>/index/<name>`."""
    said = _said(body)
    single = next((said[field] for field in _NAMING if field in said), None)
    together = {part["TableName"] for write in said.get("TransactItems", ()) for part in write.values()}
    found = [single] if single else [*said.get("RequestItems", ()), *sorted(together)]
    index = f"/index/{said['IndexName']}" if "IndexName" in said else ""
    return tuple(_UP_TO_NAME.sub("", each) + index for each in found)


def _written(body: Any) -> tuple[tuple[str, str], ...]:
    writes = (write for item in _said(body).get("TransactItems", ()) for write in item.items())
    return tuple(sorted({(f"{verb}Item", _UP_TO_NAME.sub("", part["TableName"])) for verb, part in writes}))


def _said(body: Any) -> dict[str, Any]:
    said: dict[str, Any] = body if isinstance(body, dict) else json.loads(body or b"{}")
    return said


def _object(params: Any) -> tuple[str, ...]:
    """The object of a request; its path ends in `<bucket>/<key>`."""
    return (unquote(urlsplit(params["url"]).path).strip("/"),)


_UP_TO_NAME = re.compile(r"^arn:aws:(sns|states):.*:|^.*/")
_NAMING = ("TableName", "QueueUrl", "SecretId", "TopicArn", "stateMachineArn", "ConfigurationSetName")


BUILTIN_HANDLERS.append(("before-call", _boto_meets))
BUILTIN_HANDLERS.append(("after-call", _boto_meets))

_original_request = HTTPConnection.request
_original_getresponse = HTTPConnection.getresponse
_asked: WeakKeyDictionary[HTTPConnection, str] = WeakKeyDictionary()
"""What each connection of a signed client was last asked for, until the answer is there."""


def _request(self: HTTPConnection, method: str, url: str, body: Any = None, headers: Any = None, **more: Any) -> None:
    target = {name.lower(): value for name, value in (headers or {}).items()}.get("x-amz-target", "")
    service, _, operation = target.partition(".")
    FAULTS.note(self)
    if target:
        _asked[self] = f"{SIGNED_SERVICES[service]}.{operation}"
        FAULTS.meet("before", _asked[self], _named(body))
    _original_request(self, method, url, body, headers or {}, **more)


def _getresponse(self: HTTPConnection) -> HTTPResponse:
    response = _original_getresponse(self)
    if self in _asked:
        try:
            FAULTS.meet("after", _asked.pop(self))
        except Crash:
            response.close()
            raise
    return response
