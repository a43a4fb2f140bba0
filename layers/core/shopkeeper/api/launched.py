"""Which launch of a campaign a request means: the one it has, or of one that recurs an occurrence."""

from typing import Annotated

from pydantic import StringConstraints

from shopkeeper.api.calls import Call, Parameter, found
from shopkeeper.api.problems import Problem
from shopkeeper.campaign.launch import Launch, launch_id
from shopkeeper.customer.requests import BadRequest, Strict

NEVER = "The campaign was never launched."
NONE_OF_IT = "is no occurrence of this campaign"
OCCURRENCE = Parameter(
    "occurrence",
    "query",
    "Of a campaign that recurs, as `occurrences` of its launch names it; without one the newest that has begun.",
    {"type": "string"},
)


class Which(Strict):
    """Of a campaign that recurs one `occurrence`, as `next` of the campaign and `occurrences` of its launch name them;
    without one the whole of it."""

    occurrence: Annotated[str, StringConstraints(min_length=1, max_length=80)] | None = None


def launched(call: Call, campaign: str, occurrence: str = "") -> Launch:
    """Of one that recurs the newest occurrence that has begun, if none is named; itself if none has. Raises BadRequest,
    Problem 404 and 409."""
    launch = whole(call, campaign)
    newest = launch.past[0] if launch.past and launch.pins.recurs else launch.id
    meant = call.aws.launches.get(occurrence) if occurrence else call.aws.launches.get(newest)
    if meant is None or meant.campaign != campaign:
        raise BadRequest([("occurrence", NONE_OF_IT)])
    return meant


def whole(call: Call, campaign: str) -> Launch:
    """Raises Problem 404 and 409."""
    launch = call.aws.launches.get(launch_id(found(call.aws.definitions.newest("campaign", campaign), "campaign").id))
    if launch is None:
        raise Problem(409, NEVER)
    return launch


def under_way(call: Call, campaign: str, occurrence: str = "") -> list[Launch]:
    """The one that is meant; of one that recurs, if none is named, itself and whatever of it is not over."""
    if occurrence:
        return [launched(call, campaign, occurrence)]
    launch = whole(call, campaign)
    past = [call.aws.launches.get(each) for each in launch.past]
    return [launch, *(each for each in past if each and not each.is_over)]
