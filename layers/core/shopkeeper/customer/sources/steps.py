"""Bring a source as far as the time allows. Safe to be killed at any point and started again, even twice at once."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime

from shopkeeper import ids
from shopkeeper.customer.importing.plain import UnreadableFile
from shopkeeper.customer.sources.definition import Schedule, Source
from shopkeeper.customer.sources.known import Known
from shopkeeper.customer.sources.ports import Overtaken, Ports, Refused
from shopkeeper.customer.sources.reading import Reading, name
from shopkeeper.customer.sources.state import LOOK_AFTER, Run, State
from shopkeeper.customer.sources.telling import interaction

TOLD_AT_ONCE = 1_000
# A list of a few may well change altogether.
FEW = 20


class Sources:
    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def run(self, source_id: str, has_time: Callable[[], bool]) -> State | None:
        """The state it is left in; None if there is no such source. Raises Unavailable."""
        while True:
            state = self._ports.states.get(source_id)
            if state is None or (state.is_resting and not state.is_to_begin(self._now())):
                return state
            try:
                left = self._step(state, has_time)
            except Overtaken:
                continue
            if left.is_resting or left.phase == "querying" or not has_time():
                return left

    def _step(self, state: State, has_time: Callable[[], bool]) -> State:
        source = self._source(state)
        if source is None:
            return self._ports.states.put(replace(state, phase="resting").planned(None, self._now()))
        try:
            if state.phase in ("resting", "querying"):
                return self._query(state, source)
            if state.phase == "reading":
                return self._read(state, source, has_time)
            return self._tell(state, source, has_time)
        except Refused as error:
            return self._failed(state, str(error), passing=error.passing)
        except UnreadableFile as error:
            return self._failed(state, str(error), passing=False)

    def _source(self, state: State) -> Source | None:
        """As it was when the run began."""
        if state.is_resting:
            current = self._ports.versions.current(state.id)
            return current[1] if current else None
        return self._ports.versions.version(state.id, state.run.version)

    def _query(self, state: State, source: Source) -> State:
        if state.is_resting:
            number, _ = self._ports.versions.current(state.id) or (0, None)
            state = self._ports.states.put(state.begun(number, self._now()))
        if not state.run.query:
            query = self._ports.warehouse.start(source, _token(state))
            run = replace(state.run, query=query)
            return self._ports.states.put(state.with_run("querying", run, self._now(), LOOK_AFTER))
        return self._looked(state)

    def _looked(self, state: State) -> State:
        query = self._ports.warehouse.look(state.run.query)
        if query.state == "running":
            return self._ports.states.put(state.with_run("querying", state.run, self._now(), LOOK_AFTER))
        if query.state == "failed":
            raise Refused(query.text, passing=query.passing)
        etag = self._ports.warehouse.etag(query.location)
        counts = replace(state.run.counts, scanned=query.scanned)
        run = replace(state.run, location=query.location, etag=etag, as_of=query.as_of, counts=counts)
        return self._ports.states.put(state.with_run("reading", run, self._now()))

    def _read(self, state: State, source: Source, has_time: Callable[[], bool]) -> State:
        with closing(self._known(state)) as known:
            reading = Reading(self._ports, state, source, known)
            run, is_all = reading.run(has_time)
            after = state.with_run("reading", run, self._now())
            if is_all:
                reading.join_errors()
                after = after.read_through(self._now())
            self._ports.known.put_notes(name(after), run.place, known.save())
        return self._ports.states.put(after)

    def _known(self, state: State) -> Known:
        """As the visit before has left it, or as the last run has."""
        if state.run.place.rows:
            return Known(self._ports.known.notes(name(state), state.run.place))
        base = self._ports.known.base(state.id, state.base) if state.base else None
        if state.base and base is None and not state.run.whole:
            raise Refused("what was told so far is not known any more: run it whole", passing=False)
        known = Known(base)
        if state.run.whole:
            known.forget_what_was_told()
        return known

    def _tell(self, state: State, source: Source, has_time: Callable[[], bool]) -> State:
        _check_leaving(state.run, source)
        with closing(Known(self._ports.known.notes(name(state), state.run.place))) as known:
            while news := known.news(state.run.cursor, TOLD_AT_ONCE):
                told = [each for one in news if (each := interaction(state, source, one))]
                self._ports.send(told)
                counts = replace(state.run.counts, told=state.run.counts.told + len(told))
                run = replace(state.run, cursor=news[-1].who, counts=counts)
                state = self._ports.states.put(state.with_run("telling", run, self._now()))
                if not has_time():
                    return state
            known.settle()
            self._ports.known.put_base(state.id, state.run.number, known.save())
        return self._done(state)

    def _done(self, state: State) -> State:
        done = self._ports.states.put(state.done(self._schedule(state), self._now()))
        if state.base:
            self._ports.known.drop_base(state.id, state.base)
        return done

    def _failed(self, state: State, text: str, *, passing: bool) -> State:
        """The state may have moved on since it was read. Raises Overtaken if somebody else has moved it."""
        now = self._ports.states.get(state.id) or state
        return self._ports.states.put(now.failed(text, self._schedule(state), self._now(), passing=passing))

    def _schedule(self, state: State) -> Schedule | None:
        """As it is by now."""
        current = self._ports.versions.current(state.id)
        return current[1].schedule if current else None

    def _now(self) -> datetime:
        return self._ports.clock.now()


def _token(state: State) -> str:
    return ids.digest("source", state.id, str(state.run.number))


def _check_leaving(run: Run, source: Source) -> None:
    """Raises Refused, as long as nothing has been told."""
    counts = run.counts
    before = counts.left + counts.changed + counts.unchanged
    too_many = before >= FEW and counts.left * 100 > before * source.most_leaving
    if source.mode == "membership" and too_many and not run.leaving and not run.cursor:
        said = f"{counts.left:,} of {before:,} would leave the list, more than {source.most_leaving} %"
        raise Refused(f'{said}. If that is right, run it with {{"leaving": "any"}}', passing=False)
