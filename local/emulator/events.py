"""EventBridge's pattern language."""

from collections.abc import Mapping
from typing import Any

from moto.events.models import EventPattern


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    return bool(EventPattern(None, dict(pattern)).matches_event(dict(event)))
