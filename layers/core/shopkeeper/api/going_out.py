"""Let a campaign go out, call it off, and see what became of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from shopkeeper.api import campaigns, launched, launches, pages, roles, rules
from shopkeeper.api.calls import Call, Parameter, found
from shopkeeper.api.launched import OCCURRENCE, Which
from shopkeeper.api.launches import Instant, LaunchView
from shopkeeper.api.problems import Problem
from shopkeeper.api.roles import ADMIN, AGENT, MARKETER
from shopkeeper.api.versions import MOST_VERSIONS
from shopkeeper.aws.definitions import Version
from shopkeeper.campaign import outcomes, recipients, report
from shopkeeper.campaign import recount as counting
from shopkeeper.campaign.by_hand import OwnLaunch, TooSoon
from shopkeeper.campaign.launch import Launch
from shopkeeper.campaign.launching import Launcher, NoLaunch, Over
from shopkeeper.campaign.pinning import Pinned, Wish
from shopkeeper.campaign.recipients import START, Recipient, Who
from shopkeeper.campaign.report import ReportView
from shopkeeper.clock import Clock
from shopkeeper.customer.requests import BadRequest, Strict
from shopkeeper.segment.references import no_segments

room = campaigns.room
OUTCOME = Parameter(
    "outcome",
    "query",
    "A number of the report: whoever is counted in it.",
    {"type": "string", "enum": list(outcomes.NAMES)},
    required=True,
)
VARIANT = Parameter("variant", "query", "Of those who get this letter alone.", {"type": "string"})
LINK = Parameter(
    "link",
    "query",
    "With `clicked`, those who followed the link of this number; with `clicked_unknown`, those of whom it is not said"
    " who did; with `clicked_any`, all these and those whose machine did.",
    {"type": "integer", "minimum": 0, "maximum": 99_999},
)
LONGEST_GRACE = 3_600
_NEVER = {409: launched.NEVER}
_NOT_YET = {409: "The campaign was never launched, or its first ones have not gone yet."}
_OTHERWISE = "The campaign was launched otherwise, and that cannot be changed any more."
_PINNED = {409: "The campaign was launched otherwise, or a segment that it names is still being built."}
_CALLED_OFF = "The campaign was called off while it went out, and does not go out again. Copy it under another id."
_TOO_SOON = (
    "The first ones have not gone yet. All others may go once they have, and first_gone_at of the launch says so."
)
_NOTHING_AWAITED = "No launch of this campaign awaits approval."


class LaunchRequest(Strict):
    """`version` is for those who want to be sure what goes out; without `at`, the schedule of the campaign counts.

    It begins no sooner than `grace` seconds after this request, 60 if none are named: until then it can be called off
    as if it had never been. What is left out agrees with the launch that there is.
    """

    version: Annotated[int, Field(ge=1, le=MOST_VERSIONS)] | None = None
    at: Instant | None = None
    grace: Annotated[int, Field(ge=0, le=LONGEST_GRACE)] | None = None


class RecipientPage(TypedDict):
    """A page may hold fewer than `limit`, or nobody, and not be the last: only `next` tells."""

    items: list[Recipient]
    next: str | None


@room.post("/v1/campaigns/{id}/launch", groups=(MARKETER, ADMIN), status=202, refusals=_PINNED)
def launch(call: Call, wanted: LaunchRequest) -> LaunchView:
    """Launch a campaign: at an instant, at the time of its schedule, or now.

    The version that counts is launched; `version` refuses another one. A campaign has one launch: launching it again
    is answered with that launch, and mails nobody twice. One that failed goes on where it stopped. One that still
    waits for its time takes over a `version` and an instant that are named; any other one refuses them. One that waits
    for its `grace` to be over takes over a shorter one. One that was called off before anybody was chosen is launched
    afresh; called off later, it does not go out again.
    """
    grace = None if wanted.grace is None else timedelta(seconds=wanted.grace)
    campaign, wish = _named(call), Wish(wanted.version or 0, wanted.at or "", grace, call.who.id)
    try:
        segments = rules.ready(call) if "in_segment" in campaign.content else no_segments
        made = _launcher(call).launch(campaign.id, campaign.number, call.aws.definitions, wish, segments)
    except Pinned as pinned:
        raise Problem(409, _OTHERWISE, pinned.findings) from None
    except Over:
        raise Problem(409, _CALLED_OFF) from None
    return launches.shown(made)


@room.post("/v1/campaigns/{id}/cancel", groups=(MARKETER, ADMIN), status=202, refusals=_NEVER)
def cancel(call: Call, wanted: Which) -> LaunchView:
    """Call a campaign off. Who has not been written to within five seconds will not be; what is done stays done.

    Of one that recurs all of it, or one `occurrence`, also one that is to come.

    One that is `running` may have written to everybody already, which no look has seen yet: it is `cancelled` all the
    same, and nobody is left out. The report says how many were.
    """
    return _said(call, wanted, Launcher.cancel, "The campaign has gone out: there is nothing left to call off.")


@room.post("/v1/campaigns/{id}/pause", groups=(MARKETER, ADMIN), status=202, refusals=_NEVER)
def pause(call: Call, wanted: Which) -> LaunchView:
    """Let a campaign wait, whether it is scheduled or goes out. Five seconds later nothing goes out any more.

    Nobody is lost, and nobody gets it twice: who is still to get it stands in a row, and `resume` goes on from there.
    What expires meanwhile is not sent.
    """
    return _said(
        call, wanted, Launcher.pause, "The campaign has gone out, or was called off: there is nothing left to pause."
    )


@room.post("/v1/campaigns/{id}/resume", groups=(MARKETER, ADMIN), status=202, refusals=_NEVER)
def resume(call: Call, wanted: Which) -> LaunchView:
    """Let a campaign go on that was paused, or that SES refuses (`held`) and that has been mended.

    A launch whose time passed while it was paused begins now; if that was more than an hour ago, it is missed, unless
    its `past_due` says `send`. If SES refuses it once more, it is held again. Of a campaign that is neither paused nor
    held nothing changes.
    """
    for each in launched.under_way(call, call.path["id"], wanted.occurrence or ""):
        if call.aws.holds.lift(each.activity, each.id, call.now).why and not each.paused_at:
            _launcher(call).hasten(each.campaign, each.id)
    return _said(call, wanted, Launcher.resume, launched.NEVER)


@room.post("/v1/campaigns/{id}/approve", groups=(MARKETER, ADMIN), status=202, refusals=_NEVER)
def approve(call: Call) -> LaunchView:
    """Approve the launch of a campaign that needs that. Whoever launched it, or changed it last, cannot.

    One that needs it if it turns out to be large, by the policy, may be approved before its audience is frozen; then it
    does not wait for that.

    It then waits for its time; one without begins in a minute, and until then can be called off. One whose time passed
    more than an hour ago is not begun, unless its `past_due` says `send`: `state` of the answer is `missed`, and it has
    to be launched afresh.
    """
    try:
        return _said(call, Which(), lambda launcher, name, _: launcher.approve(name, call.who.id), _NOTHING_AWAITED)
    except OwnLaunch:
        raise Problem(403, "Somebody else than who launched it has to approve it.") from None


@room.post("/v1/campaigns/{id}/go-on", groups=(MARKETER, ADMIN), status=202, refusals=_NOT_YET)
def go_on(call: Call, wanted: Which) -> LaunchView:
    """Let all others go, behind the `first` ones of a campaign, once these have gone.

    `first_gone_at` of the launch says that they have: a look sees it, a minute after they were let go at the soonest.
    Who waits for the morning or for room under a cap holds the others up only while nobody has been written to.
    """
    try:
        return _said(call, wanted, Launcher.go_on, "There is nobody left who could go.")
    except TooSoon:
        raise Problem(409, _TOO_SOON) from None


@room.post("/v1/campaigns/{id}/recount", groups=(MARKETER, ADMIN), status=202, refusals=_NEVER)
def recount(call: Call, wanted: Which) -> LaunchView:
    """Count the row of each recipient anew, from the next minute on. `as_of` of the launch says when that is done.

    This happens by itself: while mails go out, every hour of the day after, and then daily until nobody's mail waits
    to be opened any more. Only reports of large launches rest on it.
    """
    meant = launched.launched(call, call.path["id"], wanted.occurrence or "")
    counting.ask(call.aws.recounts, meant.id, call.now)
    return launches.shown(meant)


@room.get("/v1/campaigns/{id}/report", groups=roles.GROUPS, parameters=(OCCURRENCE,), refusals=_NEVER)
def read_report(call: Call) -> ReportView:
    """What became of a campaign, counted from the row of each recipient.

    A launch to more than 5,000 is reported as it was when it was last counted: `as_of` says when that was.
    """
    return report.shown(report.report(_asked(call), call.aws.sends, call.now), call.aws.definitions.links)


@room.get(
    "/v1/campaigns/{id}/recipients",
    groups=(AGENT, MARKETER, ADMIN),
    parameters=(OUTCOME, VARIANT, LINK, OCCURRENCE, *pages.PAGE),
    refusals=_NEVER,
)
def list_recipients(call: Call) -> RecipientPage:
    """Who stands behind a number of the report."""
    limit, after = pages.limit(call), pages.after(call, len(START)) or START
    who = Who(*(call.query.get(asked.name, "") for asked in (OUTCOME, VARIANT, LINK)))
    sends, following = recipients.recipients(_asked(call), call.aws.sends, who, limit, call.now, after)
    page: RecipientPage = pages.page([recipients.shown(send, call.now) for send in sends], following or ())
    return page


def _asked(call: Call) -> Launch:
    return launched.launched(call, call.path["id"], call.query.get(OCCURRENCE.name, ""))


def _said(call: Call, which: Which, say: Callable[[Launcher, str, str], Launch], over: str) -> LaunchView:
    try:
        return launches.shown(say(_launcher(call), _named(call).id, which.occurrence or ""))
    except NoLaunch:
        if which.occurrence:
            raise BadRequest([("occurrence", launched.NONE_OF_IT)]) from None
        raise Problem(409, launched.NEVER) from None
    except Over:
        raise Problem(409, over) from None


def _launcher(call: Call) -> Launcher:
    return Launcher(call.aws.launches, call.aws.machine, Clock(), zone=call.aws.zone)


def _named(call: Call) -> Version:
    return found(call.aws.definitions.newest("campaign", call.path["id"]), "campaign")
