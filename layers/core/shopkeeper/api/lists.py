"""Lists of customers, kept by hand: who enters and who leaves is an interaction like any other."""

import json
from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from shopkeeper import clock, ids
from shopkeeper.api.calls import Call, found
from shopkeeper.api.once import derived_id
from shopkeeper.api.problems import Problem
from shopkeeper.api.roles import ADMIN, MARKETER
from shopkeeper.api.versions import Kind
from shopkeeper.aws.definitions import Version
from shopkeeper.customer import interaction, subjects
from shopkeeper.customer.emails import normal_email
from shopkeeper.customer.identity import KINDS, identity_of
from shopkeeper.customer.interaction import Interaction, raw
from shopkeeper.customer.lists import ENTERED, LEFT
from shopkeeper.customer.requests import Strict, Text
from shopkeeper.customer.subjects import NotAnId

MOST = 500
_NOT_AN_ID = {
    "too_long": "is too long",
    "not_an_id": "names nobody: programs write this when they do not know who it is",
}


class CustomerList(Strict):
    """A list with a `source` is what that source's query says, and nobody else puts anybody on it."""

    name: Text
    source: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None


class Members(Strict):
    """Who enters and who leaves, at most 500 in all: `user:42`, `email:jo@example.com` or `anon:f00`."""

    add: Annotated[tuple[str, ...], Field(max_length=MOST)] = ()
    remove: Annotated[tuple[str, ...], Field(max_length=MOST)] = ()


class Accepted(TypedDict):
    accepted: int


def _kept_so_far(call: Call, wanted: CustomerList) -> Iterator[tuple[str, str]]:
    before = call.aws.definitions.newest("list", call.path["id"])
    if before and json.loads(before.content).get("source") != wanted.source:
        yield "source", "cannot change: who is on the list by now would stay there"


KIND = Kind("list", "lists", CustomerList, check=_kept_so_far)
room = KIND.room("Lists of customers, kept by hand or filled by a file.")


def source_of(version: Version) -> str:
    """The source that fills this list; "" for one that is kept by hand and by files."""
    return str(json.loads(version.content).get("source") or "")


def _faults(_: Call, wanted: Members) -> Iterator[tuple[str, str]]:
    if not 0 < len(wanted.add) + len(wanted.remove) <= MOST:
        yield "", f"names 1 to {MOST} members to add or remove"
    for field, named in (("add", wanted.add), ("remove", wanted.remove)):
        for place, subject in enumerate(named):
            if fault := _fault(subject):
                yield f"{field}.{place}", fault
            elif field == "remove" and subject in wanted.add:
                yield f"{field}.{place}", "is to be added as well"


def _fault(subject: str) -> str:
    kind, _, name = subject.partition(":")
    if kind not in KINDS:
        return "is `user:`, `email:` or `anon:` and who it is"
    try:
        if not subjects.id_text(name):
            return f"says nothing after {kind}:"
        subjects.subject(kind, name)
        if kind == "email":
            normal_email(name)
    except NotAnId as error:
        return _NOT_AN_ID[error.code]
    except ValueError as error:
        return f"is {error}"
    return ""


@room.post(
    "/v1/lists/{id}/members",
    groups=(MARKETER, ADMIN),
    status=202,
    check=_faults,
    refusals={409: "This list is what a source says."},
)
def change_members(call: Call, wanted: Members) -> Accepted:
    """Put customers on a list and take others off it.

    Each becomes an interaction, `List Entered` or `List Left`, and is counted within seconds. Nobody enters twice:
    putting a customer on a list again changes nothing.
    """
    kept = found(call.aws.definitions.newest("list", call.path["id"]), "list")
    if by := source_of(kept):
        raise Problem(409, f"This list is what the source {by} says.")
    request = derived_id(call, "members")
    told = [*_told(call, request, ENTERED, wanted.add), *_told(call, request, LEFT, wanted.remove)]
    call.aws.incoming.send([interaction.encode(each) for each in told])
    return {"accepted": len(told)}


def _told(call: Call, request: str, name: str, named: Sequence[str]) -> Iterator[Interaction]:
    """Ids come from the request, so that one that is sent again tells the same. An address is written one way, so that
    what is told of it stands where its customer is looked for."""
    now = clock.to_text(call.now)
    for subject in dict.fromkeys(map(identity_of, named)):
        kind, _, who = subject.partition(":")
        yield Interaction(
            subject=subject,
            message_id=ids.digest(request, call.path["id"], name, subject),
            type="track",
            name=name,
            at=now,
            received_at=now,
            source="api",
            origin=f"api:{call.who.id}",
            trusted=True,
            ids={kind: who},
            raw_properties=raw({"list": call.path["id"]}),
        )
