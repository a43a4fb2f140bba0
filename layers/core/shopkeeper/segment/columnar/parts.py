"""Parts of a document in which customers have values under names: of each, only what is asked for is read."""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

import msgspec


class Part:
    """`names` are those that are asked for, any text; None is all there are."""

    def __init__(self, names: Iterable[str] | None, kind: Any) -> None:
        self._fields = {name: f"x{place}" for place, name in enumerate(sorted(names or ()))}
        self.type: Any
        self.default: Any
        self.type, self.default = (dict[str, kind], {}) if names is None else self._struct(kind)

    def _struct(self, kind: Any) -> tuple[Any, Any]:
        fields = [(field, kind, None) for field in self._fields.values()]
        try:
            names = {field: name for name, field in self._fields.items()}
            struct = msgspec.defstruct("Part", fields, rename=names, frozen=True, gc=False)
        except ValueError:  # A name that stands otherwise in JSON, such as one with quotes, is found among all.
            return dict[str, kind], {}
        return struct, struct()

    def column(self, read: Sequence[Any], name: str) -> list[Any]:
        """What stands under the name, None for nothing."""
        if self.default == {}:
            return [each.get(name) for each in read]
        return list(map(attrgetter(self._fields[name]), read))
