"""The policy as the door knows it: at most a minute old, as all that is defined."""

from datetime import datetime

import msgspec

from shopkeeper.clock import Clock
from shopkeeper.consent import policy
from shopkeeper.consent.policy import Policy
from shopkeeper.mail.ports import DEFINITIONS_HOLD_FOR, Definitions


class Policies:
    def __init__(self, definitions: Definitions, now: Clock) -> None:
        self._definitions, self._clock = definitions, now
        self._read: tuple[int, Policy] = (0, policy.NONE)
        self._missed_at: datetime | None = None

    def current(self) -> Policy:
        """That none is defined is remembered as well: it would be asked for at each look of each send."""
        now = self._clock.now()
        if self._missed_at is not None and self._missed_at <= now < self._missed_at + DEFINITIONS_HOLD_FOR:
            return policy.NONE
        found = self._definitions.current(policy.KIND, policy.ID)
        self._missed_at = None if found else now
        if found and found[0] != self._read[0]:
            self._read = found[0], msgspec.convert(found[1], Policy)
        return self._read[1] if found else policy.NONE
