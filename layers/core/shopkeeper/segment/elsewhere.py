"""Rules that stand in definitions which are no segments: of campaigns, blocks, journeys, and phases of the decision to
buy."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Said = Mapping[str, Any]


def _of_campaign(id_: str, said: Said) -> Iterable[tuple[str, Any]]:
    yield id_, said["audience"]


def _of_phases(_: str, said: Said) -> Iterable[tuple[str, Any]]:
    yield from ((each["id"], each["when"]) for each in said["phases"] if each.get("when"))


def _of_block(id_: str, said: Said) -> Iterable[tuple[str, Any]]:
    yield from ((id_, each["when"]) for each in said["variants"])


def _of_journey(id_: str, said: Said) -> Iterable[tuple[str, Any]]:
    """An entry by a segment names it as a rule would."""
    yield from ((id_, {"op": "in_segment", "id": each["segment"]}) for each in said["entry"] if "segment" in each)
    heard = [*said.get("exit_when", ()), said.get("goal", {})]
    for node in said["nodes"].values():
        heard += [*node.get("hears", {}).values(), *node.get("wait_for", {}).values()]
        yield from ((id_, each["when"]) for each in node.get("branch", ()))
    yield from ((id_, each["rule"]) for each in ({"rule": said.get("audience")}, *heard) if each.get("rule"))


RULES_IN: Mapping[str, Callable[[str, Said], Iterable[tuple[str, Any]]]] = {
    "campaign": _of_campaign,
    "block": _of_block,
    "journey": _of_journey,
    "phases": _of_phases,
}
"""By the kind of a definition: of its id and of what it says, each rule as it is kept, behind the id of what has it."""
