"""Let a campaign go out, call it off, and see what became of it."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from shopkeeper.api import campaigns, launches, pages, roles, rules
from shopkeeper.api.calls import Call, Parameter, found
from shopkeeper.api.launches import Instant, LaunchView
from shopkeeper.api.problems import Problem
from shopkeeper.api.roles import ADMIN, AGENT, MARKETER
from shopkeeper.api.versions import MOST_VERSIONS
from shopkeeper.aws.definitions import Version
from shopkeeper.campaign import outcomes, recipients, report
from shopkeeper.campaign import recount as counting
from shopkeeper.campaign.launch import Launch, launch_id
from shopkeeper.campaign.launching import Launcher, NoLaunch, Over, Pinned, Wish
from shopkeeper.campaign.recipients import START, Recipient
from shopkeeper.campaign.report import ReportView
from shopkeeper.clock import Clock
from shopkeeper.customer.requests import Strict
from shopkeeper.segment.references import no_segments

room = campaigns.room
OUTCOME = Parameter(
    "outcome",
    "query",
    "A number of the report: whoever is counted in it.",
    {"type": "string", "enum": list(outcomes.NAMES)},
    required=True,
)
_NEVER = {409: "The campaign was never launched."}
_OTHERWISE = "The campaign was launched otherwise, and that cannot be changed any more."
_PINNED = {409: "The campaign was launched otherwise, or a segment that it names is still being built."}
_CALLED_OFF = "The campaign was called off while it went out, and does not go out again. Copy it under another id."
_DONE = "The campaign has gone out: there is nothing left to call off."


class LaunchRequest(Strict):
    """`version` is for those who want to be sure what goes out; without `at`, the schedule of the campaign counts.

    What is left out agrees with the launch that there is.
    """

    version: Annotated[int, Field(ge=1, le=MOST_VERSIONS)] | None = None
    at: Instant | None = None


class RecipientPage(TypedDict):
    """A page may hold fewer than `limit`, or nobody, and not be the last: only `next` tells."""

    items: list[Recipient]
    next: str | None


@room.post("/v1/campaigns/{id}/launch", groups=(MARKETER, ADMIN), status=202, refusals=_PINNED)
def launch(call: Call, wanted: LaunchRequest) -> LaunchView:
    """Launch a campaign: at an instant, at the time of its schedule, or now.

    The version that counts is launched; `version` refuses another one. A campaign has one launch: launching it again
    is answered with that launch, and mails nobody twice. One that failed goes on where it stopped. One that still
    waits for its time takes over a `version` and an instant that are named; any other one refuses them. One that was
    called off before anybody was chosen is launched afresh; called off later, it does not go out again.
    """
    campaign, wish = _named(call), Wish(wanted.version or 0, wanted.at or "")
    try:
        segments = rules.ready(call) if "in_segment" in campaign.content else no_segments
        launched = _launcher(call).launch(campaign.id, campaign.number, call.aws.definitions, wish, segments)
    except Pinned as pinned:
        raise Problem(409, _OTHERWISE, pinned.findings) from None
    except Over:
        raise Problem(409, _CALLED_OFF) from None
    return launches.shown(launched)


@room.post("/v1/campaigns/{id}/cancel", groups=(MARKETER, ADMIN), status=202, refusals=_NEVER)
def cancel(call: Call) -> LaunchView:
    """Call a campaign off. Who has not been written to within five seconds will not be; what is done stays done."""
    try:
        return launches.shown(_launcher(call).cancel(_named(call).id))
    except NoLaunch:
        raise Problem(409, _NEVER[409]) from None
    except Over:
        raise Problem(409, _DONE) from None


@room.post("/v1/campaigns/{id}/resume", groups=(MARKETER, ADMIN), status=202, refusals=_NEVER)
def resume(call: Call) -> LaunchView:
    """Let a campaign that SES refuses (`held`) try again at once, now that it is mended, not only when its hold ends.

    If SES refuses it once more, it is held again. Of a campaign that is not held nothing changes.
    """
    launched = _launched(call)
    if call.aws.holds.lift(launched.activity, launched.id, call.now).why:
        launched = _launcher(call).hasten(launched.campaign)
    return launches.shown(launched)


@room.post("/v1/campaigns/{id}/recount", groups=(MARKETER, ADMIN), status=202, refusals=_NEVER)
def recount(call: Call) -> LaunchView:
    """Count the row of each recipient anew, from the next minute on. `as_of` of the launch says when that is done.

    This happens by itself: while mails go out, every hour of the day after, and then daily until nobody's mail waits
    to be opened any more. Only reports of large launches rest on it.
    """
    launched = _launched(call)
    counting.ask(call.aws.recounts, launched.id, call.now)
    return launches.shown(launched)


@room.get("/v1/campaigns/{id}/report", groups=roles.GROUPS, refusals=_NEVER)
def read_report(call: Call) -> ReportView:
    """What became of a campaign, counted from the row of each recipient.

    A launch to more than 5,000 is reported as it was when it was last counted: `as_of` says when that was.
    """
    return report.shown(report.report(_launched(call), call.aws.sends, call.now))


@room.get(
    "/v1/campaigns/{id}/recipients",
    groups=(AGENT, MARKETER, ADMIN),
    parameters=(OUTCOME, *pages.PAGE),
    refusals=_NEVER,
)
def list_recipients(call: Call) -> RecipientPage:
    """Who stands behind a number of the report."""
    limit, after = pages.limit(call), pages.after(call, len(START)) or START
    outcome = call.query.get("outcome", "")
    sends, following = recipients.recipients(_launched(call), call.aws.sends, outcome, limit, call.now, after)
    page: RecipientPage = pages.page([recipients.shown(send, call.now) for send in sends], following or ())
    return page


def _launcher(call: Call) -> Launcher:
    return Launcher(call.aws.launches, call.aws.machine, Clock())


def _named(call: Call) -> Version:
    return found(call.aws.definitions.newest("campaign", call.path["id"]), "campaign")


def _launched(call: Call) -> Launch:
    launched = call.aws.launches.get(launch_id(_named(call).id))
    if launched is None:
        raise Problem(409, _NEVER[409])
    return launched
