"""Call a handler as Lambda does: its own environment, plain JSON in and out, one sandbox that stays warm."""

import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import uuid4

from local.emulator.account import arn
from local.faults import FAULTS, Crash
from local.logbook import Logbook

MAX_PAYLOAD_BYTES = 6 * 1024 * 1024

_HIDDEN = ("AWS_", "POWERTOOLS_")


class FunctionError(Exception):
    """The handler failed. `payload` is what Lambda would answer: errorMessage, errorType, stackTrace."""

    def __init__(self, payload: Mapping[str, Any]) -> None:
        super().__init__(f"{payload['errorType']}: {payload['errorMessage']}")
        self.payload = payload


class EventTooLargeError(Exception):
    """Lambda takes no event of more than 6 MB; the handler is not called."""


@dataclass(frozen=True, slots=True)
class Context:
    """The second argument of a handler."""

    function_name: str
    memory_limit_in_mb: str
    invoked_function_arn: str
    aws_request_id: str
    deadline: float
    function_version: str = "$LATEST"
    log_group_name: str = ""
    log_stream_name: str = "local"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, round((self.deadline - time.monotonic()) * 1000))


@dataclass(slots=True)
class Function:
    """`handler` is `module.function`, the module being a file in `folder`. Only one thread at a time may call."""

    name: str
    folder: Path
    handler: str
    timeout_s: int
    memory_mb: int
    environment: Mapping[str, str]
    logbook: Logbook
    _handle: Callable[[Any, Context], Any] | None = field(default=None, init=False)

    @property
    def arn(self) -> str:
        return arn("lambda", f"function:{self.name}")

    @property
    def module_name(self) -> str:
        return f"sandbox_of_{self.folder.name}"

    def invoke(self, event: Any) -> Any:
        """Raises FunctionError, EventTooLargeError."""
        text = json.dumps(event)
        if len(text.encode()) > MAX_PAYLOAD_BYTES:
            raise EventTooLargeError(f"the event for {self.name} has more than 6 MB")
        with self._sandbox():
            try:
                return self._call(text)
            except Crash as crash:
                self.retire()
                raise FunctionError(_payload(crash, "Runtime.ExitError")) from crash
            except Exception as error:
                self.logbook.failed(self.name, traceback.format_exc())
                raise FunctionError(_payload(error, type(error).__name__)) from error

    def retire(self) -> None:
        """The next call gets a new sandbox, which remembers nothing."""
        self._handle = None
        sys.modules.pop(self.module_name, None)
        FAULTS.hang_up(self.name)

    def _call(self, text: str) -> Any:
        self._handle = self._handle or self._load()
        result = json.dumps(self._handle(json.loads(text), self._context()))
        if len(result.encode()) > MAX_PAYLOAD_BYTES:
            raise ValueError("Lambda returns no result of more than 6 MB")
        return json.loads(result)

    def _load(self) -> Callable[[Any, Context], Any]:
        module, _, name = self.handler.partition(".")
        return getattr(_load_privately(self.module_name, self.folder / f"{module}.py"), name)

    def _context(self) -> Context:
        return Context(
            function_name=self.name,
            memory_limit_in_mb=str(self.memory_mb),
            invoked_function_arn=self.arn,
            aws_request_id=str(uuid4()),
            deadline=time.monotonic() + self.timeout_s,
            log_group_name=f"/aws/lambda/{self.name}",
        )

    @contextmanager
    def _sandbox(self) -> Iterator[None]:
        """The environment and standard output belong to the handler, both while it is imported and while it runs."""
        own = {"AWS_LAMBDA_FUNCTION_NAME": self.name, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.memory_mb)}
        with (
            _variables({**self.environment, **own}),
            redirect_stdout(self.logbook.stream(self.name)),
            FAULTS.inside(self.name),
        ):
            yield


@contextmanager
def _variables(wanted: Mapping[str, str]) -> Iterator[None]:
    """In place of what this machine knows about AWS. Only what differs is touched, as each variable costs time."""
    hidden = {name for name in os.environ if name.startswith(_HIDDEN)}
    before = {name: os.environ.get(name) for name in hidden | wanted.keys()}
    try:
        _set(dict.fromkeys(hidden) | dict(wanted))
        yield
    finally:
        _set(before)


def _set(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _load_privately(name: str, path: Path) -> ModuleType:
    """A fresh copy of the module: tests may have imported it under its own name, for themselves."""
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise FileNotFoundError(f"there is no handler at {path}")
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _payload(error: BaseException, kind: str) -> dict[str, Any]:
    return {"errorMessage": str(error), "errorType": kind, "stackTrace": traceback.format_tb(error.__traceback__)}
