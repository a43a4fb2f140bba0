"""Who may be written to, case by case, and by hand: what the rule, the table and its double are all held to."""

from dataclasses import dataclass
from itertools import product

from shopkeeper.consent.contact import ASSUMED, BY_HAND, IN, OUT, REQUIRED, Block, Request, Suppression, Word

EARLY, LATE = "2026-03-01T11:00:00.000Z", "2026-03-01T12:00:00.000Z"
TOPIC = "news"

YES, YES_IN_A_FILE = Word(IN, EARLY, "collect"), Word(IN, EARLY, "import")
NO, NO_IN_A_FILE = Word(OUT, EARLY, "recipient"), Word(OUT, EARLY, "import")
COMPLAINT, FORGIVEN = Word(OUT, LATE, "complaint"), Word(IN, LATE, "api:jo")
BOUNCED = Block(OUT, EARLY, "hard_bounce")
RELEASED = Block(IN, LATE, BY_HAND, "u-1")
ADDED = Block(OUT, LATE, BY_HAND, "u-1", "asked by phone")

# What is said of the address, and what that makes of a mail which the customer would get: "" is that it goes.
ADDRESSES = {
    "nothing": (Suppression(), ""),
    "left by a letter": (Suppression(topics={TOPIC: NO}), "opted_out"),
    "left, and came back": (Suppression(topics={TOPIC: YES}), ""),
    "left another topic": (Suppression(topics={"other": NO}), ""),
    "complained": (Suppression(marketing=COMPLAINT), "marketing_out"),
    "complained, and was released": (Suppression(marketing=FORGIVEN), ""),
    "bounced": (Suppression(block=BOUNCED), "address_blocked"),
    "bounced, and was released": (Suppression(block=RELEASED), ""),
    "added by hand": (Suppression(block=ADDED), "address_blocked"),
}


@dataclass(frozen=True)
class Case:
    """What the customer has said of the topic and of all marketing, and what comes of that alone."""

    topic: Word | None
    opt_in: str
    marketing: Word | None
    reason: str

    @property
    def request(self):
        return Request(TOPIC, self.opt_in)


_SAID = {None: "silent", YES: "", YES_IN_A_FILE: "", NO: "opted_out", NO_IN_A_FILE: "opted_out"}
_OF_ALL = {None: "", COMPLAINT: "marketing_out", FORGIVEN: ""}
_SILENT = {REQUIRED: "no_consent", ASSUMED: "", "whatever": "no_consent"}
CASES = [
    Case(topic, opt_in, marketing, _OF_ALL[marketing] or (_SILENT[opt_in] if said == "silent" else said))
    for (topic, said), opt_in, marketing in product(_SAID.items(), _SILENT, _OF_ALL)
]
STRICTNESS = ["marketing_out", "opted_out", "address_blocked", "no_consent", ""]


def strictest(*reasons):
    return min(reasons, key=STRICTNESS.index)
