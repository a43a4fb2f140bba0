"""What an activity says of its mail beside the letter, as far as the door asks for it at each send."""

from typing import Literal

import msgspec

from shopkeeper import ids
from shopkeeper.consent.quiet import Quiet
from shopkeeper.mail import utm
from shopkeeper.mail.offers import Offered
from shopkeeper.mail.utm import Utm

PRIORITY = 5

WhenCapped = Literal["wait", "skip"]


class Bought(msgspec.Struct, frozen=True, kw_only=True):
    """A purchase within so many days, of what is said of it here."""

    days: int
    sku: str = ""
    product: str = ""
    category: str = ""


class Terms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`priority` is 0 to 9: a cap may keep places for what is of a high one.

    `when_capped`: a customer who has had as many mails as a cap allows is left out, or waited for. `quiet` hours of its
    own hold beside those of the policy; service mail that is `critical` goes at any hour.
    Who has bought what stands in `unless_bought` does not get it. Its links carry `utm`, and its letters
    an `offer`.
    """

    priority: int = PRIORITY
    when_capped: WhenCapped = "skip"
    quiet: Quiet | None = None
    critical: bool = False
    unless_bought: Bought | None = None
    utm: Utm = utm.NONE
    offer: Offered | None = None


USUAL = Terms()
"""Of what says nothing."""


class Letter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`template` is `<id>#<version>`, "" for none; `variant` is what an activity of several letters calls this one. Its
    links carry `utm`."""

    template: str = ""
    variant: str = ""
    utm: Utm = utm.NONE

    @property
    def template_ref(self) -> str:
        """Of the content version as the template has it."""
        template, _, version = self.template.rpartition("#")
        return ids.content_ref(template, int(version)).hex() if template else ""

    @property
    def content_ref(self) -> str:
        """The same with its links as they are in this letter."""
        return self.utm.content_ref(self.template_ref) if self.template else ""


NO_LETTER = Letter()
