"""What a launch holds on to while its campaign is edited."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import structs

from shopkeeper import clock
from shopkeeper.campaign import calendar, conversion
from shopkeeper.campaign.calendar import ONCE, Schedule
from shopkeeper.campaign.conversion import Conversion
from shopkeeper.campaign.flow import FREE, Flow
from shopkeeper.campaign.hold_outs import NOBODY, HoldOut
from shopkeeper.campaign.trial import Trial, is_tried_on
from shopkeeper.mail.terms import NO_LETTER, USUAL, Letter, Terms
from shopkeeper.mail.variants import Variant, drawn

SKIP, SEND = "skip", "send"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """What a launch holds on to while its campaign is edited. `template` and `brand` are `<id>#<version>`; with
    `variants` there is no template beside them.

    `audience` is the rule as JSON text. Links that have ended lead to `fallback`, "" if there is none, else `home`.
    Sends expire `expires_after` hours behind the time of the launch, 0 for never; `past_due` says what becomes of one
    that is found too late, SKIP or SEND. Without a second person it goes to no more than `approval_over`, None for any.
    """

    version: int
    audience: str
    template: str
    brand: str
    topic: str
    mail_class: str
    home: str = ""
    fallback: str = ""
    expires_after: int = 0
    past_due: str = SKIP
    needs_approval: bool = False
    approval_over: int | None = None
    terms: Terms = USUAL
    flow: Flow = FREE
    hold_out: HoldOut = NOBODY
    variants: tuple[Variant, ...] = ()
    trial: Trial | None = None
    schedule: Schedule = ONCE
    conversion: Conversion = conversion.USUAL

    @property
    def recurs(self) -> bool:
        return self.schedule.recurring is not None

    def last_at(self, wall_at: str, run_at: datetime) -> datetime:
        """When its time has come for each recipient."""
        return self.schedule.last_at(calendar.from_text(wall_at)) if self.schedule.local else run_at

    @property
    def letters(self) -> tuple[Letter, ...]:
        """Each that somebody may get."""
        letters = tuple(each.letter for each in self.variants) or (Letter(template=self.template),)
        return tuple(map(self._with_utm, letters))

    def letter_for(self, activity: str, customer_id: str) -> Letter:
        """None yet for who gets the winner of a trial."""
        if self.trial and not is_tried_on(self.trial, activity, customer_id):
            return NO_LETTER
        if not self.variants:
            return self.letters[0]
        return self._with_utm(drawn(self.variants, activity, customer_id).letter)

    def decides_at(self, frozen_at: datetime) -> str:
        """When a trial is over, "" where nothing is tried."""
        return clock.to_text(frozen_at + timedelta(minutes=self.trial.after_minutes)) if self.trial else ""

    def _with_utm(self, letter: Letter) -> Letter:
        return structs.replace(letter, utm=self.terms.utm)
