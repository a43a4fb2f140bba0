"""Use the people behind a number of a campaign's report: a segment of them, or another letter to who did not open."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import StringConstraints
from typing_extensions import TypedDict

from shopkeeper.api import campaigns, launched, segments, versions
from shopkeeper.api.calls import Answer, Call
from shopkeeper.api.estimates import room
from shopkeeper.api.roles import ADMIN, MARKETER
from shopkeeper.api.versions import Kind
from shopkeeper.campaign.launch import Launch, activity
from shopkeeper.customer.requests import BadRequest, Id, Strict, Text

__all__ = ["room"]
_REFUSALS = {201: "It was written.", 409: launched.NEVER, 412: "There is another one under this id."}
_FIELDS = {"is": "outcome"}
# What holds for one letter alone: when it went, and how.
_NOT_AGAIN = ("audience", "name", "schedule", "ramp", "first")
_LETTERS = ("template", "variants", "winner")


class People(Strict):
    """Those who count under `outcome` in the report of the campaign; of `clicked`, who followed the `link` of this
    address, as the report says it. They become the segment `id`."""

    id: Id
    name: Text | None = None
    outcome: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    link: Annotated[str, StringConstraints(min_length=1, max_length=2_048)] | None = None


class Again(Strict):
    """Of the campaign `id` that is written, and of the `segment` that is its audience, `<campaign>-unopened` if none
    is named. It has another `template` alone, or the letters of the first one: its `variants` by lot anew, and a
    `winner` found anew."""

    id: Id
    segment: Id | None = None
    name: Text | None = None
    template: Id | None = None


class Written(TypedDict):
    id: str
    version: int
    rule: dict[str, Any]


def _faults(call: Call, wanted: People) -> Iterator[tuple[str, str]]:
    segment = segments.Segment(name=wanted.name, rule=_rule(call, wanted))
    found_wrong = segments.KIND.check(_alone(call, wanted.id), segment)
    yield from {_field(field): reason for field, reason in found_wrong}.items()


def _field(path: str) -> str:
    """Of the request, for one of the rule that is made of it."""
    name = path.rpartition(".")[2]
    return _FIELDS.get(name, name)


@room.post("/v1/campaigns/{id}/segment", groups=(MARKETER, ADMIN), refusals=_REFUSALS, check=_faults)
def write_segment(call: Call, wanted: People) -> Answer[Written]:
    """Write a segment of those who stand behind a number of the report.

    It asks what became of the campaign's letters, so it stays true: who opens later enters. What is so for a moment,
    or was done by machines, cannot be asked; `recipients` lists those.
    """
    _check_link(call, wanted)
    return _written(call, wanted.id, wanted.name, _rule(call, wanted))


@room.post("/v1/campaigns/{id}/resend", groups=(MARKETER, ADMIN), refusals=_REFUSALS)
def write_resend(call: Call, wanted: Again) -> Answer[Written]:
    """Write a campaign to those who got this one and have not opened it in five days, and the segment they are in.

    It can be launched once the segment is built, some minutes later. It says what this one said when it was launched,
    but for its audience, schedule, `first` and `ramp`; and has the `template` that is named, instead of the letters of
    then. Who opens in the meantime leaves its audience.
    """
    launch = _launched(call)
    told = call.aws.definitions.version("campaign", launch.campaign, launch.pins.version) or {}
    segment = wanted.segment or f"{launch.campaign}-unopened"
    rule = {"op": "in_segment", "id": segment}
    dropped = _NOT_AGAIN + (_LETTERS if wanted.template else ())
    kept = {name: said for name, said in told.items() if name not in dropped}
    own = {"template": wanted.template} if wanted.template else {}
    said = {**kept, **own, "audience": rule, **({"name": wanted.name} if wanted.name else {})}
    campaign = campaigns.Campaign.model_validate(said, strict=False)
    # Before anything is written; of the audience there is nothing yet.
    if faults := [each for each in campaigns.KIND.check(call, campaign) if not each[0].startswith("audience")]:
        raise BadRequest(faults)
    _written(call, segment, None, _outcome(launch.campaign, "unopened"))
    return _put(campaigns.KIND, call, wanted.id, campaign, rule)


def _rule(call: Call, wanted: People) -> dict[str, Any]:
    link = {"link": wanted.link} if wanted.link else {}
    if wanted.outcome == "targeted":
        return {"op": "any", "of": [_outcome(call.path["id"], each) | link for each in ("sent", "not_sent")]}
    within = _within(call) if wanted.outcome == "ordered" else {}
    return _outcome(call.path["id"], wanted.outcome) | link | within


def _within(call: Call) -> dict[str, Any]:
    """Of an order behind a letter: as long as it counts for that."""
    return {"within": {"seconds": int(_launched(call).pins.conversion.window.total_seconds())}}


def _outcome(campaign: str, is_: str) -> dict[str, Any]:
    return {"op": "outcome", "activity": activity(campaign), "is": is_, "window": "ever"}


def _written(call: Call, id_: str, name: str | None, rule: dict[str, Any]) -> Answer[Written]:
    return _put(segments.KIND, call, id_, segments.Segment(name=name, rule=rule), rule)


def _check_link(call: Call, wanted: People) -> None:
    urls = {url for letter in _launched(call).pins.letters for url in call.aws.definitions.links(letter.content_ref)}
    if wanted.link and wanted.link not in urls:
        raise BadRequest([("link", "is none of this letter: the report has them")])


def _launched(call: Call) -> Launch:
    return launched.launched(call, call.path["id"])


def _put(kind: Kind[Any], call: Call, id_: str, said: Strict, rule: Mapping[str, Any]) -> Answer[Written]:
    """If there is none under this id, or the very same one."""
    alone = _alone(call, id_)
    if faults := list(kind.check(alone, said)):
        raise BadRequest(faults)
    made = versions.put(kind, alone, said)
    return Answer({"id": id_, "version": made.body["version"], "rule": dict(rule)}, made.status)


def _alone(call: Call, id_: str) -> Call:
    return replace(call, path={"id": id_}, headers={"if-none-match": "*"})
