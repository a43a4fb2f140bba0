"""What a launch is pinned to, and when it begins, by its campaign and by what a request names."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from shopkeeper import clock
from shopkeeper.campaign import by_hand, calendar, occurrences, terms
from shopkeeper.campaign import launch as launches
from shopkeeper.campaign.calendar import ONCE, Schedule
from shopkeeper.campaign.hold_outs import HoldOut
from shopkeeper.campaign.launch import Launch
from shopkeeper.campaign.pins import SKIP, Pins
from shopkeeper.campaign.ports import Definitions
from shopkeeper.consent import policy as policies
from shopkeeper.consent.classes import MARKETING
from shopkeeper.consent.policy import Policy
from shopkeeper.customer.requests import BadRequest
from shopkeeper.mail.variants import Variant
from shopkeeper.segment import rule
from shopkeeper.segment.references import Look, inlined

# A launch holds on to what it was pinned to; a year later nobody remembers what that was.
FURTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a request to launch names, 0, "" and None where it leaves that open. `at` is text as `clock.to_text` writes
    it; `grace` is how long the launch may still be called off before it begins, and `by` whose wish it is."""

    version: int = 0
    at: str = ""
    grace: timedelta | None = None
    by: str = ""


NOTHING = Wish()


class When(NamedTuple):
    """`wall_at` is "" where no wall clock is asked."""

    run_at: datetime
    wall_at: str = ""


class Pinned(Exception):
    """The launch is pinned otherwise than somebody wants it, and has begun. `findings` pair fields with what stands."""

    def __init__(self, findings: Iterable[tuple[str, str]]) -> None:
        super().__init__("the launch is pinned otherwise")
        self.findings = list(findings)


