"""Say who made the hits on a letter, when enough is known of them: ten minutes after each, or an hour at most.

The verdict is told to the customer's memory first, under the id of the hit, so that it counts once and the first word
stands. Then what it was found by is dropped. Who dies in between is repeated by the clock.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.customer import interaction, unjudged
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.unjudged import Hit
from shopkeeper.mail import judging
from shopkeeper.mail.judging import Letter
from shopkeeper.mail.ledger import Send
from shopkeeper.mail.ports import Memory


class Overtaken(Exception):
    """Another hit has come since the others were read."""


class Waiting(NamedTuple):
    """The hits of one send, those too that have their verdict while others wait."""

    send_id: str
    hits: tuple[Hit, ...]
    revision: int


class Hits(Protocol):
    def load(self, send_id: str) -> Waiting | None:
        """Read consistently."""

    def put(self, waiting: Waiting, due_at: datetime) -> None:
        """In the place of the revision before, due then. Raises Overtaken."""

    def drop(self, waiting: Waiting) -> None:
        """Raises Overtaken."""


class Crowds(Protocol):
    def others(self, send_id: str, hit: Hit) -> int:
        """How many others had links of their letters followed from the same address in the same second."""


class Sends(Protocol):
    def load(self, send_id: str) -> Send | None: ...


class Judge:
    """`links` tells where those of a content version lead."""

    def __init__(
        self,
        hits: Hits,
        crowds: Crowds,
        sends: Sends,
        links: Callable[[str], Sequence[str]],
        memory: Memory,
        now: Clock,
    ) -> None:
        self._hits, self._crowds, self._sends = hits, crowds, sends
        self._links, self._memory, self._clock = links, memory, now

    def visit(self, send_id: str) -> bool:
        """By the clock. True if there is more to be said at once."""
        waiting, now = self._hits.load(send_id), self._clock.now()
        row = self._sends.load(send_id) if waiting else None
        if waiting is None:
            return False
        others = {hit.message_id: self._crowds.others(send_id, hit) for hit in waiting.hits}
        hits, told = given(waiting, self._letter(row), others, now)
        if told and row:
            self._memory.send([interaction.encode(each) for each in told])
        try:
            self._settle(waiting._replace(hits=hits), now)
        except Overtaken:
            return True
        return False

    def _settle(self, waiting: Waiting, now: datetime) -> None:
        open_ = [judging.next_look(hit, now) for hit in waiting.hits if not hit.by]
        if open_:
            self._hits.put(waiting, min(open_))
        else:
            self._hits.drop(waiting)

    def _letter(self, row: Send | None) -> Letter:
        return _letter(row, len(self._links(row.content_ref))) if row else Letter()


def _letter(row: Send, links: int = 0) -> Letter:
    at = row.delivered_at or row.accepted_at or row.call_started_at
    return Letter(clock.from_text(at) if at else None, links)


def so_far_human(waiting: Waiting, row: Send) -> list[Hit]:
    """Of those that have no verdict yet whatever would be a person's if nothing else came. The links of the letter are
    not counted, nor who else came from the same address."""
    letter, open_ = _letter(row), [hit for hit in _once(waiting.hits) if not hit.by]
    return [hit for hit in open_ if judging.judge(hit, waiting.hits, letter).by == "human"]


def given(
    waiting: Waiting, letter: Letter, others: Mapping[str, int], now: datetime
) -> tuple[tuple[Hit, ...], list[Interaction]]:
    """The hits as they are from now on, each once; and what is to be told of those that have their verdict by this."""
    after: dict[str, Hit] = {}
    told = []
    for hit in sorted(_once(waiting.hits), key=lambda each: (each.at, each.message_id)):
        verdict = judging.judge(hit, waiting.hits, letter, others[hit.message_id])
        if not hit.by and judging.stands(verdict, hit, now):
            told.append(unjudged.interaction_of(waiting.send_id, hit, *verdict))
            hit = hit.judged(verdict.by)
        after[hit.message_id] = hit
    return tuple(after.values()), told


def _once(hits: Sequence[Hit]) -> list[Hit]:
    """One that came again after its verdict is not another one."""
    found: dict[str, Hit] = {}
    for hit in hits:
        if hit.message_id not in found or hit.by:
            found[hit.message_id] = hit
    return list(found.values())
