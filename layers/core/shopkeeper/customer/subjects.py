"""How a subject is written, and which ids name nobody."""

from typing import Any

from shopkeeper.customer.interaction import MAX_SUBJECT_BYTES

# What programs send when they do not know who is there: taken for ids, these would make one customer of thousands.
NOBODY = frozenset(
    """
    undefined null nil none nan n/a na unknown empty void anonymous guest visitor user userid user_id anonymousid
    anonymous_id distinct_id id email customer customer_id not_authenticated true false 0 -1 {} [] () [object]
    00000000-0000-0000-0000-000000000000
    server backend frontend client browser app mobile web website site shop api bot system localhost 127.0.0.1
    test tests tester testing demo example default dummy - -- _ . * ?
    """.split()
) | {"[object object]", "not set", "(not set)", "logged out"}


class NotAnId(ValueError):
    """`code` says why: wrong_type, not_an_id, too_long."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def id_text(value: Any) -> str:
    """An id as SDKs turn it into text: 42 and 42.0 are "42". Nothing and blank text are "".

    Raises NotAnId for other things, and for what names nobody ("undefined", "guest", 0).
    """
    text = as_text(value)
    if not text.strip():
        return ""
    if text.strip().strip("\"'").lower() in NOBODY:
        raise NotAnId("not_an_id")
    return text


def as_text(value: Any) -> str:
    """Text or a number as text, "" for None. Raises NotAnId for anything else."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotAnId("wrong_type")
    return str(int(value)) if value == int(value) else repr(value)


def subject(kind: str, identity: str) -> str:
    """`user:42`. Raises NotAnId for one that would not fit into a key."""
    text = f"{kind}:{identity}"
    if len(text.encode()) > MAX_SUBJECT_BYTES:
        raise NotAnId("too_long")
    return text
