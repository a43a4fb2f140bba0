"""What a launch needs of tables, queue and Step Functions. The adapters in `shopkeeper.aws` have these shapes."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from shopkeeper.campaign.launch import Launch
from shopkeeper.customer.document import Stored
from shopkeeper.mail.holds import Hold
from shopkeeper.mail.ledger import Change, Send
from shopkeeper.mail.utm import Utm


class Overtaken(Exception):
    """The launch no longer stands as the caller saw it."""


class Launches(Protocol):
    def get(self, launch_id: str) -> Launch | None:
        """Read consistently."""

    def put(self, launch: Launch) -> None:
        """In the place of the revision before. Raises Overtaken."""


class Customers(Protocol):
    def page(self, segment: int, segments: int, after: str) -> tuple[Sequence[Stored], str]:
        """Of one slice of the table, from behind the customer `after`; and what to pass next, "" at the end."""


class Plans(Protocol):
    def plan_all(self, sends: Sequence[Send]) -> None:
        """Puts each row, if it is not there. Where this raises, some of them are there."""


class Ledger(Protocol):
    def of_shard(self, activity_shard: str, after: str = "") -> tuple[Sequence[Send], str]:
        """By `send_id`, from behind `after`; and what to pass next, "" at the end. A row put or changed a moment ago
        may be missing, or stand as it was."""

    def apply(self, change: Change) -> Send:
        """Raises mail.ledger.Refused where the row has moved on."""


class Queue(Protocol):
    def send(self, messages: Sequence[bytes], delays: Sequence[int] = ()) -> None:
        """Each put off by its delay in seconds, if there are any. Returns when all are in the queue."""

    def is_idle(self) -> bool:
        """About: no message waits, is put off or is in anybody's hands."""


class Holds(Protocol):
    def get(self, activity: str, occurrence: str) -> Hold:
        """Read consistently; the empty hold of what was never held."""


class Links(Protocol):
    def tag(self, ref: str, tagged: str, utm: Utm) -> None:
        """Gives the content version `tagged` the links of `ref`, with UTM parameters."""

    def lead_home(self, activity: str, ref: str, home: str, fallback: str) -> None:
        """Says where ended links lead, of `<activity>/<occurrence>` and of the content version `ref`."""


class Machine(Protocol):
    def start(self, name: str, said: Mapping[str, Any]) -> None:
        """What was started under this name before is not started again."""


class Definitions(Protocol):
    def number(self, kind: str, definition_id: str) -> int:
        """The version that counts at this moment; 0 if there is none."""

    def version(self, kind: str, definition_id: str, number: int) -> Mapping[str, Any] | None: ...
