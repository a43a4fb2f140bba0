"""The letters of a campaign: one template, or variants of which each customer gets one."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from shopkeeper.api.calls import Call
from shopkeeper.api.versions import missing
from shopkeeper.campaign import trial
from shopkeeper.campaign.launch import Launch
from shopkeeper.campaign.trial import LEAST_SENT, By, Why
from shopkeeper.customer.requests import Percent, Strict
from shopkeeper.mail import asked, variants
from shopkeeper.mail.asked import Variant

MOST_MINUTES = 7 * 24 * 60


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
    yield from asked.faults(template, said)
    for field, named in _templates(template, said or ()).items():
        yield from missing(call, "template", named, field)
        yield from class_of(call, named, mail_class, field)


def _templates(template: str | None, said: Sequence[Variant]) -> Mapping[str, str]:
    """By the field in which each is named."""
    alone = {"template": template} if template else {}
    return alone | {f"variants.{place}.template": each.template for place, each in enumerate(said)}


def class_of(call: Call, named: str, mail_class: str, field: str) -> Iterator[tuple[str, str]]:
    template = call.aws.definitions.newest("template", named)
    if template and json.loads(template.content)["class"] != mail_class:
        yield field, f"{named} is not written for {mail_class} mail"
