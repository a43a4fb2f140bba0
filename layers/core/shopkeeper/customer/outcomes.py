"""What a hit on a signed link, and what its recipient says of a mail, mean for its send."""

from collections.abc import Collection
from dataclasses import dataclass

from shopkeeper.customer import unjudged
from shopkeeper.customer.rows import Row

MOST_HITS = 32
"""Of one mail so many are told apart. Beyond them only the first of its kind, by class and link, is noted."""
_WHO = {"human": "u", "machine": "m"}

# By event name and class of the hit. A machine that looks at a mail is not the person it was written to.
_ATTRIBUTES = {
    ("Email Opened", "human"): "opened_at",
    ("Email Opened", "machine"): "opened_machine_at",
    ("Email Link Clicked", "human"): "clicked_at",
    ("Email Link Clicked", "machine"): "clicked_machine_at",
}
# By source and event name. Who calls a mail spam wants no more of them, and says so about this one.
_OPTED_OUT = {
    ("recipient", "Unsubscribed"): "unsubscribed_at",
    ("feedback", "Email Marked as Spam"): "unsubscribed_at",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """`attribute` of the Sends row holds the earliest such instant, text as `clock.to_text` writes it.

    `hit` stands among the row's `hits`, each once: `u` for somebody or `m` for a machine, and its `unjudged.mark`.
    Empty for what is no hit.
    """

    send_id: str
    attribute: str
    at: str
    hit: str = ""

    def is_earlier(self, noted_at: str) -> bool:
        return not noted_at or self.at < noted_at

    def adds(self, hits: Collection[str]) -> bool:
        """To the hits of the row. So who did what is exact, and how often up to MOST_HITS."""
        if not self.hit or self.hit in hits:
            return False
        return len(hits) < MOST_HITS or kind_of(self.hit) not in map(kind_of, hits)


def kind_of(hit: str) -> str:
    """`u3` for somebody who followed the link 3, `u` for somebody who opened, `m3` and `m` for machines that did."""
    return hit.partition("/")[0]


def outcome_of(row: Row) -> Outcome | None:
    """None for all that is no fact of our own: anybody can say "Email Opened" with a write key."""
    attribute = _opted_out(row) or (_hit(row) if row.source == "tracking" else None)
    return Outcome(_send(row), attribute, row.at, _named(row)) if attribute else None


def send_of(row: Row) -> str:
    """Of a fact of our own about a mail; empty for all else. What a hit says may be nobody's outcome."""
    is_hit = row.source == "tracking" and bool(row.customer_id)
    return _send(row) if is_hit or _opted_out(row) else ""


def _send(row: Row) -> str:
    return row.message_id.partition("/")[0]


def _opted_out(row: Row) -> str | None:
    return _OPTED_OUT.get((row.source, row.name))


def _hit(row: Row) -> str | None:
    said = row.said().get("properties", {})
    return None if said.get("unverified") else _ATTRIBUTES.get((row.name, unjudged.made_by(said)))


def _named(row: Row) -> str:
    if row.source != "tracking":
        return ""
    said = row.said()["properties"]
    return _WHO[unjudged.made_by(said)] + unjudged.mark(said.get("link"), row.message_id)
