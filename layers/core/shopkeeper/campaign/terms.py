"""What a launch takes over from the definition of its campaign, beside audience, letter, brand and topic.

Each part is a frozen struct with a default for whatever a definition, or a launch of before, does not say.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import structs

from shopkeeper.campaign.calendar import ONCE, Schedule
from shopkeeper.campaign.conversion import Conversion
from shopkeeper.campaign.flow import Flow
from shopkeeper.campaign.trial import Trial
from shopkeeper.mail.terms import Terms


def flow(said: Mapping[str, Any]) -> Flow:
    """The same, with what its budget is good for by now."""
    flow = msgspec.convert(said, Flow)
    return structs.replace(flow, budget=flow.budget.priced) if flow.budget else flow


def trial(said: Mapping[str, Any]) -> Trial | None:
    return msgspec.convert(said["winner"], Trial) if "winner" in said else None


def schedule(said: Mapping[str, Any], zone: str) -> Schedule:
    """`zone` is the workspace's."""
    known = said.get("schedule", {})
    if "recurring" not in known and not known.get("local"):
        return ONCE
    return msgspec.convert({**known, "zone": zone}, Schedule)


def conversion(said: Mapping[str, Any]) -> Conversion:
    return msgspec.convert(said.get("conversion", {}), Conversion)


def at_the_door(said: Mapping[str, Any], brand: Mapping[str, Any], campaign: str) -> Terms:
    """Of the content of a version of a campaign, and of its brand. The links of both carry `utm` if either says so:
    the campaign's word goes before the brand's, and its id stands where nobody names the campaign."""
    utm = {**(brand.get("utm") or {}), **(said.get("utm") or {})}
    return msgspec.convert({**said, "utm": {"campaign": campaign, **utm} if utm else {}}, Terms)
