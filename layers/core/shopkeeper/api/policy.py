"""The policy: what the business holds itself to in all its mail."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, model_validator

from shopkeeper.api.calls import Call, Room
from shopkeeper.api.hours import Quiet
from shopkeeper.api.singles import Single
from shopkeeper.api.versions import Kind, missing
from shopkeeper.consent import policy
from shopkeeper.customer.requests import Day, HoldOut, Id, Strict, Text

MOST_CAPS = 5
MOST_HOLIDAYS = 200


class Cap(Strict):
    """Each customer gets at most so many marketing mails in any so many `days`, or else `hours`: a window that rolls
    along, and ends now. With `topics` it counts those of these alone."""

    most: Annotated[int, Field(ge=1, le=policy.MOST)]
    days: Annotated[int, Field(ge=1, le=policy.MOST_DAYS)] | None = None
    hours: Annotated[int, Field(ge=1, le=24 * policy.MOST_DAYS)] | None = None
    topics: Annotated[tuple[Id, ...], Field(min_length=1, max_length=20)] | None = None

    @model_validator(mode="after")
    def _one_window(self) -> "Cap":
        if (self.days is None) == (self.hours is None):
            raise ValueError("has either days or hours")
        return self


class KeptFor(Strict):
    """So many `places` of each cap are only for campaigns of this `priority` or a higher one."""

    priority: Annotated[int, Field(ge=1, le=9)]
    places: Annotated[int, Field(ge=1, le=policy.MOST)]


class Holiday(Strict):
    """On that day, by the clock of each recipient, no marketing goes out to those in one of these `countries`; without
    any to nobody. A country is written as it is known of customers, such as DE."""

    date: Day
    countries: Annotated[tuple[Text, ...], Field(max_length=50)] | None = None


class Policy(Strict):
    """All caps hold together. They count marketing mail, whoever sends it; service mail and receipts go by.

    In `quiet` hours no marketing goes out, and of service mail only what is critical; on `holidays` no marketing does.
    `hold_out` percent of the customers, always the same ones, get no marketing campaign that is launched from now on. A
    campaign to more than `approval_over` customers, 0 for all campaigns, goes out only when somebody else than who
    launched it has approved it, if it is launched from now on.
    """

    caps: Annotated[tuple[Cap, ...], Field(max_length=MOST_CAPS)] = ()
    kept_for: KeptFor | None = None
    quiet: Quiet | None = None
    hold_out: HoldOut | None = None
    holidays: Annotated[tuple[Holiday, ...], Field(max_length=MOST_HOLIDAYS)] | None = None
    approval_over: Annotated[int, Field(ge=0, le=policy.MOST_APPROVED)] | None = None


def _faults(call: Call, wanted: Policy) -> Iterator[tuple[str, str]]:
    for place, cap in enumerate(wanted.caps):
        for number, topic in enumerate(cap.topics or ()):
            yield from missing(call, "topic", topic, f"caps.{place}.topics.{number}")
    if wanted.kept_for and not wanted.caps:
        yield "kept_for", "keeps places of caps, and there are none"
    elif wanted.kept_for and wanted.kept_for.places >= min(cap.most for cap in wanted.caps):
        yield "kept_for.places", "leaves no place of a cap to anybody else"


KIND = Kind(policy.KIND, policy.KIND, Policy, check=_faults)
POLICY = Single(
    KIND,
    policy.ID,
    "{}",
    "Show the policy that counts, or another version of it.",
    "Define the policy: how many mails a customer gets at most, and at which hours none.\n\n"
    "It is asked of each mail before it goes, so it also holds for campaigns that are on their way. It counts within a "
    "minute.",
    "The first policy of your own.",
)
room = Room(policy.KIND, "What the business holds itself to in all its mail.")
room.routes += POLICY.routes("/v1/policy", _faults)
