"""Pages of the Customers table off the wire: botocore carries the call, signs it and tries again, but does not parse.

Its parser looks at every value as one of ten types, and takes longer for a customer than twenty segments do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

import msgspec

from shopkeeper.customer.document import Stored

_PAGE = "ShopkeeperPage"
_NONE_PENDING = "[]"


class Page(NamedTuple):
    """`last` is whom the next page begins after, empty at the end."""

    customers: list[Stored]
    last: str


class _Text(msgspec.Struct, frozen=True):
    S: str


class _Number(msgspec.Struct, frozen=True):
    N: str


class _Bytes(msgspec.Struct, frozen=True):
    B: bytes


class _Item(msgspec.Struct, frozen=True):
    customer_id: _Text
    version: _Number
    document: _Text
    measures: _Bytes
    schema: _Number
    due_at: _Text = _Text("")


class _Key(msgspec.Struct, frozen=True):
    customer_id: _Text


class _Answer(msgspec.Struct, frozen=True, rename="pascal"):
    items: list[_Item]
    last_evaluated_key: _Key = _Key(_Text(""))


_decode = msgspec.json.Decoder(_Answer).decode
_is_asked: ContextVar[bool] = ContextVar("page", default=False)


def read(body: bytes) -> Page:
    """Of an answer as DynamoDB writes it. Raises msgspec.MsgspecError where it is none."""
    return _page(_decode(body))


def _page(answer: _Answer) -> Page:
    customers = [
        Stored(
            each.customer_id.S,
            int(each.version.N),
            each.document.S,
            each.measures.B,
            _NONE_PENDING,
            int(each.schema.N),
            each.due_at.S,
        )
        for each in answer.items
    ]
    return Page(customers, answer.last_evaluated_key.customer_id.S)


def scan(dynamodb: Any, **asked: Any) -> Page:
    """What this client answers to `scan`. Raises what it raises."""
    dynamodb.meta.events.register("before-parse.dynamodb.Scan", _take, unique_id=_PAGE)
    with _asking():
        found: dict[str, Any] = dynamodb.scan(**asked)
    # A botocore of before 2025 does not tell before it parses: then it has parsed.
    return found[_PAGE] if _PAGE in found else _page(msgspec.convert(found, _Answer))


@contextmanager
def _asking() -> Iterator[None]:
    """Others scan other tables with the same client."""
    token = _is_asked.set(True)
    try:
        yield
    finally:
        _is_asked.reset(token)


def _take(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_others: Any) -> None:
    """An answer that went well is read here, and none is left for botocore. Errors are its own."""
    if _is_asked.get() and response_dict["status_code"] == 200:
        customized_response_dict[_PAGE] = read(response_dict["body"])
        response_dict["body"] = b"{}"
