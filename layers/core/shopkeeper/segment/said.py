"""A rule as a field of what people define: read by `segment.rule`, which names the node at fault."""

import json
from typing import Annotated, Any

from pydantic import PlainSerializer, TypeAdapter

from shopkeeper.segment import rule


class Described:
    """Says what the field looks like."""

    def __get_pydantic_json_schema__(self, _: Any, handler: Any) -> Any:
        return handler(TypeAdapter(rule.Rule).core_schema)


def as_read(said: Any) -> Any:
    """The same rule is the same content, however it was written."""
    return json.loads(rule.to_json(rule.read(said)))


Said = Annotated[Any, Described(), PlainSerializer(as_read)]
"""A rule in a body."""
