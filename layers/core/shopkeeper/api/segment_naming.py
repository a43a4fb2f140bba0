"""Who refers to a segment: other segments, phases, and campaigns of which something may still go out."""

import json
from collections.abc import Collection, Iterator

from shopkeeper.api.calls import Call
from shopkeeper.api.segment_rules import KIND, Kept, written
from shopkeeper.aws.definitions import Version
from shopkeeper.campaign.launch import launch_id
from shopkeeper.segment import references, rule
from shopkeeper.segment.elsewhere import RULES_IN
from shopkeeper.segment.references import Name, Naming, Written
from shopkeeper.segment.rule import Rule


def naming(call: Call, segment_id: str) -> Iterator[tuple[str, str]]:
    """Pairs what refers to it with its id: `segment`, `campaign`, or `phases`."""
    names = Naming(all_written(call), Kept(call).look)
    for other in names.naming(segment_id):
        yield KIND, other
    for kind, id_, its in _elsewhere(call):
        if names.names(Written(its), segment_id):
            yield kind, id_


def naming_parts(call: Call, parts: Collection[str]) -> Iterator[tuple[str, str]]:
    """Pairs what names one of these parts, and is no segment, with its id. Older versions of a part stay what they
    were."""
    wanted = {Name(part) for part in parts}
    for kind, id_, its in _elsewhere(call) if wanted else ():
        if wanted & set(references.names(its)):
            yield kind, id_


def _elsewhere(call: Call) -> Iterator[tuple[str, str, Rule]]:
    """Rules of campaigns that are not over, and of phases."""
    for kind, rules_in in RULES_IN.items():
        for version in call.aws.definitions.all_listed(kind):
            if not _is_over(call, version):
                said = rules_in(version.id, json.loads(version.content))
                yield from ((kind, id_, rule.read(each)) for id_, each in said)


def all_written(call: Call) -> dict[str, Written]:
    """All segments as they count, by their ids."""
    return {version.id: written(version) for version in call.aws.definitions.all_listed(KIND)}


def _is_over(call: Call, version: Version) -> bool:
    """As only a campaign can be."""
    launch = call.aws.launches.get(launch_id(version.id)) if version.kind == "campaign" else None
    return launch is not None and launch.is_over
