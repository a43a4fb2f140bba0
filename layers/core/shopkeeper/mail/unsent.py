"""What a customer's memory gets of a letter that is not sent: that it was not, and why.

It is read off the row alone, and is the same each time: so whoever finds the row at its end may tell it again, and it
counts once. What SES says of a mail is told by `feedback`.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from shopkeeper.customer import interaction
from shopkeeper.customer.interaction import Interaction, raw
from shopkeeper.mail import ledger
from shopkeeper.mail.ledger import Send
from shopkeeper.mail.ports import Memory

NAME = "Not Sent"


class _End(NamedTuple):
    reason: str
    at: str


def tell(rows: Iterable[Send], memory: Memory) -> None:
    """Of those that are held out, or were given up by our own verdict, and of no others."""
    if told := [interaction.encode(fact) for row in rows for fact in facts(row)]:
        memory.send(told)


def facts(row: Send) -> Iterator[Interaction]:
    """One, or none. What was given up for another send to the same person kept no letter from anybody."""
    end = _end(row)
    if end is None or end.reason == ledger.MERGED:
        return
    properties = {"topic": row.topic, "reason": end.reason, **row.names}
    yield Interaction(
        subject=f"customer:{row.customer_id}",
        message_id=f"{row.send_id}/{row.state}/{row.attempt}",
        type="track",
        name=NAME,
        at=end.at,
        received_at=end.at,
        source="mail",
        trusted=True,
        raw_properties=raw({name: text for name, text in properties.items() if text}),
    )


def _end(row: Send) -> _End | None:
    if row.state == ledger.HELD_OUT:
        return _End(ledger.HELD_OUT, row.planned_at)
    is_ours = row.state == ledger.NOT_SENT and row.failure_source == ledger.LOCAL
    return _End(row.reason, row.not_sent_at) if is_ours else None
