"""Rules in the bodies of requests: what they look like, and what they refer to."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter

from shopkeeper.api import measures
from shopkeeper.api.calls import Call
from shopkeeper.api.versions import missing
from shopkeeper.customer.requests import BadRequest
from shopkeeper.segment import rule
from shopkeeper.segment.leaves import InList, InSegment
from shopkeeper.segment.leaves.counted import needed


class Described:
    """Of a field that is read by `segment.rule`, which names the node at fault: this says what it looks like."""

    def __get_pydantic_json_schema__(self, _: Any, handler: Any) -> Any:
        return handler(TypeAdapter(rule.Rule).core_schema)


def as_read(said: Any) -> Any:
    """The same rule is the same content, however it was written."""
    return json.loads(rule.to_json(rule.read(said)))


def faults(call: Call, said: Any, at: str) -> Iterator[tuple[str, str]]:
    """`at` is the field that the rule stands in."""
    try:
        read = rule.read(said, at)
    except BadRequest as refused:
        yield from refused.findings
        return
    for path, node, _ in rule.nodes(read, at):
        if isinstance(node, InList):
            yield from missing(call, "list", node.id, f"{path}.id")
        elif isinstance(node, InSegment):
            yield f"{path}.id", f"there is no segment {node.id}"
        for each in needed(node):
            if why := measures.uncounted(call, each):
                yield path, why
