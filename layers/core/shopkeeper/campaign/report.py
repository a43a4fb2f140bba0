"""What became of a launch, in numbers that are counted from its rows.

The index that rows are counted by is a moment behind the rows; each report says of which instant it is.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Protocol, cast

from typing_extensions import TypedDict

from shopkeeper import clock
from shopkeeper.campaign import conversion, hits, outcomes, sales
from shopkeeper.campaign.conversion import ConversionView
from shopkeeper.campaign.hits import Engagement, HourView, LinkView
from shopkeeper.campaign.launch import Launch, State
from shopkeeper.campaign.sales import Lift, Sales
from shopkeeper.mail.ledger import Send
from shopkeeper.mail.variants import Variant

# Counting more rows takes longer than a request may: such a launch is reported as it was when it was last counted.
MOST_AT_ONCE = 5_000


class Rows(Protocol):
    def of_activity(self, activity: str, occurrence: str) -> Iterable[Send]: ...


@dataclass(frozen=True, slots=True)
class Report:
    """`counts` as `outcomes.count` names them."""

    launch: Launch
    as_of: str
    counts: outcomes.Counts


class Numbers(TypedDict):
    """Each customer counts once. It always holds:

    targeted = pending + in_flight + unknown + sent + not_sent;
    sent = opened + unopened + waiting + bounced; not_sent = malformed + do_not_contact + other_failures;
    malformed_ever = malformed + resubmitted_malformed.
    """

    targeted: int
    held_out: int
    pending: int
    in_flight: int
    unknown: int
    sent: int
    not_sent: int
    opened: int
    unopened: int
    waiting: int
    bounced: int
    malformed: int
    do_not_contact: int
    other_failures: int
    resubmitted_malformed: int
    malformed_ever: int
    delivered: int
    unsubscribed: int
    complained: int
    ordered: int
    held_out_ordered: int
    opens: Engagement
    clicks: Engagement


class VariantNumbers(Numbers):
    """Of those who got this letter, or are to get it. Who was held out was to get none."""

    id: str
    template: str
    share: int
    sales: Sales


class ReportView(Numbers):
    """`waiting` mails may still be opened within `opened_within_days`. `held_out` customers are not targeted.

    `complained` ones count among the `unsubscribed`, and so do those who took it back later. `reasons` of
    `other_failures` say what a template missed (`render: traits.city`), of at most 20 kinds; the others count as
    `render`. `broken` names the sums that do not add up: none ever should.

    `ordered` are people to whom an order counts for this letter, as its `conversion` says, `held_out_ordered` those to
    whom it would have counted; `sales` are these orders, and `held_out_sales`. `lift` compares both, where any were
    held out: rightly only as far as those who were not sent to are few, as nobody asks of whom is held out what speaks
    against the letter.

    `opens` and `clicks` are people, `opens_in_all` and `clicks_in_all` how often, each of at most 32 times of one
    recipient. `hours`, of which at most 72 are told, add up to `opened` and to the human `clicks`.
    """

    campaign: str
    launch: str
    state: str
    as_of: str
    opened_within_days: int
    conversion: ConversionView
    sales: Sales
    held_out_sales: Sales
    lift: Lift | None
    variants: list[VariantNumbers]
    opens_in_all: Engagement
    clicks_in_all: Engagement
    links: list[LinkView]
    hours: list[HourView]
    reasons: dict[str, dict[str, int]]
    broken: list[str]


def report(launch: Launch, rows: Rows, now: datetime) -> Report:
    """As of now where that can be counted while somebody waits, else as the launch keeps it.

    How many rows there are is not known while they are planned, so that is found out by counting.
    """
    if launch.found <= MOST_AT_ONCE:
        found = list(islice(rows.of_activity(launch.activity, launch.id), MOST_AT_ONCE + 1))
        if len(found) <= MOST_AT_ONCE:
            return Report(launch, clock.to_text(now), outcomes.count(found, now))
    if launch.as_of:
        return Report(launch, launch.as_of, launch.outcomes)
    # Nobody has counted yet: those who were found are still to be written to.
    known = launch.found or MOST_AT_ONCE
    return Report(launch, launch.frozen_at or launch.begun_at, {"targeted": known, "pending": known})


def standing(launch: Launch) -> State:
    """As people are told it: one that is large is running, and awaits approval all the same."""
    return "awaiting_approval" if launch.awaits_approval else launch.state


def shown(made: Report, urls: Callable[[str], Sequence[str]]) -> ReportView:
    """`urls` says where the links of a content version lead, by their numbers."""
    letters = {letter.content_ref: letter.template for letter in made.launch.pins.letters}
    return {
        **_numbers(made.counts),
        "campaign": made.launch.campaign,
        "launch": made.launch.id,
        "state": standing(made.launch),
        "as_of": made.as_of,
        "opened_within_days": outcomes.WINDOW.days,
        "conversion": conversion.shown(made.launch.pins.conversion),
        "sales": sales.sales(made.counts),
        "held_out_sales": sales.held_out(made.counts),
        "lift": sales.lift(made.counts),
        "variants": [_of_variant(made.counts, each) for each in made.launch.pins.variants],
        "opens_in_all": hits.opens(made.counts),
        "clicks_in_all": hits.clicks(made.counts),
        "links": [each for ref, said in letters.items() for each in hits.links(made.counts, ref, said, urls(ref))],
        "hours": hits.hours(made.counts),
        "reasons": outcomes.reasons(made.counts),
        "broken": outcomes.violations(made.counts),
    }


def _of_variant(counts: outcomes.Counts, variant: Variant) -> VariantNumbers:
    numbers = _numbers(outcomes.of_variant(counts, variant.id))
    said = {"id": variant.id, "template": variant.template, "share": variant.share}
    return cast(VariantNumbers, {**numbers, **said, "sales": sales.sales(counts, variant.id)})


def _numbers(said: outcomes.Counts) -> Numbers:
    counts = {name: said.get(name, 0) for name in outcomes.NAMES}
    opens = hits.engagement(counts["opened"], counts.pop("opened_unknown"), counts.pop("opened_any"))
    clicks = hits.engagement(counts.pop("clicked"), counts.pop("clicked_unknown"), counts.pop("clicked_any"))
    return cast(Numbers, {**counts, "opens": opens, "clicks": clicks})
