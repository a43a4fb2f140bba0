"""A count of a journey is asked for once, made by one walk, and not overwritten by an older one."""

from datetime import UTC, datetime, timedelta

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.journey.beginning import begin
from shopkeeper.journey.insiders.census import MOST_APART, YOUNG, Counting, asked
from shopkeeper.journey.insiders.counting import OTHERS, Line
from shopkeeper.journey.rows import Row
from shopkeeper.journey.run import Cause
from tests.journey_graphs import cart
from tests.journey_world import NOON

START = datetime.fromtimestamp(NOON / 1000, UTC)
ENTRY = Cause(id="e", kind="entry", at=NOON)


class Kept:
    census = None

    def get(self, _journey):
        return self.census

    def put(self, census):
        self.census = census


def coming(name, version=1):
    return Row(customer_id=name, run=begin(cart(version=version), ENTRY, name, "", UTC, NOON))


def make(kept, *pages, at=START):
    """By a walk of two slices, of which one sees nobody."""
    work = Counting(kept, Clock(at.timestamp))
    name, gathered = kept.census.walk.partition("/")[2], {}
    for page in pages:
        gathered = work.see(name, page, gathered)
    return work.finish(name, [gathered, work.see(name, [], {})])


def test_one_count_is_under_way_at_a_time_and_a_young_one_is_as_good():
    kept = Kept()
    kept.put(asked(None, "cart", (1,), START))
    assert asked(kept.census, "cart", (1,), START + timedelta(days=1)) is kept.census
    assert make(kept, [coming("jo"), coming("kim")], [coming("lee")])
    assert (kept.census.made.lines[Line(1, "", "coming")], kept.census.made.counted_at) == (3, clock.to_text(START))

    assert asked(kept.census, "cart", (1,), START + YOUNG - timedelta(milliseconds=1)) is kept.census
    after = asked(kept.census, "cart", (1, 2), START + YOUNG)
    assert (after.asked.number, after.asked.apart, after.is_under_way) == (2, (1, 2), True)
    assert after.made is kept.census.made


def test_only_the_newest_versions_are_told_apart():
    kept = Kept()
    kept.put(asked(None, "cart", range(1, 12), START))
    assert len(kept.census.asked.apart) == MOST_APART
    make(kept, [coming("jo", 3), coming("kim", 4)])
    assert [line.version for line in kept.census.made.lines if line.what == "coming"] == [OTHERS, 4]


def test_what_an_older_walk_finds_late_changes_nothing():
    kept = Kept()
    kept.put(asked(None, "cart", (1,), START))
    work = Counting(kept, Clock(START.timestamp))
    assert make(kept, [coming("jo")])
    before = kept.census
    assert work.finish("cart/1", [{"lines": []}])
    assert kept.census is before
    kept.put(asked(kept.census, "cart", (1,), START + YOUNG))
    before = kept.census
    assert work.finish("cart/1", [{"lines": []}])
    assert kept.census is before
