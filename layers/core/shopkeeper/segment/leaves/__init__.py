"""The leaves of a rule: each asks one thing about a customer. No operator, count or window has a default.

values   comparisons with values, and the measures that leaves are about
windows  the times that count
counted  what happened: how often, how much, when first, in which order
mailed   what became of letters
dated    dates among the traits, birthdays, and how long a customer has been known
known    all else: traits, lists, segments, consents, places, scores, chance
"""

from shopkeeper.segment.leaves.counted import Abandoned, Count, First, Last, Regular, Sequence, Total
from shopkeeper.segment.leaves.dated import Anniversary, Date, ProfileAge
from shopkeeper.segment.leaves.known import Bucket, Consent, InList, InSegment, Near, Place, Reachable, Rfm, Trait
from shopkeeper.segment.leaves.mailed import Engaged, Outcome

Leaf = (
    Count
    | Total
    | First
    | Last
    | Sequence
    | Abandoned
    | Regular
    | Engaged
    | Outcome
    | Trait
    | Date
    | Anniversary
    | ProfileAge
    | InList
    | InSegment
    | Consent
    | Place
    | Reachable
    | Near
    | Rfm
    | Bucket
)

__all__ = [
    "Abandoned",
    "Anniversary",
    "Bucket",
    "Consent",
    "Count",
    "Date",
    "Engaged",
    "First",
    "InList",
    "InSegment",
    "Last",
    "Leaf",
    "Near",
    "Outcome",
    "Place",
    "ProfileAge",
    "Reachable",
    "Regular",
    "Rfm",
    "Sequence",
    "Total",
    "Trait",
]
