"""Publishing journeys, pausing them, letting them go on, stopping them."""

from collections.abc import Callable, Iterable
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from shopkeeper.api import journeys, roles
from shopkeeper.api.calls import Call, found
from shopkeeper.api.journeys import Standing
from shopkeeper.api.problems import Problem
from shopkeeper.api.versions import MOST_VERSIONS
from shopkeeper.aws.definitions import Version
from shopkeeper.aws.journeys import KIND
from shopkeeper.customer.requests import Strict
from shopkeeper.journey import coming, going, waking
from shopkeeper.journey.going import By, Never
from shopkeeper.journey.state import Overtaken, State

TRIES = 5
_WHO = (roles.MARKETER, roles.ADMIN)
_NEVER = {409: "The journey was never published, or has been stopped."}
room = journeys.room


class Publication(Strict):
    """Without `version` the one that counts."""

    version: Annotated[int, Field(ge=1, le=MOST_VERSIONS)] | None = None


class Nothing(Strict):
    """There is nothing to say."""


class Resumption(Strict):
    """Whom the pause has kept goes on: `catch_up` does what was due, however late; `skip_due` leaves out what is later
    than `late_after` allows."""

    policy: Literal["catch_up", "skip_due"] = "skip_due"


class StandingOf(TypedDict):
    id: str
    state: Standing


def _check(call: Call, wanted: Publication) -> Iterable[tuple[str, str]]:
    """All that the version names may have gone since it was put."""
    version = _version(call, wanted.version)
    return journeys.faults(call, journeys.said(version)) if version else ()


@room.post("/v1/journeys/{id}/publish", groups=_WHO, check=_check)
def publish(call: Call, wanted: Publication) -> StandingOf:
    """Publish a version of a journey: from a few seconds later on it lets customers in.

    All that it names has to be there, also what has gone since it was put. Who is inside an older version finishes
    there. Publishing what is live already changes nothing; one that is paused stays paused; one that was stopped begins
    anew.
    """
    version = found(_version(call, wanted.version), "version" if wanted.version else KIND)
    return _changed(call, lambda before, by: going.published(before, version.id, version.number, by))


@room.post("/v1/journeys/{id}/pause", groups=_WHO, refusals=_NEVER)
def pause(call: Call, _: Nothing) -> StandingOf:
    """Pause a journey: nobody comes in, and nobody inside is contacted. Waits go on, and so does what ends a run."""
    return _changed(call, going.paused)


@room.post("/v1/journeys/{id}/resume", groups=_WHO, refusals=_NEVER)
def resume(call: Call, wanted: Resumption) -> StandingOf:
    """Let a paused journey go on. Of one that is live nothing changes."""
    return _changed(call, lambda before, by: going.resumed(before, wanted.policy, by), wakes=True)


@room.post("/v1/journeys/{id}/stop", groups=_WHO, refusals=_NEVER)
def stop(call: Call, _: Nothing) -> StandingOf:
    """Stop a journey: nobody comes in, and everybody inside leaves. What is on goes off, tasks are cancelled."""
    return _changed(call, going.stopped, wakes=True)


def _version(call: Call, number: int | None) -> Version | None:
    kept = call.aws.definitions
    return kept.stored(KIND, call.path["id"], number) if number else kept.newest(KIND, call.path["id"])


def _changed(call: Call, change: Callable[[State | None, By], State], *, wakes: bool = False) -> StandingOf:
    """Raises Problem 404, 409 and 503."""
    journey = call.path["id"]
    for _ in range(TRIES):
        before = call.aws.journeys.state(journey)
        if before is None and not call.aws.definitions.number(KIND, journey):
            raise Problem(404, "There is no such journey.")
        try:
            after = change(before, By(call.who.id, call.now))
            if after is not before:
                if wakes:  # Before it is written: whoever dies in between leaves a walk that moves nobody.
                    waking.start(call.aws.slices, after, call.now)
                if after.lets_in:
                    coming.start(call.aws.slices, after, call.aws.journeys.graph(journey, after.live), call.now)
                call.aws.journeys.put(after)
        except Never:
            raise Problem(409, _NEVER[409]) from None
        except Overtaken:
            continue
        return {"id": journey, "state": journeys.standing(after)}
    raise Problem(503, "Too many others are changing this journey. Try again in a while.")
