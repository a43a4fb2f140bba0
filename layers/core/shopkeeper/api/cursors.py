"""Lists in pages: how many items are asked for, and after which one."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from shopkeeper.api.problems import Problem

DEFAULT_LIMIT = 50
MOST = 500


def limit_of(text: str | None, most: int = MOST) -> int:
    """Raises Problem 400."""
    if text is None:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and 1 <= int(text) <= most):
        raise Problem(400, "The page cannot be given.", [("limit", f"is a whole number from 1 to {most}")])
    return int(text)


def cursor_for(parts: Sequence[str]) -> str:
    """Opaque to whoever gets it: to be sent back as it is."""
    return urlsafe_b64encode(json.dumps(list(parts), separators=(",", ":")).encode()).decode().rstrip("=")


def parts_of(cursor: str, count: int) -> tuple[str, ...]:
    """What the cursor was made for. Raises Problem 400 for what `cursor_for` cannot have written."""
    try:
        parts = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        is_ours = isinstance(parts, list) and len(parts) == count and all(isinstance(part, str) for part in parts)
    except (ValueError, RecursionError):
        is_ours = False
    if not is_ours or cursor_for(parts) != cursor:
        raise Problem(400, "The page cannot be given.", [("cursor", "is none that this list gave out")])
    return tuple(parts)
