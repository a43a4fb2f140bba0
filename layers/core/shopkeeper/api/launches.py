"""The launch of a campaign as the API shows it."""

from typing import Annotated, cast

from pydantic import AfterValidator, WithJsonSchema
from typing_extensions import TypedDict

from shopkeeper import clock
from shopkeeper.campaign import launch as launches
from shopkeeper.campaign.launch import Launch, State


def _instant(text: str) -> str:
    try:
        return clock.to_text(clock.from_text(text))
    except (ValueError, OverflowError):
        raise ValueError("is an instant with its offset from UTC, such as 2026-11-21T09:30:00+01:00") from None


Instant = Annotated[
    str,
    AfterValidator(_instant),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-21T09:30:00+01:00"]}),
]


# Written so because `class` is no name in Python.
LaunchView = TypedDict(
    "LaunchView",
    {
        "id": str,
        "campaign": str,
        "version": int,
        "template": str,
        "brand": str,
        "topic": str,
        "class": str,
        "state": State,
        "created_at": str,
        "run_at": str,
        "begun_at": str | None,
        "frozen_at": str | None,
        "finished_at": str | None,
        "found": int,
        "unreadable": int,
        "error": str | None,
    },
)


def shown(launch: Launch) -> LaunchView:
    return cast(LaunchView, launches.view(launch))