@dataclass(frozen=True, slots=True)
class Pinner:
    """`counts` is the version of the campaign that counts, and `segments` are their whole rules as they are now. `zone`
    is the IANA name of the workspace's."""

    campaign: str
    counts: int
    definitions: Definitions
    segments: Look
    wish: Wish
    grace: timedelta
    now: datetime
    zone: str = "UTC"

    def planned(self, before: Launch | None) -> Launch:
        """Afresh. Raises BadRequest."""
        said = self._said(self._counting())
        pins = self._pins(said)
        when = self._when(pins, _scheduled(said))
        return by_hand.planned(
            self.campaign, pins, when.run_at, self.now, before, self.grace, self.wish.by, when.wall_at
        )

    def pins(self) -> Pins:
        """As they would be by now. Raises BadRequest."""
        return self._pins(self._said(self._counting()))

    def repinned(self, before: Launch) -> Launch:
        """Where the wish names no instant, another version brings that of its own schedule; else the one there is
        stays. Raises BadRequest."""
        pins, at = before.pins, ""
        if self.wish.version not in (0, pins.version):
            said = self._said(self._counting())
            pins, at = self._pins(said), _scheduled(said)
        when = self._when(pins, at or before.run_at, before.called_off)
        return by_hand.repinned(before, pins, when.run_at, self.now, self.grace, self.wish.by, when.wall_at)

    def _when(self, pins: Pins, scheduled: str, called_off: Collection[str] = ()) -> When:
        """At the instant of the wish, or else as scheduled. Raises BadRequest."""
        schedule, wish = pins.schedule, self.wish
        if schedule != ONCE and wish.at:
            raise BadRequest([("at", "is what the schedule of the campaign says")])
        if schedule.recurring:
            walls = schedule.walls(self.now)
            wall = next((each for each in walls if occurrences.name(self.campaign, each) not in called_off), None)
            return self._begins("schedule.recurring", schedule, wall)
        if schedule.local:
            return self._begins("schedule.at", schedule, calendar.from_text(scheduled))
        return When(self._run_at("at", wish.at) if wish.at else self._run_at("schedule.at", scheduled))

    def _begins(self, field: str, schedule: Schedule, wall: datetime | None) -> When:
        """Of local times the last may be to come when the first is over."""
        if wall is None:
            raise BadRequest([(field, "has no time that is to come")])
        self._run_at(field, clock.to_text(schedule.last_at(wall)))
        return When(schedule.begins_at(wall), calendar.to_text(wall))

    def _counting(self) -> int:
        """Raises BadRequest for a wish for another version: only what counts is launched."""
        if self.wish.version not in (0, self.counts):
            raise BadRequest([("version", f"version {self.counts} of the campaign is the one that counts")])
        return self.counts

    def _said(self, version: int) -> Mapping[str, Any]:
        said = self.definitions.version("campaign", self.campaign, version)
        if said is None:
            raise BadRequest([("version", f"there is no version {version} of campaign {self.campaign}")])
        return said

    def _pins(self, said: Mapping[str, Any]) -> Pins:
        brand = self._pinned("brand", said["brand"])
        its_brand, policy = self._said_of(brand), self._policy()
        return Pins(
            version=self.counts,
            audience=rule.to_json(inlined(rule.read(said["audience"]), self.segments, "audience")),
            template=self._pinned("template", said["template"]) if "template" in said else "",
            variants=tuple(self._variants(said.get("variants", ()))),
            trial=terms.trial(said),
            conversion=terms.conversion(said),
            brand=brand,
            topic=said["topic"],
            mail_class=said["class"],
            home=its_brand.get("home_page", ""),
            fallback=said.get("fallback", ""),
            expires_after=said.get("expires_after", 0),
            past_due=said.get("past_due", SKIP),
            needs_approval=said.get("needs_approval", False) or policy.approval_over == 0,
            approval_over=policy.approval_over,
            terms=terms.at_the_door(self._with_offer(said), its_brand, self.campaign),
            flow=terms.flow(said),
            schedule=terms.schedule(said, self.zone),
            hold_out=HoldOut(
                campaign=said.get("hold_out", 0), policy=policy.hold_out if said["class"] == MARKETING else 0
            ),
        )

    def _with_offer(self, said: Mapping[str, Any]) -> Mapping[str, Any]:
        """Whose version is the one that counts now. Raises BadRequest."""
        offer = said.get("offer")
        return {**said, "offer": {**offer, "name": self._pinned("offer", offer["id"])}} if offer else said

    def _policy(self) -> Policy:
        number = self.definitions.number(policies.KIND, policies.ID)
        said = self.definitions.version(policies.KIND, policies.ID, number) if number else None
        return msgspec.convert(said, Policy) if said else policies.NONE

    def _variants(self, said: Iterable[Mapping[str, Any]]) -> Iterator[Variant]:
        for place, each in enumerate(said):
            template = self._pinned("template", each["template"], f"variants.{place}.template")
            yield Variant(id=each["id"], template=template, share=each["share"])

    def _said_of(self, brand: str) -> Mapping[str, Any]:
        name, _, number = brand.rpartition("#")
        return self.definitions.version("brand", name, int(number)) or {}

    def _pinned(self, kind: str, definition_id: str, field: str = "") -> str:
        """To the version that counts now, `<id>#<version>`. Raises BadRequest."""
        number = self.definitions.number(kind, definition_id)
        if not number:
            raise BadRequest([(field or kind, f"there is no {kind} {definition_id}")])
        return f"{definition_id}#{number}"

    def _run_at(self, field: str, at: str) -> datetime:
        """Raises BadRequest for a time that is over, as who wants it now had better say so, and for one too far
        ahead."""
        if not at:
            return self.now
        run_at = clock.from_text(at)
        if launches.is_too_late(run_at, self.now):
            raise BadRequest([(field, f"{at} has passed")])
        if run_at > self.now + FURTHEST:
            raise BadRequest([(field, f"{at} is more than a year ahead")])
        return run_at


def differences(launch: Launch, wish: Wish) -> list[tuple[str, str]]:
    """What a request leaves open agrees with everything, so one that is sent again stays without effect."""
    pinned = {"version": (wish.version, launch.pins.version), "at": (wish.at, launch.run_at)}
    return [
        (name, f"the launch is {launch.state} and pinned to {stands}")
        for name, (wanted, stands) in pinned.items()
        if wanted and wanted != stands
    ]


def _scheduled(said: Mapping[str, Any]) -> str:
    return str(said.get("schedule", {}).get("at", ""))
