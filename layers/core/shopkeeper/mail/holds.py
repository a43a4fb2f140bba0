"""An activity whose mail SES refuses for what lies with us is held: it waits, and none of its recipients is given up.

A hold ends by itself after a while, and the next send tries. It is over when SES has taken a mail again; until then
it is shown, and a further refusal holds the activity for another while.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shopkeeper import clock

LONGEST_ASIDE = timedelta(hours=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Instants are text, "" where there is none; an activity that was never held has the empty hold.

    `why` is a word of `mail.answers`, "" when it is over; `says` is what SES said, without any address. Nothing goes
    out before `until`. `went_on_at` is when SES took a mail again after the last one that is over.
    """

    why: str = ""
    says: str = ""
    since: str = ""
    until: str = ""
    went_on_at: str = ""

    def stops(self, now: datetime) -> bool:
        return self.until > clock.to_text(now)

    def clears(self, refused_at: str) -> bool:
        """SES has taken other mails since it refused one at that instant, and none has been refused since then."""
        return not self.why and bool(refused_at) and self.went_on_at > refused_at

    def lasted(self, now: datetime) -> timedelta:
        """So long a mail that is refused once more stays aside: the longer it goes on, the more others try before it.

        Else a few that SES will never take could keep the activity held among themselves.
        """
        return min(now - clock.from_text(self.since), LONGEST_ASIDE) if self.since else timedelta()
