"""The letters of a campaign tried on some, and the others get the one that did best.

Pure: a count of the rows and what the campaign says give the winner, with the numbers that it rests on.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Literal

import msgspec

from shopkeeper import ids
from shopkeeper.campaign.outcomes import Counts, of_variant
from shopkeeper.mail.variants import Variant

By = Literal["human_clicks", "conversions"]
Why = Literal["most_clicks", "most_orders", "tie", "too_few"]
LEAST_SENT = 100


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """`test_percent` of the recipients get their variants at once; the others wait for the count that is made
    `after_minutes`. It says something where at least so many mails of each variant went."""

    after_minutes: int
    test_percent: int
    by: By = "human_clicks"
    least: int = LEAST_SENT


class Score(msgspec.Struct, frozen=True):
    """Mails that went, of how many of them a person followed a link, and to how many of their recipients an order
    counts."""

    sent: int
    clicked: int
    ordered: int = 0

    def rate(self, by: By) -> Fraction:
        return Fraction(self.ordered if by == "conversions" else self.clicked, max(self.sent, 1))


class Winner(msgspec.Struct, frozen=True, kw_only=True):
    """The id of the variant that the others get, as counted at `as_of`."""

    variant: str
    why: Why
    as_of: str
    scores: Mapping[str, Score]


def is_tried_on(trial: Trial, activity: str, customer_id: str) -> bool:
    return ids.place(f"trial/{activity}/{customer_id}", 100) < trial.test_percent


def winner(trial: Trial, variants: Sequence[Variant], counts: Counts, as_of: str) -> Winner:
    """The best one; of several that did equally well the first of them; and the first of all where nothing can be
    said yet."""
    scores = dict(_scores(variants, counts))
    rates = {name: score.rate(trial.by) for name, score in scores.items()}
    leading = [name for name, rate in rates.items() if rate == max(rates.values())]
    if any(score.sent < trial.least for score in scores.values()):
        return Winner(variant=variants[0].id, why="too_few", as_of=as_of, scores=scores)
    most: Why = "most_orders" if trial.by == "conversions" else "most_clicks"
    return Winner(variant=leading[0], why="tie" if leading[1:] else most, as_of=as_of, scores=scores)


def _scores(variants: Sequence[Variant], counts: Counts) -> Iterator[tuple[str, Score]]:
    for each in variants:
        own = of_variant(counts, each.id)
        yield each.id, Score(own["sent"], own["clicked"], own["ordered"])
