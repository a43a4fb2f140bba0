"""Let a campaign go out, call it off, and see what became of it."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from shopkeeper import ids
from shopkeeper.api import campaigns, launches, pages, roles
from shopkeeper.api.calls import Call, Parameter, found
from shopkeeper.api.launches import Instant, LaunchView
from shopkeeper.api.problems import Problem
from shopkeeper.api.roles import ADMIN, AGENT, MARKETER
from shopkeeper.api.versions import MOST_VERSIONS
from shopkeeper.aws.definitions import Version
from shopkeeper.campaign import outcomes, recipients, report
from shopkeeper.campaign.launch import Launch, launch_id
from shopkeeper.campaign.launching import Launcher, NoLaunch
from shopkeeper.campaign.recipients import START, Recipient
from shopkeeper.campaign.report import ReportView
from shopkeeper.clock import Clock
from shopkeeper.customer.requests import BadRequest, Strict

room = campaigns.room
OUTCOME = Parameter(
    "outcome",
    "query",
    "A number of the report: whoever is counted in it.",
    {"type": "string", "enum": list(outcomes.NAMES)},
    required=True,
)
_NEVER = {409: "The campaign was never launched."}


class LaunchRequest(Strict):
    """`version` is for those who want to be sure what goes out; without `at`, the schedule of the campaign counts."""

    version: Annotated[int, Field(ge=1, le=MOST_VERSIONS)] | None = None
    at: Instant | None = None


class RecipientPage(TypedDict):
    """A page may hold fewer than `limit`, or nobody, and not be the last: only `next` tells."""

    items: list[Recipient]
    next: str | None


@room.post("/v1/campaigns/{id}/launch", groups=(MARKETER, ADMIN), status=202)
def launch(call: Call, wanted: LaunchRequest) -> LaunchView:
    """Launch a campaign: at an instant, at the time of its schedule, or now.

    The version that counts is launched; `version` refuses another one. A campaign has one launch: launching it again
    is answered with that launch, and mails nobody twice. One that failed goes on where it stopped.
    """
    campaign = _named(call)
    if wanted.version not in (None, campaign.number):
        raise BadRequest([("version", f"version {campaign.number} of the campaign is the one that counts")])
    said = json.loads(campaign.content)
    template = call.aws.definitions.number("template", said["template"])
    ref = ids.content_ref(said["template"], template).hex()
    _lead_home(call, said, ref)
    launched = _launcher(call).launch(campaign.id, campaign.number, call.aws.definitions, wanted.at or "")
    if launched.pins.content_ref != ref:  # The template was changed in between.
        _lead_home(call, said, launched.pins.content_ref)
    return launches.shown(launched)


def _lead_home(call: Call, said: Mapping[str, Any], ref: str) -> None:
    """Before anybody is written to: where links of the letter lead once they have ended."""
    brand = call.aws.definitions.newest("brand", said["brand"])
    if brand:
        home = json.loads(brand.content)["home_page"]
        call.aws.definitions.lead_home(ref, home, said.get("fallback", ""))


@room.post("/v1/campaigns/{id}/cancel", groups=(MARKETER, ADMIN), status=202, refusals=_NEVER)
def cancel(call: Call) -> LaunchView:
    """Call a campaign off. Who has not been written to within five seconds will not be; what is done stays done."""
    try:
        return launches.shown(_launcher(call).cancel(_named(call).id))
    except NoLaunch:
        raise Problem(409, _NEVER[409]) from None


@room.get("/v1/campaigns/{id}/report", groups=roles.GROUPS, refusals=_NEVER)
def read_report(call: Call) -> ReportView:
    """What became of a campaign, counted from the row of each recipient.

    A launch to more than 50,000 is reported as it was when it was last counted: `as_of` says when that was.
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
