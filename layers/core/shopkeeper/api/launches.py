"""The launch of a campaign as the API shows it."""

from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema
from typing_extensions import TypedDict

from shopkeeper import clock
from shopkeeper.api import variants
from shopkeeper.api.variants import VariantView, WinnerView
from shopkeeper.campaign import conversion, report
from shopkeeper.campaign.conversion import ConversionView
from shopkeeper.campaign.flow import Budget
from shopkeeper.campaign.hold_outs import HoldOut
from shopkeeper.campaign.launch import Launch, State
from shopkeeper.campaign.pins import Pins


def instant(text: str) -> str:
    try:
        return clock.to_text(clock.from_text(text))
    except (ValueError, OverflowError):
        raise ValueError("is an instant with its offset from UTC, such as 2026-11-21T09:30:00+01:00") from None


Instant = Annotated[
    str,
    AfterValidator(instant),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-21T09:30:00+01:00"]}),
]


class HoldOutView(TypedDict):
    """Percents of the audience that get nothing: by the campaign, and by the policy as it was at the launch."""

    campaign: int
    policy: int


class BudgetView(TypedDict):
    """In minor units, and for how many mails that is."""

    amount: int
    currency: str
    mails: int


# Written so because `class` is no name in Python.
PinnedView = TypedDict(
    "PinnedView",
    {
        "version": int,
        "template": str | None,
        "variants": list[VariantView],
        "brand": str,
        "topic": str,
        "class": str,
        "hold_out": HoldOutView,
        "budget": BudgetView | None,
        "approval_over": int | None,
        "conversion": ConversionView,
    },
)


class LaunchView(PinnedView):
    """`begins_at` is when one that is scheduled begins, if nobody calls it off before. Since `paused_at` nothing of it
    goes out. `launched_by` and `approved_by` are subjects of tokens; to more than `approval_over` customers it goes
    only when it was approved. Of one that is let go bit by bit the first could go at `first_at`, and the rest behind
    the `first` ones at `went_on_at`; at `first_gone_at` a look saw that the `first` have gone, and from then on `go-on`
    is possible. `goes_on_at` is when one that has failed goes on by itself. Its sends were counted as of `as_of`.

    `local_at` is the time of its recipients' own clocks at which it goes. One that recurs is at `run_at` next, and
    never goes out itself: `occurrences` are the newest launches of it, of each of which it is the `series`, and
    `called_off` are times to come that will be none."""

    id: str
    campaign: str
    winner: WinnerView | None
    state: State
    created_at: str
    run_at: str
    begins_at: str | None
    paused_at: str | None
    expires_at: str | None
    launched_by: str | None
    approved_by: str | None
    first_at: str | None
    first_gone_at: str | None
    went_on_at: str | None
    begun_at: str | None
    frozen_at: str | None
    cancelled_at: str | None
    finished_at: str | None
    goes_on_at: str | None
    found: int
    unreadable: int
    local_at: str | None
    series: str | None
    occurrences: list[str]
    called_off: list[str]
    as_of: str | None
    error: str | None


def shown(launch: Launch) -> LaunchView:
    return {
        **_pinned(launch.pins),
        "id": launch.id,
        "campaign": launch.campaign,
        "winner": variants.won(launch),
        "state": report.standing(launch),
        "created_at": launch.created_at,
        "run_at": launch.run_at,
        "begins_at": launch.due_at if launch.state == "scheduled" and not launch.paused_at else None,
        "paused_at": launch.paused_at or None,
        "expires_at": launch.expires_at or None,
        "launched_by": launch.launched_by or None,
        "approved_by": launch.approved_by or None,
        "first_at": launch.gate.first_at or None,
        "first_gone_at": launch.gate.first_gone_at or None,
        "went_on_at": launch.gate.went_on_at or None,
        "begun_at": launch.begun_at or None,
        "frozen_at": launch.frozen_at or None,
        "cancelled_at": launch.cancelled_at or None,
        "finished_at": launch.finished_at or None,
        "goes_on_at": launch.due_at if launch.state == "failed" and launch.due_at else None,
        "found": launch.found,
        "unreadable": launch.unreadable,
        "local_at": launch.wall_at if launch.pins.schedule.local else None,
        "series": launch.series or None,
        "occurrences": list(launch.past),
        "called_off": list(launch.called_off),
        "as_of": launch.as_of or None,
        "error": launch.error or None,
    }


def _pinned(pins: Pins) -> PinnedView:
    return {
        "version": pins.version,
        "template": pins.template or None,
        "variants": [variants.shown(each) for each in pins.variants],
        "brand": pins.brand,
        "topic": pins.topic,
        "class": pins.mail_class,
        "hold_out": _hold_out(pins.hold_out),
        "conversion": conversion.shown(pins.conversion),
        "budget": _budget(pins.flow.budget),
        "approval_over": pins.approval_over,
    }


def _budget(budget: Budget | None) -> BudgetView | None:
    return {"amount": budget.amount, "currency": budget.currency, "mails": budget.mails} if budget else None


def _hold_out(hold_out: HoldOut) -> HoldOutView:
    return {"campaign": hold_out.campaign, "policy": hold_out.policy}
