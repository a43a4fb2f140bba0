"""Who refers to a segment: other segments, phases, and campaigns of which something may still go out."""

import json
from collections.abc import Iterator
from typing import Any

from shopkeeper.api.calls import Call
from shopkeeper.api.segment_rules import KIND, Kept, written
from shopkeeper.aws.definitions import Version
from shopkeeper.campaign.launch import launch_id
from shopkeeper.segment import rule
from shopkeeper.segment.references import Naming, Written


def naming(call: Call, segment_id: str) -> Iterator[tuple[str, str]]:
    """Pairs what refers to it with its id: `segment`, `campaign`, or `phases`."""
    names = Naming(all_written(call), Kept(call).look)
    for other in names.naming(segment_id):
        yield KIND, other
    for campaign in call.aws.definitions.all_listed("campaign"):
        if names.names(_said(campaign, "audience"), segment_id) and not _is_over(call, campaign.id):
            yield "campaign", campaign.id
    for phases in call.aws.definitions.all_listed("phases"):
        for each in json.loads(phases.content)["phases"]:
            if each.get("when") and names.names(Written(rule.read(each["when"])), segment_id):
                yield "phases", each["id"]


def all_written(call: Call) -> dict[str, Written]:
    """All segments as they count, by their ids."""
    return {version.id: written(version) for version in call.aws.definitions.all_listed(KIND)}


def _said(version: Version, field: str) -> Written:
    said: dict[str, Any] = json.loads(version.content)
    return Written(rule.read(said[field]))


def _is_over(call: Call, campaign: str) -> bool:
    launch = call.aws.launches.get(launch_id(campaign))
    return launch is not None and launch.is_over
