"""How many mails of a journey one run may plan in so many seconds. Pure.

What counts is what the run has planned, in the leg that is deciding too: nobody else has seen that yet.
"""

from shopkeeper.customer.instants import from_ms
from shopkeeper.journey.facts import MailVerdict
from shopkeeper.journey.graph import Terms
from shopkeeper.journey.nodes import Message
from shopkeeper.journey.run import Run
from shopkeeper.journey.way import PLANNED
from shopkeeper.mail.ledger import OTHER

FULL = f"{OTHER}:journey_cap"


def full(terms: Terms, message: Message, run: Run, now: int) -> MailVerdict | None:
    """None where there is room for this mail. A window is half open: what was planned exactly so long ago is out."""
    if not terms.caps or message.mail_class == "transactional":
        return None
    planned = sorted((each.at for each in run.history if each.outcome == PLANNED), reverse=True)
    reached = (planned[cap.most - 1] + cap.per * 1000 for cap in terms.caps if len(planned) >= cap.most)
    opens_at = max(reached, default=now)
    if opens_at <= now:
        return None
    said, skips = {"opens_at": from_ms(opens_at)}, terms.when_capped == "skip"
    return MailVerdict("never" if skips else "later", now if skips else opens_at, FULL, said)
