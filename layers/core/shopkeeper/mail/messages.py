"""Messages: mail to one customer, sent at once because of something they did, such as the confirmation of an order.

A message is a row of the ledger like any other, of an activity `message:<template>`. Its occurrence comes from the key
that whoever asks for it gives it, so asking again finds it. What it says stands apart from the row, and is erased.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shopkeeper import clock, ids
from shopkeeper.consent.classes import TRANSACTIONAL
from shopkeeper.mail import ledger
from shopkeeper.mail.ledger import MESSAGE, Send
from shopkeeper.mail.moves import queued

STEP = "message"
MOST_BYTES = 8 * 1024
"""Of what one message says, as JSON text."""
USUAL_HOURS, MOST_HOURS = 72, 24 * 7
"""After which a message that has not gone will not go any more: a receipt of last month only worries people."""
SAID_FOR = timedelta(days=30)
"""What a message says is erased then; its row, which says what became of it, stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`asked` is a digest of the request, by which the same key with another one is told apart; `said` is JSON text."""

    occurrence: str
    send_id: str
    asked: str
    said: str


def planned(
    *, customer_id: str, template: str, brand: str, occurrence: str, now: datetime, hours: int, shards: int
) -> Send:
    """`template` and `brand` are `<id>#<version>`. It may go at once, and the clock looks whether it has."""
    template_id, _, number = template.rpartition("#")
    row = ledger.planned(
        customer_id=customer_id,
        activity=f"{MESSAGE}{template_id}",
        step=STEP,
        occurrence=occurrence,
        planned_at=now,
        template=template,
        content_ref=ids.content_ref(template_id, int(number)).hex(),
        brand=brand,
        mail_class=TRANSACTIONAL,
        expires_at=clock.to_text(now + timedelta(hours=hours)),
    )
    return queued(row, now, shards).applied(replace(row, activity_shard=shard(template_id, now)))


def shard(template: str, at: datetime) -> str:
    """All messages of a template that were asked for within an hour, in UTC: nothing counts them, and they are listed
    by when they were asked for."""
    return f"{MESSAGE}{template}/{clock.to_text(at)[: len('2026-03-01T12')]}"
