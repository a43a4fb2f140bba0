"""What a launch holds on to while its campaign is edited."""

from dataclasses import dataclass

from shopkeeper import ids
from shopkeeper.campaign.flow import FREE, Flow
from shopkeeper.campaign.hold_outs import NOBODY, HoldOut
from shopkeeper.mail.terms import USUAL, Terms

SKIP, SEND = "skip", "send"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """What a launch holds on to while its campaign is edited. `template` and `brand` are `<id>#<version>`.

    `audience` is the rule as JSON text. Links that have ended lead to `fallback`, "" if there is none, else `home`.
    Sends expire `expires_after` hours behind the time of the launch, 0 for never; `past_due` says what becomes of one
    that is found too late, SKIP or SEND.
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
    terms: Terms = USUAL
    flow: Flow = FREE
    hold_out: HoldOut = NOBODY

    @property
    def content_ref(self) -> str:
        template, _, version = self.template.rpartition("#")
        return ids.content_ref(template, int(version)).hex()
