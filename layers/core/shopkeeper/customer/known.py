"""What interactions of known names say of tickets, feedback, concerns, configurations, forms, accounts and whereabouts.

Each is told as a word on a thing (see `words`), in a family of its own, or as one on each of its fields (see `things`).
What is not as it should be says nothing: the interaction is remembered all the same.
"""

from collections.abc import Callable, Iterator
from typing import Any

from shopkeeper.customer import addresses, asks, consents, given_outcomes, purchases, things, wishes
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.things import ACCOUNTS, CONCERNS, CONFIGURATIONS, FEEDBACK
from shopkeeper.customer.words import Said, id_text, is_name, texts

TICKETS = "tickets"
PRIORITIES = "priorities"
SUBJECTS = "subjects"
ORDERED = "ordered"
FORMS = "forms"
HELD_OUT = "held_out"
SEEN = "seen"

NOT_SENT = "Not Sent"
FEEDBACK_GIVEN = "Feedback Given"
CONCERN_NOTED = "Concern Noted"
CONFIGURATION_ORDERED = "Configuration Ordered"
ABOUT_TICKETS = ("Ticket Opened", "Ticket Updated", "Ticket Closed")
ABOUT_CONFIGURATIONS = ("Configuration Saved", "Configuration Updated", CONFIGURATION_ORDERED)
ABOUT_FORMS = ("Form Started", "Form Completed")

OPEN, CLOSED = "open", "closed"
COMPLETED = "completed"

_PARTS = ("role", "persona", "motivation")
_CLOSED = frozenset({"closed", "solved", "resolved"})


def stated(interaction: Interaction) -> Iterator[Said]:
    yield from _circumstances(interaction)
    yield from given_outcomes.stated(interaction)
    yield from asks.stated(interaction)
    if interaction.type == "group":
        yield from _account(interaction)
    elif interaction.type == "track" and interaction.name in _READERS:
        yield from _READERS[interaction.name](interaction)


def _circumstances(interaction: Interaction) -> Iterator[Said]:
    """Where a person was, and on what; a machine that looked at a page in somebody's name says nothing about either."""
    context = interaction.context
    device = context.get("device_class")
    if not context or device == "machine":
        return
    for name, value in (
        ("device", device),
        ("country", context.get("country")),
        ("zone", context.get("zone") or context.get("timezone")),
        ("locale", context.get("locale")),
    ):
        if is_name(value):
            yield Said(SEEN, name, value)


def _account(interaction: Interaction) -> Iterator[Said]:
    """Properties are about the person in the account, traits are the account's own. On a trusted word alone."""
    account_id = id_text(interaction.properties.get("groupId"))
    if account_id and interaction.trusted:
        told = part(interaction.properties) | texts(interaction.traits, "name")
        yield from things.say(ACCOUNTS, account_id, told)


def part(said: dict[str, Any]) -> dict[str, str]:
    """What somebody is in an account, as far as it is said; empty for what null takes away."""
    no_more = {name: "" for name in _PARTS if name in said and said[name] is None}
    return texts(said, *_PARTS) | no_more


def _ticket(status: str) -> Callable[[Interaction], Iterator[Said]]:
    def read(interaction: Interaction) -> Iterator[Said]:
        """On a trusted word alone: an open ticket can hold back mail."""
        said = interaction.properties
        ticket = id_text(said.get("ticket_id"))
        if not ticket or not interaction.trusted:
            return
        told = status or _told_status(said.get("status"))
        if told:
            yield Said(TICKETS, ticket, told)
            yield from things.say_fields(TICKETS, ticket, _wording(said.get("status"), told))
        if is_name(said.get("priority")):
            yield Said(PRIORITIES, ticket, said["priority"].strip().lower())
        for subject in texts(said, "subject").values():
            yield Said(SUBJECTS, ticket, subject)

    return read


def _told_status(status: object) -> str:
    """An update may speak of other things than whether the ticket is open."""
    if not isinstance(status, str) or not status.strip():
        return ""
    return CLOSED if status.strip().lower() in _CLOSED else OPEN


def _wording(status: object, told: str) -> dict[str, str]:
    """What the shop calls the status, such as pending, unless that is at odds with what the event means."""
    return {"status": status.strip().lower()} if is_name(status) and _told_status(status) == told else {}


def _feedback(interaction: Interaction) -> Iterator[Said]:
    said = interaction.properties
    about = id_text(said.get("about"))
    given = texts(said, "text") | _of_type(said, "score", int | float) | _of_type(said, "helped", bool)
    if about and given:
        yield from things.say(FEEDBACK, about, given)


def _concern(interaction: Interaction) -> Iterator[Said]:
    topic = id_text(interaction.properties.get("topic"))
    if topic:
        yield from things.say(CONCERNS, topic, texts(interaction.properties, "horizon", "due"))


def _configuration(interaction: Interaction) -> Iterator[Said]:
    said = interaction.properties
    configuration = id_text(said.get("config_id"))
    if not configuration:
        return
    priced = texts(said, "base", "currency", "url", "price") | _of_type(said, "price", int | float)
    chosen = {"options": things.options(said["options"])} if "options" in said else {}
    yield from things.say(CONFIGURATIONS, configuration, priced | chosen)
    if interaction.name == CONFIGURATION_ORDERED:
        yield Said(ORDERED, configuration, "ordered")


def _form(status: str) -> Callable[[Interaction], Iterator[Said]]:
    def read(interaction: Interaction) -> Iterator[Said]:
        said = interaction.properties
        form = id_text(said.get("form") or said.get("form_id"))
        if form:
            yield Said(FORMS, form, status)

    return read


def _not_sent(interaction: Interaction) -> Iterator[Said]:
    """What it says of the address, and from which letters somebody was held out by lot: whoever compares asks what they
    did behind them. That is so on our own word alone."""
    yield from addresses.stated(interaction)
    said = interaction.properties
    if interaction.source == "mail" and said.get("reason") == HELD_OUT and is_name(said.get("send_id")):
        yield Said(HELD_OUT, said["send_id"], "")


_READERS: dict[str, Callable[[Interaction], Iterator[Said]]] = {
    "Order Completed": purchases.bought,
    "Order Cancelled": purchases.cancelled,
    **{name: _ticket(status) for name, status in zip(ABOUT_TICKETS, (OPEN, "", CLOSED), strict=True)},
    **dict.fromkeys(addresses.NAMES, addresses.stated),
    consents.CHANGED: wishes.stated,
    NOT_SENT: _not_sent,
    FEEDBACK_GIVEN: _feedback,
    CONCERN_NOTED: _concern,
    **dict.fromkeys(ABOUT_CONFIGURATIONS, _configuration),
    **{name: _form(status) for name, status in zip(ABOUT_FORMS, ("started", COMPLETED), strict=True)},
}
NAMES = frozenset(_READERS)


def _of_type(said: dict[str, Any], name: str, kind: Any) -> dict[str, Any]:
    value = said.get(name)
    is_meant = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    return {name: value} if is_meant else {}
