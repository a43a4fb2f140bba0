"""Campaigns: who gets which letter, in which name and on which topic."""

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from typing_extensions import TypedDict

from shopkeeper.api import launches, rules, schedules, untold, variants
from shopkeeper.api.brands import Page, Utm
from shopkeeper.api.calls import Call
from shopkeeper.api.hours import Quiet
from shopkeeper.api.schedules import Schedule
from shopkeeper.api.untold import FieldWarning
from shopkeeper.api.variants import Winner
from shopkeeper.api.versions import Kind, missing
from shopkeeper.aws.definitions import Version
from shopkeeper.campaign.conversion import LONGEST, WINDOW_DAYS
from shopkeeper.campaign.launch import Launch, launch_id
from shopkeeper.customer.requests import HoldOut, InWords, Strict, Text
from shopkeeper.mail.asked import Offered, TemplateId, Variants
from shopkeeper.mail.holds import Hold
from shopkeeper.mail.terms import WhenCapped
from shopkeeper.segment.said import Said

MOST_HOURS = 24 * 366
MOST_A_MINUTE = 1_000_000
MOST_FIRST = 10_000_000
MOST_CENTS = 10**9
Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class Ramp(Strict):
    """So many on the first day, of 24 hours, and each day `factor` times as many."""

    first_day: Annotated[int, Field(ge=1, le=MOST_FIRST)]
    factor: Annotated[float, Field(ge=1, le=10)] = 2.0


class First(Strict):
    """`count` of the recipients go first, who are the same whenever one looks. All others go so many minutes after they
    could, or wait for `go-on`."""

    count: Annotated[int, Field(ge=1, le=MOST_FIRST)]
    then: Annotated[
        Annotated[int, Field(ge=1, le=60 * MOST_HOURS)] | Literal["wait"],
        InWords(f"is either 'wait' or so many minutes, a whole number from 1 to {60 * MOST_HOURS}"),
    ] = "wait"


class Budget(Strict):
    """What its mails may cost: an amount in US cents."""

    amount: Annotated[int, Field(ge=1, le=MOST_CENTS)]
    currency: Literal["USD"] = "USD"


class Goods(Strict):
    """This `sku`, or `product`, or whatever of this `category`; of several all have to fit."""

    sku: Text | None = None
    product: Text | None = None
    category: Text | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not (self.sku or self.product or self.category):
            raise ValueError("names a sku, a product or a category")
        return self


class Bought(Goods):
    """The same, within so many `days`. A refund changes nothing about it, a cancelled order is none."""

    days: Annotated[int, Field(ge=1, le=3650)]


class Conversion(Strict):
    """An order counts for the newest mail before it, less than `window_days` behind it; with `counts` only one of which
    a product is like that, and only the pieces of such products."""

    window_days: Annotated[int, Field(ge=1, le=LONGEST.days)] = WINDOW_DAYS
    counts: Goods | None = None


class Campaign(Strict):
    """`template`, `brand` and `topic` are ids. What they say when the campaign is launched is what goes out. In the
    place of a template there may be `variants`, whose shares add up to 100; with `winner` some of the recipients get
    them at once, and all others later the best one.

    Links that have ended lead to `fallback`, or else to the home page of the brand. Who has had as many mails as a cap
    of the policy allows is left out, or with `when_capped` waited for; a cap may keep places for what is of a high
    `priority`. `quiet` hours of its own hold beside those of the policy, and service mail that is `critical` goes at
    any hour. Who has bought what `unless_bought` names does not get it. `hold_out` percent of the audience, always the
    same customers, are left out, so that the others can be compared with them. Who was not written to `expires_after`
    hours behind the time of the launch will not be any more. A launch that is found more than an hour after its time,
    whatever kept the clock, is not begun, unless `past_due` says `send`. Not more than `rate` mails go out in a minute,
    no more than `ramp` says in a day, and only the `first` ones before all others. Of `most` customers who may get it
    at all, those who turn out not to get it make room for others, and so it is with the mails that a
    `budget` is good for, at the prices of when it is launched. What `utm` says goes before what the brand's does, word
    by word. `conversion` says which orders count for its letters in the report: any within five days if nothing is
    said.
    """

    name: Text | None = None
    audience: Said
    template: TemplateId | None = None
    variants: Variants | None = None
    winner: Winner | None = None
    brand: Id
    topic: Id
    class_: Annotated[Literal["marketing", "service"], Field(alias="class")] = "marketing"
    schedule: Schedule | None = None
    fallback: Page | None = None
    priority: Annotated[int, Field(ge=0, le=9)] | None = None
    when_capped: WhenCapped | None = None
    quiet: Quiet | None = None
    critical: bool | None = None
    unless_bought: Bought | None = None
    most: Annotated[int, Field(ge=1, le=MOST_FIRST)] | None = None
    budget: Budget | None = None
    hold_out: HoldOut | None = None
    expires_after: Annotated[int, Field(ge=1, le=MOST_HOURS)] | None = None
    past_due: Literal["skip", "send"] | None = None
    utm: Utm | None = None
    conversion: Conversion | None = None
    offer: Offered | None = None
    needs_approval: bool | None = None
    rate: Annotated[int, Field(ge=1, le=MOST_A_MINUTE)] | None = None
    ramp: Ramp | None = None
    first: First | None = None


