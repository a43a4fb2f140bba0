"""The letters of a campaign: one template, or variants of which each customer gets one."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from shopkeeper.api.calls import Call
from shopkeeper.api.versions import missing
from shopkeeper.campaign import trial, variants
from shopkeeper.campaign.launch import Launch
from shopkeeper.campaign.trial import LEAST_SENT, By, Why
from shopkeeper.customer.requests import Id, Percent, Strict

MOST_MINUTES = 7 * 24 * 60
TemplateId = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class Variant(Strict):
    """`share` percent of the recipients get this letter, always the same ones."""

    id: Id
    template: TemplateId
    share: Percent


LEAST = 2
# That there are enough of them is checked with the shares: one that is not valid is no reason to say there are too few.
Variants = Annotated[tuple[Variant, ...], Field(max_length=8, json_schema_extra={"minItems": LEAST})]
"""Their shares add up to 100."""


class Winner(Strict):
    """`test_percent` of the recipients get one of the variants at once. The letter of which most people followed a
    link goes to all others, `after_minutes` behind the instant at which the audience was frozen. Of several that did
    equally well it is the first, and the first of all where fewer than `least` mails of one of them had gone. By
    `conversions` it is the letter behind which the greatest share ordered."""

    by: By = "human_clicks"
    after_minutes: Annotated[int, Field(ge=10, le=MOST_MINUTES)]
    test_percent: Percent
    least: Annotated[int, Field(ge=1, le=1_000_000)] = LEAST_SENT


class ScoreView(TypedDict):
    """Mails of the variant that went, of how many of them a person followed a link, and to how many of their recipients
    an order counts."""

    variant: str
    sent: int
    clicked: int
    ordered: int


class WinnerView(TypedDict):
    """Before the audience is frozen nobody knows when it `decides_at`; a pause puts that off. Until it is decided,
    `variant` and `why` are null and there are no `scores`. These are as counted at `as_of`."""

    by: str
    after_minutes: int
    test_percent: int
    least: int
    decides_at: str | None
    variant: str | None
    why: Why | None
    as_of: str | None
    scores: list[ScoreView]


class VariantView(TypedDict):
    """`template` is `<id>#<version>`."""

    id: str
    template: str
    share: int


def shown(each: variants.Variant) -> VariantView:
    return {"id": each.id, "template": each.template, "share": each.share}


def won(launch: Launch) -> WinnerView | None:
    tried, winner = launch.pins.trial, launch.winner
    if tried is None:
        return None
    return {
        "by": tried.by,
        "after_minutes": tried.after_minutes,
        "test_percent": tried.test_percent,
        "least": tried.least,
        "decides_at": launch.decides_at or None,
        "variant": winner.variant if winner else None,
        "why": winner.why if winner else None,
        "as_of": winner.as_of if winner else None,
        "scores": _scores(winner) if winner else [],
    }


def _scores(winner: trial.Winner) -> list[ScoreView]:
    return [
        {"variant": name, "sent": each.sent, "clicked": each.clicked, "ordered": each.ordered}
        for name, each in winner.scores.items()
    ]


def faults(
    call: Call, template: str | None, said: Sequence[Variant] | None, mail_class: str
) -> Iterator[tuple[str, str]]:
    if (template is None) == (said is None):
        yield "template", "is missing" if said is None else "is said by each of the variants"
    for field, named in _templates(template, said or ()).items():
        yield from missing(call, "template", named, field)
        yield from class_of(call, named, mail_class, field)
    if said is not None:
        yield from _shares(said)


def _templates(template: str | None, said: Sequence[Variant]) -> Mapping[str, str]:
    """By the field in which each is named."""
    alone = {"template": template} if template else {}
    return alone | {f"variants.{place}.template": each.template for place, each in enumerate(said)}


def class_of(call: Call, named: str, mail_class: str, field: str) -> Iterator[tuple[str, str]]:
    template = call.aws.definitions.newest("template", named)
    if template and json.loads(template.content)["class"] != mail_class:
        yield field, f"{named} is not written for {mail_class} mail"


def _shares(said: Sequence[Variant]) -> Iterator[tuple[str, str]]:
    if len(said) < LEAST:
        yield "variants", f"are {LEAST} at least"
        return
    names = [each.id for each in said]
    for place, name in enumerate(names):
        if name in names[:place]:
            yield f"variants.{place}.id", f"{name} is the id of another variant"
    if (total := sum(each.share for each in said)) != 100:
        yield "variants", f"have shares that add up to {total}, not to 100"
