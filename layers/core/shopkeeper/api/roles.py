"""Who is calling the marketer API, and what their groups let them do. What cannot be read grants nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shopkeeper.api.problems import Problem

VIEWER, AGENT, MARKETER, ADMIN = GROUPS = ("viewer", "agent", "marketer", "admin")
# How the gateway writes a list: the groups of Cognito arrive as the text "[marketer admin]".
_LIST = re.compile(r"\[([\w-]*(?: [\w-]+)*)\]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Caller:
    """`id` is the subject of the token: it never changes, whatever the person is called."""

    id: str
    groups: frozenset[str]

    def must_be(self, *groups: str) -> None:
        """Raises Problem 403 unless the caller is in one of these groups."""
        if self.groups.isdisjoint(groups):
            raise Problem(403, f"This needs one of these groups: {', '.join(groups)}.")


def caller(event: Mapping[str, Any]) -> Caller:
    """From what the gateway says of the verified token. Raises Problem 401 where it says nothing."""
    authorizer = event.get("requestContext", {}).get("authorizer") or {}
    claims = (authorizer.get("jwt") or {}).get("claims") or {}
    if not claims.get("sub"):
        raise Problem(401, "This needs a token of somebody who works here.")
    return Caller(str(claims["sub"]), _groups(claims.get("cognito:groups")))


def _groups(claim: object) -> frozenset[str]:
    listed = _LIST.fullmatch(claim) if isinstance(claim, str) else None
    return frozenset(listed[1].split()) & frozenset(GROUPS) if listed else frozenset()