def _faults(call: Call, wanted: Campaign) -> Iterator[tuple[str, str]]:
    yield from variants.faults(call, wanted.template, wanted.variants, wanted.class_)
    for kind in ("brand", "topic"):
        yield from missing(call, kind, getattr(wanted, kind), kind)
    if wanted.offer:
        yield from missing(call, "offer", wanted.offer.id, "offer.id")
    yield from _trial(wanted)
    yield from _urgency(wanted)
    yield from _own_hours(wanted)
    yield from schedules.faults(wanted.schedule, call.now)
    yield from rules.faults(call, wanted.audience, "audience")


def _trial(wanted: Campaign) -> Iterator[tuple[str, str]]:
    if wanted.winner is None:
        return
    if wanted.variants is None:
        yield "winner", "is found among variants"
    for other in ("most", "budget", "ramp", "first"):
        if getattr(wanted, other) is not None:
            yield "winner", f"decides who goes first, and so does {other}"
    if wanted.expires_after and wanted.winner.after_minutes >= 60 * wanted.expires_after:
        yield "winner.after_minutes", "is no sooner than its sends expire"


def _own_hours(wanted: Campaign) -> Iterator[tuple[str, str]]:
    for other in ("winner", "ramp", "first"):
        if wanted.schedule and wanted.schedule.local and getattr(wanted, other) is not None:
            yield other, "decides who goes first, and so do the recipients' own hours (schedule.local)"


def _urgency(wanted: Campaign) -> Iterator[tuple[str, str]]:
    if wanted.critical and wanted.class_ != "service":
        yield "critical", "is for service mail alone"


class HoldView(TypedDict):
    """SES refuses the campaign's mail for what does not lie with a recipient. Nothing goes out before `until`.

    `why` is configuration, daily_quota, suspended, or refused where it may be any of these; `says` is what SES said.
    """

    why: str
    says: str
    since: str
    until: str


def held(hold: Hold) -> HoldView | None:
    return {"why": hold.why, "says": hold.says, "since": hold.since, "until": hold.until} if hold.why else None


def _warnings(call: Call, version: Version, launch: Launch | None) -> list[FieldWarning]:
    audience = json.loads(version.content)["audience"]
    return [*_past(call, version, launch), *untold.warnings(call, {"audience": audience})]


def _past(call: Call, version: Version, launch: Launch | None) -> list[FieldWarning]:
    over = schedules.over(version, launch, call)
    return [{"field": over[0], "message": over[1]}] if over else []


def _more(call: Call, version: Version) -> Mapping[str, Any]:
    launch = call.aws.launches.get(launch_id(version.id))
    newest = call.aws.launches.get(launch.past[0]) if launch and launch.pins.recurs and launch.past else launch
    hold = call.aws.holds.get(newest.activity, newest.id) if newest and not newest.is_over else Hold()
    warnings = _warnings(call, version, launch)
    return {
        "launch": launches.shown(launch) if launch else None,
        "held": held(hold),
        "next": schedules.coming(call, version, launch),
        "warnings": warnings,
    }


KIND = Kind(
    "campaign",
    "campaigns",
    Campaign,
    check=_faults,
    more=_more,
    shape={
        "launch": launches.LaunchView | None,
        "held": HoldView | None,
        "next": list[schedules.NextView],
        "warnings": list[FieldWarning],
    },
    long=frozenset(("audience",)),
)
room = KIND.room("Who gets which letter, and what came of it.")
