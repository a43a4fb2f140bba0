"""The local stack, as a test or a person holds it.

with Stack.start() as stack:
    stack.request("POST", "/v1/track", json={...}, headers=...)
    stack.settle()
"""

from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self, TextIO

from local import control, counterparts, page
from local.clock import VirtualClock
from local.counterparts import Counterparts
from local.emulator import door, tables
from local.front import Front
from local.functions import Function
from local.gateway.messages import Request, Response
from local.gateway.serve import Gateway
from local.logbook import Logbook
from local.post.office import Office
from local.replies import Reply, ask
from local.steps import Steps
from local.template import translate
from local.turns import Turns
from local.warehouse import Warehouse
from local.worker import Worker
from local.world import World

TEMPLATE = Path(__file__).resolve().parent.parent / "template.yaml"

_KEYS = "DefinitionsTable"
_SMALL_BATCH, _ANY_BATCH = 50, 10_000
"""Where people look on, nobody waits for long while a batch is worked at."""

PARAMETERS = {
    "Stage": "local",
    "DueShards": "1",
    "SourceWorkgroup": "local",
    "SourceDatabase": "warehouse",
    "SourceResults": "source-results",
}


class Stack:
    """`base_url` is where everything is served. Close it: the clock and AWS are those of the whole process."""

    def __init__(
        self,
        *,
        port: int = 0,
        background: bool = False,
        template: Path = TEMPLATE,
        echo: TextIO | None = None,
    ) -> None:
        self.logbook = Logbook(echo)
        self._template = template
        self._turns = Turns()
        self._most_at_once = _SMALL_BATCH if background else _ANY_BATCH
        with ExitStack() as opened:
            self._front = Front(port)
            opened.callback(self._front.close)
            self.base_url = self._front.address
            self._open_world()
            opened.callback(lambda: self._world.close())
            self._steps = Steps(self._turns, lambda: self._world)
            self._worker = Worker(self._turns, self._steps, lambda: self._world) if background else None
            if self._worker:
                opened.callback(self._worker.close)
            self._front.open(self._answer)
            self._opened = opened.pop_all()

    @classmethod
    def start(cls, **options: Any) -> Self:
        """`port=0` takes a free one. With `background=True` whatever a request causes goes on by itself; without,
        nothing moves until `settle()`. Raises PortTakenError, TemplateError.
        """
        return cls(**options)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leaves nothing behind: no thread, no port, no variable of the environment, and the real time."""
        self._opened.close()

    @property
    def clock(self) -> VirtualClock:
        return self._world.clock

    @property
    def functions(self) -> dict[str, Function]:
        """By logical id. To call one directly, hold `stack.turn()`."""
        return self._world.functions

    @property
    def outputs(self) -> dict[str, str]:
        """The outputs of the template."""
        return self._world.outputs

    def turn(self) -> Turns:
        """A context in which nothing else runs handlers."""
        return self._turns

    def client(self, service: str) -> Any:
        """A boto3 client of this AWS. Names of tables and queues are their logical ids."""
        return self._world.client(service)

    def queue_url(self, name: str) -> str:
        return str(self.client("sqs").get_queue_url(QueueName=name)["QueueUrl"])

    def settle(self) -> int:
        """Do all that can be done now, without moving the clock; how many steps it took. Raises UnsettledError.

        Requests are answered in between, unless the thread that asks holds the turn.
        """
        return self._steps.settle()

    def next_due(self) -> datetime | None:
        """When the first of what waits can go on: hidden and delayed messages, and pauses before a retry."""
        with self._turns:
            return self._world.next_due()

    def advance_to_next(self) -> datetime | None:
        """Move the clock to when the first of what waits can go on; None, and no move, if nothing waits."""
        with self._turns:
            due = self._world.next_due()
            if due:  # The clock runs on, so what can go on already may lie a moment back by now.
                self._world.clock.advance(max(due - self._world.clock.now(), timedelta(0)))
            return due

    @property
    def tables(self) -> list[str]:
        return self._world.tables

    @property
    def post(self) -> Office:
        """What SES has taken, and what is to happen to it."""
        return self._world.post

    @property
    def counterparts(self) -> Counterparts:
        """Whom the bundle calls."""
        return self._world.counterparts

    @property
    def warehouse(self) -> Warehouse:
        """What the queries of sources bring."""
        return self._world.warehouse

    @property
    def routes(self) -> dict[str, list[str]]:
        """Such as `POST /v1/track`, by API."""
        return {api.name: [route.key for route in api.routes] for api in self._world.apis}

    @property
    def groups(self) -> list[str]:
        """Of the people who work here."""
        return self._world.groups

    def mint(self, group: str) -> tuple[str, int]:
        """A token for the marketer API, and the second when it expires, in ten years."""
        authorizer = next(route.authorizer for api in self._world.apis for route in api.routes if route.authorizer)
        return authorizer.mint(group)

    def token(self, group: str = "marketer") -> str:
        """For `Authorization: Bearer ...` on the marketer API."""
        return self.mint(group)[0]

    def state(self) -> dict[str, Any]:
        """What `World.state` says. It waits for nobody, but where something grew while it was being counted."""
        try:
            return self._world.state()
        except (RuntimeError, KeyError):
            with self._turns:
                return self._world.state()

    def reset(self) -> None:
        """An empty world at the real time, under the same address. The write keys that were made stay valid."""
        with self._turns:
            keys = tables.partition(_KEYS, "key") if _KEYS in self.tables else {}
            self._world.close()
            self._open_world()
            if keys:
                tables.restore(_KEYS, keys)

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        json: Any = None,
        body: bytes | None = None,
    ) -> Reply:
        """Over HTTP, on a connection of its own; follows no redirect. `path` may be a whole address as well."""
        return ask(method, path if path.startswith("http") else self.base_url + path, headers or {}, json, body)

    def _open_world(self) -> None:
        self._world = World(
            translate(self._template, PARAMETERS),
            PARAMETERS,
            self._template.parent,
            self.base_url,
            self.logbook,
            self._most_at_once,
        )
        self._gateway = Gateway(self._world.apis, self._world.functions)

    def _answer(self, request: Request) -> Response:
        if door.is_for_aws(request):
            response = door.answer(request)
        elif counterparts.is_for_them(request):
            return self._world.counterparts.answer(request)
        elif control.is_for_us(request):
            response = control.answer(self, request)
        elif request.path == "/":
            return page.front(self)
        else:
            with self._turns:
                response = self._gateway.answer(request)
        if self._worker:
            self._worker.wake()
        return response
