"""The body of a collect call: unpacked, within limits, cut into items."""

import zlib
from dataclasses import dataclass, replace
from typing import Any

from shopkeeper.customer.collect import json_items
from shopkeeper.customer.collect.json_items import Item
from shopkeeper.customer.collect.refusals import TooLarge, Unreadable
from shopkeeper.customer.collect.strict_json import Flaw

MAX_BODY_BYTES = 1024 * 1024
MAX_BATCH_BYTES = 500 * 1024  # SDKs of Segment stop at 475,000 bytes, after adding one more item.
MAX_ITEM_BYTES = 32 * 1024

_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Body:
    """`shared` are the members beside the list of a batch, which its items inherit."""

    items: tuple[Item, ...]
    shared: dict[str, Item]
    write_key: str


def read(raw: bytes, *, batch: bool) -> Body:
    """Raises Unreadable where the bytes do not even tell the items apart."""
    text = _text_of(raw)
    if not batch:
        item = json_items.read_one(text)
        members = item.value if isinstance(item.value, dict) else {}
        return Body((_within_item_limit(item),), {}, _text(members.get("writeKey")))
    items, shared = json_items.read_members(text, items_in="batch")
    key = shared.get("writeKey")
    return Body(_within_batch_limit(items), shared, _text(key.value) if key else "")


def read_whole(raw: bytes) -> dict[str, Any]:
    """One object, in which flawed parts still stand and must be found by `strict_json.check`. Raises Unreadable."""
    item = json_items.read_one(_text_of(raw))
    if not isinstance(item.value, dict):
        flaw = item.flaw or Flaw("not_an_object")
        raise Unreadable(flaw.code, "The body must be one JSON object.", flaw.field)
    return item.value


def _text_of(raw: bytes) -> str:
    """What is no UTF-8 spoils the item it stands in."""
    return _unpacked(raw).decode("utf-8-sig", "surrogateescape")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _unpacked(raw: bytes) -> bytes:
    """Gzip is known by its first bytes and by no header: proxies unpack and leave the header, and no JSON starts so.

    The limit is the same packed and unpacked, so how well a body packs need not be asked: honest batches of like calls
    pack twentyfold.
    """
    if len(raw) > MAX_BODY_BYTES:
        raise TooLarge("body_too_large", f"A body may have {MAX_BODY_BYTES} bytes.")
    return _gunzip(raw) if raw.startswith(_GZIP_MAGIC) else raw


def _gunzip(raw: bytes) -> bytes:
    inflater = zlib.decompressobj(wbits=31)
    try:
        body = inflater.decompress(raw, MAX_BODY_BYTES + 1)
    except zlib.error:
        raise Unreadable("not_gzip", "The body starts like gzip and cannot be unpacked.") from None
    if len(body) > MAX_BODY_BYTES:
        raise TooLarge("body_too_large", f"A body may have {MAX_BODY_BYTES} bytes when unpacked.")
    if not inflater.eof or inflater.unused_data:
        raise Unreadable("not_gzip", "The gzip body is cut off, or something follows it.")
    return body


def _within_item_limit(item: Item) -> Item:
    return item if item.flaw or item.size <= MAX_ITEM_BYTES else replace(item, flaw=Flaw("too_large"))


def _within_batch_limit(items: list[Item]) -> tuple[Item, ...]:
    """An item that is spoiled or too large takes no room from the others."""
    total, kept = 0, []
    for item in map(_within_item_limit, items):
        total += 0 if item.flaw else item.size
        beyond = total > MAX_BATCH_BYTES and not item.flaw
        kept.append(replace(item, flaw=Flaw("batch_too_large")) if beyond else item)
    return tuple(kept)
