"""Customers off the wire, by pages and by keys: botocore carries the call, signs it and tries again, but parses none.

Its parser looks at every value as one of ten types, and takes longer for a customer than twenty segments do.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import msgspec

from shopkeeper.customer.document import Stored

_TAKEN = "ShopkeeperTaken"
_NONE_PENDING = "[]"


class Page(NamedTuple):
    """`last` is whom the next page begins after, empty at the end."""

    customers: list[Stored]
    last: str


class _Text(msgspec.Struct, frozen=True, gc=False):
    S: str


class _Number(msgspec.Struct, frozen=True, gc=False):
    N: str


class _Bytes(msgspec.Struct, frozen=True, gc=False):
    B: bytes


class _Item(msgspec.Struct, frozen=True, gc=False):
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


class _Whole(_Item, frozen=True, kw_only=True, gc=False):
    pending: _Text


class _Named(msgspec.Struct, frozen=True, rename="pascal"):
    """By the name of the table; what was not looked for is as it was asked."""

    responses: dict[str, list[_Whole]] = {}
    unprocessed_keys: dict[str, Any] = {}


_Call = Literal["Scan", "BatchGetItem"]
_READ: Mapping[_Call, type[msgspec.Struct]] = {"Scan": _Answer, "BatchGetItem": _Named}
_DECODE = {call: msgspec.json.Decoder(kind).decode for call, kind in _READ.items()}
_asked: ContextVar[_Call | None] = ContextVar("asked", default=None)


def read(body: bytes) -> Page:
    """Of an answer to a Scan as DynamoDB writes it. Raises msgspec.MsgspecError where it is none."""
    return _page(_DECODE["Scan"](body))


def _page(answer: Any) -> Page:
    return Page([_stored(each, _NONE_PENDING) for each in answer.items], answer.last_evaluated_key.customer_id.S)


def _stored(item: _Item, pending: str) -> Stored:
    return Stored(
        item.customer_id.S,
        int(item.version.N),
        item.document.S,
        item.measures.B,
        pending,
        int(item.schema.N),
        item.due_at.S,
    )


def read_keyed(body: bytes) -> dict[str, list[Stored]]:
    """Of an answer to a BatchGetItem, by the name of the table. Raises msgspec.MsgspecError where it is none."""
    return _keyed(_DECODE["BatchGetItem"](body))


def _keyed(answer: Any) -> dict[str, list[Stored]]:
    return {name: [_stored(each, each.pending.S) for each in items] for name, items in answer.responses.items()}


def scan(dynamodb: Any, **asked: Any) -> Page:
    """What this client answers to `scan`. Raises what it raises."""
    return _page(_answer(dynamodb, "Scan", dynamodb.scan, asked))


@dataclass(frozen=True)
class Keyed:
    """A client whose `batch_get_item` answers with customers."""

    dynamodb: Any

    def batch_get_item(self, **asked: Any) -> dict[str, Any]:
        """Raises what the client raises."""
        found = _answer(self.dynamodb, "BatchGetItem", self.dynamodb.batch_get_item, asked)
        return {"Responses": _keyed(found), "UnprocessedKeys": found.unprocessed_keys}


def _answer(dynamodb: Any, name: _Call, call: Callable[..., Any], asked: dict[str, Any]) -> Any:
    dynamodb.meta.events.register(f"before-parse.dynamodb.{name}", _take, unique_id=f"{_TAKEN}{name}")
    with _asking(name):
        found: dict[str, Any] = call(**asked)
    # A botocore of before 2025 does not tell before it parses: then it has parsed.
    return found[_TAKEN] if _TAKEN in found else msgspec.convert(found, _READ[name])


@contextmanager
def _asking(name: _Call) -> Iterator[None]:
    """Others ask for other things with the same client."""
    token = _asked.set(name)
    try:
        yield
    finally:
        _asked.reset(token)


def _take(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_others: Any) -> None:
    """An answer that went well is read here, and none is left for botocore. Errors are its own."""
    name = _asked.get()
    if name and response_dict["status_code"] == 200:
        customized_response_dict[_TAKEN] = _DECODE[name](response_dict["body"])
        response_dict["body"] = b"{}"
