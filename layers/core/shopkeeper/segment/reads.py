"""What of a customer a verdict depends on."""

from dataclasses import dataclass, field, fields

from shopkeeper.customer import glancing
from shopkeeper.customer.glancing import Glance
from shopkeeper.customer.measures.registered import Registered


@dataclass(frozen=True, slots=True)
class Reads:
    """Names of events, the shop's own measures by their ids, the outermost names of traits, ids of lists, topics.

    `others` are other parts of the document, by their names; `measures` stands for all of them.
    """

    events: set[str] = field(default_factory=set)
    registered: dict[str, Registered] = field(default_factory=dict)
    traits: set[str] = field(default_factory=set)
    lists: set[str] = field(default_factory=set)
    topics: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)

    def __or__(self, other: "Reads") -> "Reads":
        return Reads(*(getattr(self, each.name) | getattr(other, each.name) for each in fields(self)))

    @property
    def parts(self) -> set[str]:
        """Of the document."""
        asked = {"traits": self.traits, "lists": self.lists, "consents": self.topics}
        return {name for name, named in asked.items() if named} | self.others - {"measures"}

    @property
    def glance(self) -> Glance:
        """What reads of a customer no more than this."""
        return glancing.glance(self.parts, self.events, self.registered.keys())
