"""The form of an explanation, as it is given to people and their programs."""

from typing import Any, NotRequired

from typing_extensions import TypedDict


class Change(TypedDict):
    """`at` is in UTC, `local` the same instant in `zone`. From then on it holds (`to`) or not,
    because of `why`."""

    at: str
    local: str
    zone: str
    to: bool
    why: str
    says: str


class Node(TypedDict):
    """`asks` is the condition and `says` what there is instead of it, or for it; `seen` are the values behind that.

    `changes` is when it will be otherwise by itself; nothing if it never will. Of what flickers without end only
    `unchanged_until` is known.

    `of` are the rules of a group. Of a segment inside a segment, `segment` is its id, and `of` its rule.
    """

    path: str
    op: str
    holds: bool
    asks: str
    says: str
    seen: dict[str, Any]
    changes: Change | None
    unchanged_until: NotRequired[str]
    segment: NotRequired[str]
    of: NotRequired[list["Node"]]


class Missing(TypedDict):
    """What would have to be otherwise; `path` is that of the node."""

    path: str
    says: str


class Explanation(TypedDict):
    """Whether the rule holds for a customer at an instant, and why.

    `changes` says when that will be otherwise by itself, `changes_with` what else would change it. `missing` is empty
    where it holds.
    """

    customer_id: str
    at: str
    holds: bool
    summary: str
    changes: Change | None
    unchanged_until: NotRequired[str]
    changes_with: list[str]
    missing: list[Missing]
    rule: Node
