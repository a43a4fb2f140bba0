"""Rules that stand in definitions which are no segments: of campaigns, of blocks, of phases of the decision to buy."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Said = Mapping[str, Any]


def _of_campaign(id_: str, said: Said) -> Iterable[tuple[str, Any]]:
    yield id_, said["audience"]


def _of_phases(_: str, said: Said) -> Iterable[tuple[str, Any]]:
    yield from ((each["id"], each["when"]) for each in said["phases"] if each.get("when"))


def _of_block(id_: str, said: Said) -> Iterable[tuple[str, Any]]:
    yield from ((id_, each["when"]) for each in said["variants"])


RULES_IN: Mapping[str, Callable[[str, Said], Iterable[tuple[str, Any]]]] = {
    "campaign": _of_campaign,
    "block": _of_block,
    "phases": _of_phases,
}
"""By the kind of a definition: of its id and of what it says, each rule as it is kept, behind the id of what has it."""
