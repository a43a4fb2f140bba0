"""Instants as whole milliseconds since 1970 in UTC: so documents and measures keep them, being short."""

from datetime import UTC, datetime, timedelta

from shopkeeper import clock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(text: str) -> int:
    """Raises ValueError for text that is no instant with an offset."""
    return (clock.from_text(text) - _EPOCH) // _MILLISECOND


def from_ms(ms: int) -> str:
    return clock.to_text(_EPOCH + ms * _MILLISECOND)
