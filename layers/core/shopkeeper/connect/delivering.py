"""An effect of the Connectors queue is carried out, once by its key as far as that lies with us."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Literal, NoReturn, Protocol

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.connect import connectors, events, retries, signing
from shopkeeper.connect.calling import Caller, Unreachable
from shopkeeper.connect.connectors import Endpoint, State
from shopkeeper.connect.messages import Handed
from shopkeeper.connect.switched import Holder, Kind, Switched
from shopkeeper.customer import instants
from shopkeeper.journey.effects import Audience, Slot, Task, Webhook
from shopkeeper.journey.rows import RunKey
from shopkeeper.journey.run import Cause
from shopkeeper.keyring import KeyRing

GONE = 410
OWN = "shopkeeper"
_TRIES = 20

Done = Literal["delivered", "kept", "superseded", "unwanted"]


class NotTaken(Exception):
    """`is_in_vain`: the same would come of another try. `status` is what the other side answered, 0 if nothing."""

    def __init__(self, reason: str, *, status: int = 0, retry_after_s: int = 0, is_in_vain: bool = False) -> None:
        super().__init__(reason)
        self.status, self.retry_after_s, self.is_in_vain = status, retry_after_s, is_in_vain


class Overtaken(Exception):
    """Somebody else has written since it was read."""


class Connectors(Protocol):
    def endpoint(self, connector: str) -> Endpoint | None:
        """As it was defined at most a minute ago."""

    def state(self, connector: str) -> State:
        """As it stands now."""

    def put(self, state: State) -> None:
        """Raises connectors.Overtaken."""


class Switches(Protocol):
    def load(self, kind: Kind, customer_id: str) -> Switched:
        """Read consistently."""

    def put(self, switched: Switched) -> None:
        """In the place of the revision before. Raises Overtaken."""


class Runs(Protocol):
    def tell(self, key: RunKey, cause: Cause, now: datetime) -> bool: ...


Tasks = Callable[[Handed, Task], None]


class Deliverer:
    def __init__(
        self,
        *,
        connectors: Connectors,
        switches: Switches,
        runs: Runs,
        tasks: Tasks,
        ring: Callable[[datetime], KeyRing | None],
        caller: Caller,
        now: Clock,
    ) -> None:
        self._connectors, self._switches, self._runs, self._tasks = connectors, switches, runs, tasks
        self._ring, self._caller, self._clock = ring, caller, now

    def deliver(self, handed: Handed, at: datetime) -> Done:
        """`at` is when it was handed over. Raises NotTaken."""
        effect = handed.effect
        if isinstance(effect, Task):
            self._tasks(handed, effect)
            return "kept"
        if isinstance(effect, Slot):
            self._switch("slot", handed, effect, at)
            return "kept"
        if isinstance(effect, Audience):
            return self._audience(handed, effect, at)
        if isinstance(effect, Webhook):
            return self._call(effect.connector, handed.key, *events.of_webhook(handed, effect, clock.to_text(at)))
        raise NotTaken(f"{type(effect).__name__} is nothing for a connector", is_in_vain=True)

    def give_up(self, handed: Handed, problem: NotTaken, tries: int) -> bool:
        """Whether this was the last try: then the run is told that it will never be carried out."""
        if tries < retries.MOST_TRIES:
            return False
        now = self._clock.now()
        at = instants.ms_of(now)
        props = {"reason": str(problem)}
        cause = Cause(id=f"failed/{handed.key}", kind="failed", about=handed.key, at=at, received_at=at, props=props)
        self._runs.tell(handed.run, cause, now)
        return True

    def _audience(self, handed: Handed, effect: Audience, at: datetime) -> Done:
        switched = self._switch("audience", handed, effect, at)
        switch = switched.switch(effect.name)
        if effect.is_end and switch.holders:
            return "superseded"  # Another run keeps the customer there.
        if not effect.is_end and not switch.holds(effect.run, effect.visit):
            return "superseded"  # The run has switched it off since.
        event, body = events.of_audience(handed, effect, clock.to_text(at), switched.told)
        return self._call(effect.name.partition(":")[0], handed.key, event, body)

    def _switch(self, kind: Kind, handed: Handed, effect: Audience | Slot, at: datetime) -> Switched:
        for _ in range(_TRIES):
            before = self._switches.load(kind, handed.customer_id)
            if effect.is_end:
                after = before.off(effect.name, effect.run, effect.visit)
            else:
                holder = Holder(effect.run, effect.visit, effect.content, clock.to_text(at))
                after = before.on(effect.name, holder)
            if after is before:
                return before
            try:
                self._switches.put(after)
            except Overtaken:
                continue
            return after
        raise NotTaken("too many others are at it")

    def _call(self, connector: str, key: str, event: str, body: bytes) -> Done:
        endpoint = self._connectors.endpoint(connector)
        if endpoint is None:
            raise NotTaken("there is no such connector", is_in_vain=True)
        if not endpoint.wants(event):
            return "unwanted"
        state = self._connectors.state(connector)
        if state.off:
            raise NotTaken(f"the connector is off: {state.off}", is_in_vain=True)
        headers = {"content-type": "application/json", "user-agent": OWN, **self._signed(state, key, body)}
        try:
            reply = self._caller.post(endpoint.url, headers, body)
        except Unreachable as problem:
            raise NotTaken(str(problem)) from problem
        if not 200 <= reply.status < 300:
            self._refused(state, reply.status, reply.retry_after_s)
        return "delivered"

    def _signed(self, state: State, key: str, body: bytes) -> dict[str, str]:
        now = self._clock.now()
        ring = self._ring(now)
        if ring is None:
            raise NotTaken("the key ring cannot be read")
        secrets = state.signing(ring, now)
        if not secrets:
            raise NotTaken("the connector has no secret", is_in_vain=True)
        return dict(signing.headers(key, now, body, secrets))

    def _refused(self, state: State, status: int, retry_after_s: int) -> NoReturn:
        if status == GONE:
            with suppress(connectors.Overtaken):  # Whoever changed it may have mended it: the next call will tell.
                self._connectors.put(state.switched_off("the other side is gone (410)", self._clock.now()))
        raise NotTaken(f"answered {status}", status=status, retry_after_s=retry_after_s, is_in_vain=status == GONE)
