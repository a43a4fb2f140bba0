"""What one delivery of a send's id came to."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Result:
    """For the log: a state, or why nothing was done."""

    what: str
    reason: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)
    alarm: str = ""
