"""Who is in a segment or on a list, page by page."""

from collections.abc import Sequence

from typing_extensions import TypedDict

from shopkeeper.api import pages, roles
from shopkeeper.api.calls import Call, Room, found
from shopkeeper.api.problems import Problem
from shopkeeper.api.segment_explain import PART
from shopkeeper.customer.lists import list_group
from shopkeeper.customer.members import START, Place, identities, seen_in
from shopkeeper.segment import publishing

MOST_SHOWN = 5  # identities of each
room = Room("members", "Who is in segments and on lists: to look at, and to take along as a file.")


class MemberLine(TypedDict):
    """`identities` are the newest few, such as `user:42`; `since` is when the customer came in. Who was in a segment
    when it was built came in then."""

    customer_id: str
    since: str
    identities: list[str]


class MemberCount(TypedDict):
    """`is_all` is false for one of hundreds of thousands, where `members` is how many there are at least."""

    members: int
    is_all: bool


class MemberLines(TypedDict):
    """`count` is given with the first page. A page may hold fewer than asked for; the last one has no `next`."""

    items: list[MemberLine]
    next: str | None
    count: MemberCount | None


@room.get(
    "/v1/segments/{id}/members",
    groups=roles.GROUPS,
    parameters=(*pages.PAGE, PART),
    refusals={409: "It is being built for the first time."},
)
def segment_members(call: Call) -> MemberLines:
    """List the customers in a segment, or in one part of it, in no order that says anything, and count them.

    This is a view that follows the customers by seconds. A cursor holds until the segment is built anew.
    """
    return _listed(call, segment_group(call))


@room.get("/v1/lists/{id}/members", groups=roles.GROUPS, parameters=pages.PAGE)
def list_members(call: Call) -> MemberLines:
    """List the customers on a list, in no order that says anything, and count them; seconds after they came."""
    return _listed(call, list_group_of(call))


def segment_group(call: Call) -> str:
    """By the version that counts. Raises Problem 404, 409."""
    name = "/".join(filter(None, (call.path["id"], call.query.get("part"))))
    edition = call.aws.editions.fresh()
    if slot := publishing.slot(edition, name, "ready"):
        return slot.part
    if publishing.slot(edition, name, "building"):
        raise Problem(409, "The segment is being built. Ask again when it is ready.")
    return found(None, "part" if "part" in call.query else "segment")


def list_group_of(call: Call) -> str:
    """Raises Problem 404."""
    found(call.aws.definitions.number("list", call.path["id"]) or None, "list")
    return list_group(call.path["id"])


def _listed(call: Call, group: str) -> MemberLines:
    after = pages.after(call, 3)
    members, place = call.aws.members.page(group, pages.limit(call), _place(group, after))
    items: list[MemberLine] = [
        {"customer_id": each.customer_id, "since": each.since, "identities": identities(seen.document)[:MOST_SHOWN]}
        for each, seen in seen_in(group, members, call.aws.customers)
    ]
    page = pages.page(items, (group, str(place.shard), place.after) if place else ())
    given: MemberLines = page | {"count": None if after else _count(call, group)}
    return given


def _place(group: str, after: Sequence[str]) -> Place:
    """Raises Problem 400 for a cursor of something else, such as of the segment as it was before."""
    if not after:
        return START
    its, shard, customer_id = after
    if its != group or not shard.isdecimal():
        raise Problem(
            400, "The page cannot be given.", [("cursor", "is of a list that is no longer there: begin anew")]
        )
    return Place(int(shard), customer_id)


def _count(call: Call, group: str) -> MemberCount:
    counted = call.aws.members.count(group)
    return {"members": counted.members, "is_all": counted.is_all}
