"""What a hit on a signed link, and what its recipient says of a mail, mean for its send."""

from collections.abc import Collection
from dataclasses import dataclass

from shopkeeper import ids
from shopkeeper.customer.rows import Row

MOST_HITS = 32
"""Of one mail so many are told apart. Beyond them only the first of its kind, by class and link, is noted."""
_SHORT = 8
_WHO = {"unknown": "u", "machine": "m"}

# By event name and class of the hit. A machine that looks at a mail is not the person it was written to.
_ATTRIBUTES = {
    ("Email Opened", "unknown"): "opened_at",
    ("Email Opened", "machine"): "opened_machine_at",
    ("Email Link Clicked", "unknown"): "clicked_at",
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

    `hit` stands among the row's `hits`, each once: `<u or m><link>/<short digest>`, u for unknown and m for a machine,
    an open without a link. Empty for what is no hit.
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
    """`u3` for whoever followed the link 3, `u` for whoever opened, `m3` and `m` for machines that did."""
    return hit.partition("/")[0]


def outcome_of(row: Row) -> Outcome | None:
    """None for all that is no fact of our own: anybody can say "Email Opened" with a write key."""
    attribute = _opted_out(row) or (_hit(row) if row.source == "tracking" else None)
    return Outcome(row.message_id.partition("/")[0], attribute, row.at, _named(row)) if attribute else None


def _opted_out(row: Row) -> str | None:
    return _OPTED_OUT.get((row.source, row.name))


def _hit(row: Row) -> str | None:
    said = row.said().get("properties", {})
    return None if said.get("unverified") else _ATTRIBUTES.get((row.name, said.get("class", "")))


def _named(row: Row) -> str:
    if row.source != "tracking":
        return ""
    said = row.said()["properties"]
    return f"{_WHO[said['class']]}{said.get('link', '')}/{ids.digest(row.message_id)[:_SHORT]}"
