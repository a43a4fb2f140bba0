"""Whoever dies over a recomputation, and whoever writes customers meanwhile: after the switch nobody stands wrong."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.aws import editions
from shopkeeper.segment import recompute
from shopkeeper.segment.recompute import WAIT
from tests.recompute_fakes import BUYERS, REGULARS
from tests.recompute_world import Shop
from tests.rules import negated
from tests.store_fakes import Crash

LONGEST = 60
"""Seconds that a function which writes customers may run."""


def shop_of(customers, **more):
    shop = Shop(**more)
    for n in range(customers):
        shop.order(f"c{n:02}", n % 3)
    return shop


def built(crash_at):
    """A first version, then a second with a dependant; whoever dies at that half call is started again."""
    shop = shop_of(9)
    shop.publish(buyers=BUYERS, others=negated(BUYERS))
    shop.build()
    shop.publish(2, buyers=REGULARS)
    shop.publish(1, others=negated(REGULARS))
    shop.wire.halves, shop.wire.crash_at = 0, crash_at
    for _ in range(9):
        try:
            shop.build()
        except Crash:
            shop.pass_time(minutes=5)
        else:
            return shop
    raise AssertionError("it never ends")


def halves():
    return built(None).wire.halves


@pytest.mark.parametrize("part", range(8))
def test_whoever_dies_anywhere_leaves_nothing_wrong(part):
    for crash_at in range(part, halves(), 8):
        shop = built(crash_at)
        assert shop.states() == {("buyers", 2, "ready"), ("others", 1, "ready")}, crash_at
        assert shop.inside("buyers") == shop.belong("buyers") == {"c02", "c05", "c08"}
        assert shop.inside("others") == shop.belong("others")
        assert shop.last.found.differences == 0
        assert shop.last.found.customers == 9
        assert {"segment:buyers@1", "segment:others@2"} <= set(shop.members)
        assert not shop.news()


class Broken(Exception):
    pass


def test_a_run_whose_slice_fails_shows_it_and_later_goes_on_where_it_stopped():
    shop = shop_of(40)
    shop.publish(buyers=BUYERS)
    page, broken = shop.page, True

    def breaking(segment, segments, after, limit):
        if segment == 3 and after and broken:
            raise Broken
        return page(segment, segments, after, limit)

    shop.page = breaking
    shop.pass_time(seconds=WAIT.total_seconds())
    shop.wake()
    [problem] = shop.execute()
    assert problem.error == "RecomputationFailed"
    assert (shop.last.state, shop.last.error) == ("failed", "SliceNotSeen")
    assert shop.states() == {("buyers", 1, "building")}
    ended = {number for (_, number), part in shop.slices.items() if part.ended}
    assert ended == {0, 1, 2, 4, 5, 6, 7}

    broken, loads = False, []
    shop.page = lambda *said: loads.append(said[0]) or page(*said)
    shop.build()
    assert set(loads) == {3}
    assert shop.states() == {("buyers", 1, "ready")}
    assert shop.inside("buyers") == shop.belong("buyers")
    assert (shop.last.state, shop.last.error, shop.last.attempt, shop.last.found.customers) == ("done", "", 2, 40)
    assert len(shop.runs) == 1


def test_a_run_that_died_without_a_word_is_taken_up_again():
    shop = shop_of(5)
    shop.publish(buyers=BUYERS)
    shop.pass_time(seconds=WAIT.total_seconds())
    shop.wake()
    shop.waiting.clear()
    shop.build()
    assert shop.states() == {("buyers", 1, "ready")}
    assert list(shop.executions) == [f"{shop.last.id}-1", f"{shop.last.id}-2"]


def test_an_execution_that_was_thought_dead_changes_nothing_any_more():
    shop = shop_of(5)
    shop.publish(buyers=BUYERS)
    shop.pass_time(seconds=WAIT.total_seconds())
    shop.wake()
    late, shop.waiting = shop.waiting, []
    shop.build()
    shop.waiting = late
    before = shop.edition, shop.at_desk, dict(shop.runs)
    assert shop.execute() == []
    assert (shop.edition, shop.at_desk, shop.runs) == before


STEP = st.tuples(
    st.sampled_from(["order", "slow", "wait", "publish", "delete"]),
    st.integers(0, 5),
    st.integers(0, 1),
    st.integers(1, 70),
)


class Streaming:
    """People order while segments are published; whoever writes knows an edition of up to a minute ago, and takes up
    to a minute between working out where a customer stands and saving it."""

    def __init__(self, steps):
        self.shop, self.steps, self.version, self.slow = shop_of(6, page=1), list(steps), 1, None
        self.shop.meanwhile = self.next

    def next(self):
        """One step; each page of a scan lets one happen, too."""
        if self.steps:
            what, n, writer, seconds = self.steps.pop(0)
            getattr(self, f"_{what}")(f"c{n:02}", writer, seconds)

    def _order(self, customer_id, writer, seconds):
        self.shop.order(customer_id, 1, writer)

    def _slow(self, customer_id, writer, seconds):
        """Saves what was worked out up to a minute ago."""
        until = self.shop.now + timedelta(seconds=min(seconds, LONGEST))

        def others():
            while self.steps and self.shop.now < until:
                self.next()
            self.shop.now = max(self.shop.now, until)

        self.shop.order(customer_id, 1, writer, others)

    def _wait(self, customer_id, writer, seconds):
        # No further than a slow writer may take: it runs while this happens.
        self.shop.pass_time(seconds=seconds / 8)

    def _publish(self, customer_id, writer, seconds):
        self.version += 1
        rule = BUYERS | {"n": 1 + seconds % 3}
        self.shop.publish(self.version, buyers=rule, others=rule | {"cmp": "le"})

    def _delete(self, customer_id, writer, seconds):
        self.shop.delete("others")

    def run(self):
        shop = self.shop
        shop.publish(buyers=BUYERS, others=REGULARS)
        while self.steps or shop.at_desk.due_at:
            self.next()
            if shop.at_desk.due_at and not self.steps:
                shop.now = max(shop.now, recompute.clock.from_text(shop.at_desk.due_at))
            shop.wake()
            shop.execute()
            shop.pass_time(seconds=30)
        return self.wrong()

    def wrong(self):
        shop = self.shop
        faults = [name for name in ("buyers", "others") if shop.inside(name) != shop.belong(name)]
        return faults + [each for each in shop.states() if each[2] != "ready"] + shop.told


def first_wrong(examples):
    @settings(max_examples=examples, deadline=None, database=None, derandomize=True)
    @given(st.lists(STEP, max_size=40))
    def search(steps):
        assert not Streaming(steps).run(), steps

    try:
        search()
    except AssertionError as problem:
        return str(problem)
    return None


def test_whatever_is_written_while_segments_are_published_nobody_stands_wrong_after_the_switch():
    assert first_wrong(60) is None


@pytest.mark.prove
def test_so_it_is_in_many_lives():
    assert first_wrong(800) is None


HURRIED = {
    "the walk does not wait for who remembers": (recompute, "WAIT", timedelta(0)),
    "editions are remembered for long": (editions, "FRESH_FOR", timedelta(minutes=20)),
}


def test_a_slow_writer_who_knows_the_edition_of_before_leaves_nothing_wrong():
    assert not Hurried().wrong()


@pytest.mark.parametrize("name", HURRIED)
def test_a_wrong_in_it_shows(name, monkeypatch):
    monkeypatch.setattr(*HURRIED[name])
    assert Hurried().wrong()


class Hurried(Streaming):
    """A writer who knows the old edition and is slow, and a walk that passes by in between."""

    def __init__(self):
        super().__init__([])
        shop = self.shop
        shop.order("c01", 0, 1)
        shop.publish(buyers=BUYERS)

        def walk():
            shop.pass_time(seconds=LONGEST)
            shop.wake()
            shop.execute()

        shop.order("c00", 1, 1, walk)
        shop.build()
        shop.order("c03", 1, 1)
