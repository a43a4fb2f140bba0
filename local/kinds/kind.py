"""A resource type: how it is made, which of its properties count here, and why the others may be ignored."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local.evaluate import TemplateError

if TYPE_CHECKING:
    from local.world import World

Properties = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Resource:
    """What `Ref` and `Fn::GetAtt` give."""

    ref: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kind:
    """`create` is given the world, the logical id and the properties, worked out.

    `ignores` gives the reason for each property that is left out; any other property that `heeds` does not name
    is an error, because it might change what the bundle does.
    """

    create: "Callable[[World, str, Properties], Resource]"
    heeds: frozenset[str] = frozenset()
    ignores: Mapping[str, str] = field(default_factory=dict)

    def make(self, world: "World", name: str, properties: Properties) -> Resource:
        refuse_unknown(name, properties, self.heeds | self.ignores.keys())
        return self.create(world, name, properties)


def refuse_unknown(where: str, properties: Properties, known: frozenset[str] | set[str]) -> None:
    """Raises TemplateError."""
    unknown = properties.keys() - known
    if unknown:
        raise TemplateError(
            f"{where} has {', '.join(sorted(unknown))}, which the local stack does not know: "
            "teach it in local/kinds, or give the reason there why it makes no difference."
        )


PERMISSIONS = "Nothing checks permissions here; tests/template does."
ENCRYPTION = "Nothing is encrypted in memory."
RETENTION = "Nothing outlives the process."
PACE = "One thing runs at a time here, as fast as it can."
WORDS = "Words for people."
