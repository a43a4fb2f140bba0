"""The services that the local stack runs itself, because moto's would not do."""

import json
from collections.abc import Mapping
from typing import Any, Protocol

Answer = tuple[int, dict[str, Any], bytes]


class Refused(Exception):
    """What the service answers in place of a result; `code` is that of the error, such as `InvalidName`."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class Unanswered(Exception):
    """The service did what it was asked for, and its answer is lost on the way."""


class Service(Protocol):
    @property
    def is_unsteady(self) -> bool:
        """Whether it may refuse or not answer next, so that clients may try again."""
        ...

    def call(self, operation: str, given: dict[str, Any]) -> dict[str, Any]:
        """`operation` is such as `StartExecution`, or `POST /v2/email/outbound-emails` where a service has paths.

        Raises Refused, Unanswered.
        """
        ...


services: dict[str, Service] = {}
"""By name, while a stack is open."""


def is_unsteady(service: str) -> bool:
    return service in services and services[service].is_unsteady


def answer(service: Service, method: str, path: str, headers: Mapping[str, str], body: Any) -> Answer:
    target = {name.lower(): str(value) for name, value in headers.items()}.get("x-amz-target", "")
    operation = target.rpartition(".")[2] or f"{method} {path}"
    try:
        return 200, {}, json.dumps(service.call(operation, json.loads(body or b"{}"))).encode()
    except Refused as refused:
        said = {"__type": refused.code, "message": str(refused)}
        return refused.status, {"x-amzn-errortype": refused.code}, json.dumps(said).encode()
