"""What a hit on a signed link, and what its recipient says of a mail, mean for its send."""

from dataclasses import dataclass

from shopkeeper.customer.rows import Row

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
    """`attribute` of the Sends row holds the earliest such instant, text as `clock.to_text` writes it."""

    send_id: str
    attribute: str
    at: str


def outcome_of(row: Row) -> Outcome | None:
    """None for all that is no fact of our own: anybody can say "Email Opened" with a write key."""
    attribute = _opted_out(row) or (_hit(row) if row.source == "tracking" else None)
    return Outcome(row.message_id.partition("/")[0], attribute, row.at) if attribute else None


def _opted_out(row: Row) -> str | None:
    return _OPTED_OUT.get((row.source, row.name))


def _hit(row: Row) -> str | None:
    said = row.said().get("properties", {})
    return None if said.get("unverified") else _ATTRIBUTES.get((row.name, said.get("class", "")))
