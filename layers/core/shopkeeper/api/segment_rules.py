"""Rules of segments in requests: what is wrong with one, and the rules of the segments that it names."""

import json
from collections.abc import Iterator
from typing import Any

from shopkeeper.api import measures
from shopkeeper.api.calls import Call
from shopkeeper.api.versions import missing
from shopkeeper.aws.definitions import Version
from shopkeeper.customer.requests import BadRequest
from shopkeeper.segment import references, rule
from shopkeeper.segment.leaves import InList
from shopkeeper.segment.references import Name, Part, Written
from shopkeeper.segment.rule import Rule

KIND = "segment"


class Kept:
    """Segments as they are kept, each read once in a call."""

    def __init__(self, call: Call) -> None:
        self._definitions = call.aws.definitions
        self._found: dict[Name, Version | None] = {}

    def version(self, segment_id: str, number: int = 0) -> Version | None:
        """0 is the newest one."""
        key = Name(segment_id, number)
        if key not in self._found:
            known = self._definitions
            self._found[key] = known.stored(KIND, *key) if number else known.newest(KIND, segment_id)
        return self._found[key]

    def look(self, name: Name) -> Rule | None:
        found = self.version(name.segment, name.version)
        return written(found).of(name.part) if found else None


def written(version: Version) -> Written:
    said = json.loads(version.content)
    parts = (Part(each["id"], _read(each.get("rule"))) for each in said.get("parts") or ())
    return Written(rule.read(said["rule"], "rule"), tuple(parts))


def _read(said: Any) -> Rule | None:
    return rule.read(said, "rule") if said is not None else None


def checked(call: Call, said: Any, kept: Kept, at: str = "rule") -> Rule:
    """As at publishing. Raises BadRequest with all that is wrong, each with the way to its node."""
    read = rule.read(said, at)
    if found := list(lists_there(call, read, at)):
        raise BadRequest(found)
    references.inlined(read, kept.look, at)
    return read


def lists_there(call: Call, read: Rule, at: str) -> Iterator[tuple[str, str]]:
    """Finds fault with lists that are not."""
    for path, node, _ in rule.nodes(read, at):
        yield from list_missing(call, path, node)


def list_missing(call: Call, path: str, node: Rule) -> Iterator[tuple[str, str]]:
    if isinstance(node, InList):
        yield from missing(call, "list", node.id, f"{path}.id")


def uncounted(call: Call, whole: Rule) -> Iterator[str]:
    """Why the rule, with all that it names, cannot be told of everybody yet."""
    for each in references.needs([whole]).values():
        if why := measures.uncounted(call, each, or_else="; publishing the segment defines it by itself"):
            yield why
