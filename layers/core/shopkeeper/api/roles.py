"""Who is calling the marketer API, and what their groups let them do. What cannot be read grants nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shopkeeper.api.problems import Problem
from shopkeeper.customer.write_keys import WriteKey

VIEWER, AGENT, MARKETER, ADMIN = GROUPS = ("viewer", "agent", "marketer", "admin")
SERVER = "server"
"""No group of people: a shop's server, which shows a secret write key that may send messages."""
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


def server(key: WriteKey | None) -> Caller:
    """Raises Problem 401 and 403."""
    if key is None:
        raise Problem(401, "This needs a secret write key.")
    if not (key.secret and key.messages):
        raise Problem(403, "This write key may not send messages.")
    return Caller(key.origin, frozenset({SERVER}))


def _groups(claim: object) -> frozenset[str]:
    listed = _LIST.fullmatch(claim) if isinstance(claim, str) else None
    return frozenset(listed[1].split()) & frozenset(GROUPS) if listed else frozenset()
