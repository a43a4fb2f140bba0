"""What of a customer a verdict depends on."""

from dataclasses import dataclass, field

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
