"""People order while segments are published, in random lives: after the switch nobody stands wrong."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.aws import editions
from shopkeeper.segment import recompute
from tests.recompute_fakes import BUYERS, REGULARS
from tests.recompute_world import Shop

LONGEST = 60
"""Seconds that a function which writes customers may run."""


def shop_of(customers, **more):
    shop = Shop(**more)
    for n in range(customers):
        shop.order(f"c{n:02}", n % 3)
    return shop


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
