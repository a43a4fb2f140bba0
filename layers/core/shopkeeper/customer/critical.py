"""Which tickets of a customer are critical and open: whoever waits for help wants no offers meanwhile.

What is not known counts as open: a ticket of which only an update was told, or one that was closed so long ago that its
closing is not among the newest words on tickets any more. To close it once more helps.
"""

from shopkeeper.customer import known
from shopkeeper.customer.document import Document

PRIORITIES = frozenset({"critical", "urgent", "blocker", "p1"})


def open_tickets(document: Document) -> list[str]:
    """By their ids."""
    told, states = document.words.get(known.PRIORITIES, {}), document.words.get(known.TICKETS, {})
    closed = {ticket for ticket, word in states.items() if word.value == known.CLOSED}
    return sorted(ticket for ticket, word in told.items() if word.value in PRIORITIES and ticket not in closed)
