"""When a source is asked, what becomes of its state, and what is new in what it found."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper import clock
from shopkeeper.customer.sources.definition import Schedule
from shopkeeper.customer.sources.known import Known, SaidTwice
from shopkeeper.customer.sources.schedule import following
from shopkeeper.customer.sources.state import MOST_TRIES, Run, State
from shopkeeper.customer.sources.waking import Waker

NOW = datetime(2026, 3, 28, 9, 30, tzinfo=UTC)
DAILY = Schedule(at="03:30", zone="Europe/Berlin")


@pytest.mark.parametrize(
    ("schedule", "after", "then"),
    [
        (Schedule(), "2026-03-28T09:30:00Z", "2026-03-29T00:00:00Z"),
        (DAILY, "2026-03-28T01:00:00Z", "2026-03-28T02:30:00Z"),
        (DAILY, "2026-03-28T02:30:00Z", "2026-03-29T01:30:00Z"),  # Summer time begins.
        (Schedule(at="02:30", zone="Europe/Berlin"), "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z"),  # Left out.
        (Schedule(at="02:30", zone="Europe/Berlin"), "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"),  # The first.
        (Schedule(every_hours=6, at="03:00"), "2026-03-28T09:30:00Z", "2026-03-28T15:00:00Z"),
        (Schedule(every_hours=6, at="23:00"), "2026-03-28T23:00:00Z", "2026-03-29T05:00:00Z"),
        (Schedule(every_hours=1), "2026-03-28T09:30:00Z", "2026-03-28T10:00:00Z"),
        (Schedule(at="00:30", zone="Pacific/Kiritimati"), "2026-03-28T10:00:00Z", "2026-03-28T10:30:00Z"),
    ],
)
def test_a_source_is_asked_at_its_local_time(schedule, after, then):
    assert following(schedule, clock.from_text(after)) == clock.from_text(then)


@given(st.integers(0, 10**6), st.sampled_from([1, 2, 3, 4, 6, 8, 12, 24]), st.sampled_from(["00:00", "02:30", "23:59"]))
def test_the_next_time_lies_ahead_and_never_further_than_the_interval_and_an_hour(minutes, every, at):
    after = NOW + timedelta(minutes=minutes)
    schedule = Schedule(every_hours=every, at=at, zone="Europe/Berlin")

    assert after < following(schedule, after) <= after + timedelta(hours=every + 1)


def test_a_passing_fault_is_tried_again_ever_later_and_then_at_its_next_time():
    state = State("s").asked_for(NOW, whole=True, leaving=True)
    pauses = []
    for _ in range(MOST_TRIES):
        state = state.begun(1, NOW).failed("busy", DAILY, NOW, passing=True)
        assert (state.trouble.retried, state.run.whole, state.run.leaving) == (True, True, True)
        pauses.append((clock.from_text(state.next_at) - NOW) / timedelta(minutes=1))
    assert pauses == [5, 10, 20, 40, 80]

    state = state.begun(1, NOW).failed("busy", DAILY, NOW, passing=True)

    assert state.next_at == clock.to_text(following(DAILY, NOW))
    assert (state.trouble.retried, state.run, state.failures) == (False, Run(MOST_TRIES + 1), 0)


def test_a_lasting_fault_waits_for_its_next_time_or_for_somebody():
    state = State("s").begun(1, NOW)

    assert state.failed("wrong", None, NOW, passing=False).due_at == ""
    assert state.failed("wrong", DAILY, NOW, passing=False).next_at == clock.to_text(following(DAILY, NOW))


def test_a_retry_comes_no_later_than_the_next_time():
    soon = Schedule(at="09:32")

    assert State("s").begun(1, NOW).failed("busy", soon, NOW, passing=True).next_at == "2026-03-28T09:32:00.000Z"


def test_who_is_done_forgets_its_troubles():
    state = State("s").begun(1, NOW).failed("busy", None, NOW, passing=True).begun(1, NOW).done(DAILY, NOW)

    assert (state.trouble, state.failures, state.base, state.last.number) == (None, 0, 2, 2)
    assert state.is_resting
    assert not state.is_to_begin(NOW)
    assert state.is_to_begin(following(DAILY, NOW))


row = st.tuples(st.sampled_from("abcdef"), st.sampled_from("xy"))


@given(st.lists(st.lists(row, max_size=8), max_size=4))
def test_what_is_told_from_run_to_run_adds_up_to_what_the_last_one_found(runs):
    told, saved = {}, None
    for rows in runs:
        with closing(Known(saved)) as known:
            found = {}
            for who, said in rows:
                if found.get(who, said) == said:
                    known.find(who, said)
                    found[who] = said
                else:
                    with pytest.raises(SaidTwice):
                        known.find(who, said)
            sums, news = known.sums(), known.news("", 100)
            assert sums.entered + sums.changed + sums.left == len(news)
            assert sums.entered + sums.changed + sums.unchanged == len(found)
            assert news == known.news("", 2) + news[2:]
            told = {who: said for who, said in {**told, **dict(news)}.items() if said is not None}
            assert told == found
            known.settle()
            saved = Saved(known.save().read_bytes())


class Saved:
    """A file, each time from its beginning."""

    def __init__(self, body):
        self.body, self.place = body, 0

    def read(self, length=-1):
        end = len(self.body) if length < 0 else self.place + length
        block, self.place = self.body[self.place : end], min(end, len(self.body))
        return block


class States:
    def __init__(self):
        self.due = {"churn"}

    def wake(self, source_id, now):
        return source_id in self.due and not self.due.remove(source_id)


class Queue:
    def __init__(self):
        self.sent = []

    def send(self, messages):
        self.sent += messages


def test_a_source_that_is_due_has_somebody_look_after_it_once():
    queue = Queue()
    waker = Waker(States(), queue, clock.Clock())

    waker.visit("churn")
    waker.visit("churn")
    waker.visit("other")

    assert queue.sent == [b'{"source": "churn"}']
