"""The last calls at the door, for whoever connects a shop and wants to see what arrives: verdicts, and no content.

Beside ids nothing personal is kept. What is kept of a call fits into one write unit, however large the call was.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from shopkeeper import clock
from shopkeeper.customer.collect.calls import Visit
from shopkeeper.customer.collect.door import Collected, Verdict
from shopkeeper.customer.collect.refusals import Refused
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.rows import Key, Row

MOST = 200  # calls that are kept
MOST_BYTES = 900
LONGEST_FIELD = 100

Became = Literal["refused", "on_its_way", "landed", "kept_aside", "repeated"]


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One item: accepted under its key, or refused with the reason."""

    index: int
    subject: str = ""
    message_id: str = ""
    code: str = ""
    field: str = ""

    @property
    def key(self) -> Key:
        return self.subject, self.message_id


class LiveCall(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`status` and `code` are those of the answer; `key` names the write key as rows do, "" if nobody knows it.

    `parts` are some of the items, as many as fit, those that were refused first.
    """

    at: str
    call: str
    key: str = ""
    status: int = 200
    code: str = ""
    accepted: int = 0
    refused: Mapping[str, int] = {}
    parts: tuple[Part, ...] = ()

    @property
    def is_all_well(self) -> bool:
        return not (self.code or self.refused)

    def is_about(self, key: str | None, subject: str | None) -> bool:
        return key in (None, self.key) and (subject is None or any(part.subject == subject for part in self.parts))


_json = msgspec.json.Encoder()
_calls = msgspec.json.Decoder(LiveCall)


def judged(call: str, visit: Visit, collected: Collected) -> LiveCall:
    whole = LiveCall(
        at=clock.to_text(visit.received_at),
        call=call,
        key=visit.key.origin,
        accepted=len(collected.interactions),
        refused=collected.refusals(),
    )
    room = MOST_BYTES - len(_json.encode(whole)) - len(',"parts":[]')
    return msgspec.structs.replace(whole, parts=_that_fit(_parts(collected), room))


def turned_away(call: str, refused: Refused, now: datetime) -> LiveCall:
    return LiveCall(at=clock.to_text(now), call=call[:LONGEST_FIELD], status=refused.status, code=refused.code)


def _parts(collected: Collected) -> list[Part]:
    kept = iter(collected.interactions)
    parts = [_part(verdict, next(kept) if verdict.status == "accepted" else None) for verdict in collected.verdicts]
    return sorted(parts, key=lambda part: part.code == "")


def _part(verdict: Verdict, told: Interaction | None) -> Part:
    if told is not None:
        return Part(index=verdict.index, subject=told.subject, message_id=told.message_id)
    field = verdict.field[:LONGEST_FIELD]
    return Part(index=verdict.index, message_id=verdict.message_id, code=verdict.code, field=field)


def _that_fit(parts: Iterable[Part], room: int) -> tuple[Part, ...]:
    kept = []
    for part in parts:
        room -= len(_json.encode(part)) + 1
        if room < 0:
            break
        kept.append(part)
    return tuple(kept)


def to_text(call: LiveCall) -> str:
    return _json.encode(call).decode()


def from_text(text: str) -> LiveCall:
    """Raises msgspec.MsgspecError (a ValueError)."""
    return _calls.decode(text)


def became(call: LiveCall, part: Part, row: Row | None) -> Became:
    """`row` is what stands under the key of the part."""
    if part.code:
        return "refused"
    if row is None:
        return "on_its_way"
    if row.received_at != call.at:
        return "repeated"  # An earlier call brought it.
    return "kept_aside" if row.unfolded else "landed"


def seconds_to_land(row: Row) -> float | None:
    """From when it was received until it was folded."""
    if not row.folded_at:
        return None
    return (clock.from_text(row.folded_at) - clock.from_text(row.received_at)).total_seconds()


class Pace:
    """Lets through `burst` at once, and then one in each `every`."""

    def __init__(self, burst: int, every: timedelta) -> None:
        self._burst, self._every = burst, every
        self._free_at: datetime | None = None

    def allows(self, now: datetime) -> bool:
        earliest = now - self._every * (self._burst - 1)
        free_at = max(self._free_at or earliest, earliest)
        if free_at > now:
            return False
        self._free_at = free_at + self._every
        return True
