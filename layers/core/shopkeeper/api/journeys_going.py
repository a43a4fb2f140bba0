"""Publishing journeys, pausing them, letting them go on, stopping them."""

from collections.abc import Callable, Iterator
from typing import Literal

from typing_extensions import TypedDict

from shopkeeper import clock
from shopkeeper.api import journey_migrations, journeys
from shopkeeper.api.calls import Call, found
from shopkeeper.api.journey_migrations import Movement, Number
from shopkeeper.api.journeys import Standing
from shopkeeper.api.problems import Problem
from shopkeeper.aws.definitions import Version
from shopkeeper.aws.journeys import KIND
from shopkeeper.customer.requests import Strict
from shopkeeper.journey import going
from shopkeeper.journey.doors import coming, times
from shopkeeper.journey.doors.turns import Series
from shopkeeper.journey.facts import Resume
from shopkeeper.journey.going import By, Never
from shopkeeper.journey.insiders import waking
from shopkeeper.journey.state import Overtaken, State

TRIES = 5
_WHO = journey_migrations.WHO
_NEVER = {409: "The journey was never published, or has been stopped."}
room = journey_migrations.room


class Publication(Movement):
    """Without `version` the one that counts. Who is `inside` others finishes there, goes over into this one, or
    leaves."""

    version: Number | None = None
    inside: Literal["finish", "migrate", "exit"] = "finish"


class Nothing(Strict):
    """There is nothing to say."""


class Resumption(Strict):
    """Whom the pause has kept goes on: `catch_up` does what was due, however late; `skip_due` leaves out what is later
    than `late_after` allows; `shift` does it as much later as the pause lasted, and waits end as much later too, but
    for those until a date or a time of the wall clock."""

    policy: Resume = "skip_due"


class StandingOf(TypedDict):
    id: str
    state: Standing


class Published(StandingOf):
    """`migration` is the number under which it is seen what becomes of those inside other versions."""

    migration: int | None


def _check(call: Call, wanted: Publication) -> Iterator[tuple[str, str]]:
    """All that the version names may have gone since it was put."""
    version = _version(call, wanted.version)
    if version:
        yield from journey_migrations.faults(call, version.number, wanted.inside, wanted)
        yield from journeys.faults(call, journeys.said(version))


@room.post("/v1/journeys/{id}/publish", groups=_WHO, check=_check)
def publish(call: Call, wanted: Publication) -> Published:
    """Publish a version of a journey: from a few seconds later on it lets customers in.

    All that it names has to be there, also what has gone since it was put. Who is inside another version finishes
    there, unless `inside` says otherwise: then they are told by and by, even if this one is live already. One that is
    paused stays paused; one that was stopped begins anew.
    """
    version = found(_version(call, wanted.version), "version" if wanted.version else KIND)
    changed = _changed(call, lambda before, by: going.published(before, version.id, version.number, by))
    return {**changed, "migration": _migrated(call, version.number, wanted)}


def _migrated(call: Call, version: int, wanted: Publication) -> int | None:
    """Begun behind the change: whoever dies in between is asked to publish again."""
    if wanted.inside == "finish":
        return None
    asked = journey_migrations.asked(call, version, wanted.inside, wanted)
    return journey_migrations.begin(call, asked, spread=wanted.spread).asked.number


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
                _look_who_comes(call, after)
                call.aws.journeys.put(after)
        except Never:
            raise Problem(409, _NEVER[409]) from None
        except Overtaken:
            continue
        return {"id": journey, "state": journeys.standing(after)}
    raise Problem(503, "Too many others are changing this journey. Try again in a while.")


def _look_who_comes(call: Call, state: State) -> None:
    """By the calendar, if there is any. Before it is written, too."""
    graph = call.aws.journeys.graph(state.journey, state.live) if state.lets_in else None
    if graph:
        coming.start(call.aws.slices, state, graph, call.now)
    if graph and times.shared(graph):
        call.aws.turns.begin(Series(journey=state.journey, due_at=clock.to_text(call.now + waking.WAIT)))
