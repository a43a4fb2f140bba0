"""Versions of definitions as items of their table, and what comes back of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LARGEST_VERSION = 380_000  # bytes of text; an item has room for 400 KB in all.
SCHEMA = 1
MADE_OF = "made_of"
"""What was made of a version under this name also stands beside its line of the list."""
_OWN = ("content", "saved_at", "saved_by")
Item = dict[str, dict[str, str]]


class TooLarge(ValueError):
    """What is to be kept of this version does not fit into an item."""


@dataclass(frozen=True, slots=True)
class Version:
    """`content` is JSON text as the API took it; `made` holds what we made of it, such as `published`, by name."""

    kind: str
    id: str
    number: int
    content: str
    saved_at: str
    saved_by: str
    made: Mapping[str, str] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """The content, and what was made of it as the text it is kept as."""
        return {**json.loads(self.content), **self.made}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list of definitions. `shown` is JSON text: the small parts of the content; `made_of`, JSON text or
    "", says which versions of others the version holds."""

    id: str
    number: int
    saved_at: str
    shown: str
    made_of: str = ""


def key(kind: str, name: str) -> Item:
    return {"kind": {"S": kind}, "id": {"S": name}}


def pointer(kind: str, definition_id: str) -> Item:
    return key(f"{kind}.current", definition_id)


def name(definition_id: str, number: int) -> str:
    return f"{definition_id}#{number:06}"


def texts(said: Mapping[str, str]) -> Item:
    return {name: {"S": text} for name, text in said.items()}


def item(version: Version) -> Item:
    """Raises TooLarge."""
    said = {**version.made, **{name: getattr(version, name) for name in _OWN}}
    if sum(len(text.encode()) for text in said.values()) > LARGEST_VERSION:
        raise TooLarge(f"{version.kind} {version.id}")
    numbers = {"version": {"N": str(version.number)}, "schema": {"N": str(SCHEMA)}}
    return {**texts(said), **numbers, **key(version.kind, name(version.id, version.number))}


def version(kind: str, definition_id: str, held: Item) -> Version:
    said = {name: value["S"] for name, value in held.items() if "S" in value and name not in ("kind", "id")}
    own = {name: said.pop(name) for name in _OWN}
    return Version(kind, definition_id, int(held["version"]["N"]), made=said, **own)


def entry(held: Item) -> Entry:
    made_of = held[MADE_OF]["S"] if MADE_OF in held else ""
    return Entry(held["id"]["S"], int(held["version"]["N"]), held["saved_at"]["S"], held["shown"]["S"], made_of)
