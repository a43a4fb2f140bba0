"""Instants as whole milliseconds since 1970 in UTC: so documents and measures keep them, being short."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from shopkeeper import clock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_TWO_BATCHES = 2_000  # Texts: each instant of a batch is asked for by several, and read once.


@lru_cache(_TWO_BATCHES)
def to_ms(text: str) -> int:
    """Raises ValueError for text that is no instant with an offset."""
    return ms_of(clock.from_text(text))


def ms_of(instant: datetime) -> int:
    """Cut to the millisecond, as its text is."""
    return (instant - _EPOCH) // _MILLISECOND


@lru_cache(_TWO_BATCHES)
def from_ms(ms: int) -> str:
    return clock.to_text(_EPOCH + ms * _MILLISECOND)
