"""What a hit on a signed link means for its send."""

from dataclasses import dataclass

from shopkeeper.customer.rows import Row

# By event name and class of the hit. A machine that looks at a mail is not the person it was written to.
_ATTRIBUTES = {
    ("Email Opened", "unknown"): "opened_at",
    ("Email Opened", "machine"): "opened_machine_at",
    ("Email Link Clicked", "unknown"): "clicked_at",
    ("Email Link Clicked", "machine"): "clicked_machine_at",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """`attribute` of the Sends row holds the earliest such instant, text as `clock.to_text` writes it."""

    send_id: str
    attribute: str
    at: str


def outcome_of(row: Row) -> Outcome | None:
    """None for all that is no hit of our own: anybody can say "Email Opened" with a write key."""
    if row.source != "tracking":
        return None
    said = row.said().get("properties", {})
    attribute = _ATTRIBUTES.get((row.name, said.get("class", "")))
    if attribute is None or said.get("unverified"):
        return None
    return Outcome(row.message_id.partition("/")[0], attribute, row.at)
