"""Why nothing of a request comes in."""

from collections.abc import Mapping
from typing import Any

TRY_AGAIN = "try_again"


class Refused(Exception):
    """`status` is that of the answer, `code` is for programs, the message for people; `more` is told beside them."""

    def __init__(self, status: int, code: str, message: str, field: str = "", **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.field = field
        self.more: Mapping[str, Any] = more


class Unreadable(Refused):
    """Not even the items can be told apart."""

    status = 400

    def __init__(self, code: str, message: str, field: str = "") -> None:
        super().__init__(self.status, code, message, field)


class TooLarge(Unreadable):
    """More than is looked at at all."""

    status = 413


class Later(Refused):
    """Not for good: the same may be sent again. `items` says of each whether it is in."""

    def __init__(self, message: str, **items: Any) -> None:
        super().__init__(503, TRY_AGAIN, message, **items)
