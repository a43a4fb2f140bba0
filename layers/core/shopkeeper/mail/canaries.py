"""A canary: a mail to SES's own simulator, by which it is seen whether what SES tells of mails comes in at all."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP

from shopkeeper import clock
from shopkeeper.mail.ports import Mail

TO = "success@simulator.amazonses.com"
TAG = "canary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """Instants are text, "" where there is none. One is sent each minute until `wanted_until`, in the name of `brand`
    (`<id>#<version>`). `back_at` is when SES took the newest one that it has told us of."""

    wanted_until: str = ""
    brand: str = ""
    back_at: str = ""

    def is_wanted(self, now: datetime) -> bool:
        return self.wanted_until > clock.to_text(now)


def letter(sender: str, now: datetime) -> Mail:
    """From the address of the sender."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, TO, "Canary"
    message.set_content("Shopkeeper looks whether SES can be heard.")
    return Mail(send_id="", sender=sender, recipient=TO, raw=message.as_bytes(), canary=str(int(now.timestamp())))
