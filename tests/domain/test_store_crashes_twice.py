"""Every pair of places to die at, with another store in between: too many to try each time."""

import pytest

from tests.interactions import said
from tests.store_ways import EARLIER, half_calls, told
from tests.store_world import World


def crashing_twice(first, second):
    """The process dies there, and again while the same messages are delivered once more, among others."""
    world = World()
    world.deliver(EARLIER)
    batch = told(world)
    world.deliver(batch, crash_at=first)
    more = [world.received(each) for each in [said("anon:phone", "m8"), said("user:jo", "m9")]]
    world.deliver([*more, *reversed(batch)], crash_at=second, overtaken_at=first, by=[batch[3:]])
    world.deliver([*batch, *more, *EARLIER])
    return world.faults()


@pytest.mark.prove
def test_so_it_is_when_the_process_dies_twice():
    places = [(first, second) for first in range(half_calls() + 2) for second in range(half_calls() + 2)]

    assert {place: faults for place in places if (faults := crashing_twice(*place))} == {}
