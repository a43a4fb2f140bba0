"""What a launch costs for each recipient, and what it does about a document that cannot be read."""

import pytest

from shopkeeper.campaign import enqueue, freeze
from tests.launch_story import CUSTOMERS, LOYAL, launched, to_the_end
from tests.launch_world import World, customer


def test_a_customer_whose_document_cannot_be_read_is_told_of_and_holds_up_nobody():
    damaged = customer("c99", 4)
    world = launched([*CUSTOMERS, type(damaged)("c99", 1, "{", b"", "[]")])

    to_the_end(world)

    assert world.unread == ["c99"]
    assert (world.launch.unreadable, world.launch.found) == (1, len(LOYAL))


def test_at_scale_a_recipient_takes_few_transitions_and_few_requests(monkeypatch):
    """300,000 recipients at a hundredth: of them, and of what one invocation does."""
    monkeypatch.setattr(freeze, "MOST_ROWS", freeze.MOST_ROWS // 100)
    monkeypatch.setattr(enqueue, "MOST_ROWS", enqueue.MOST_ROWS // 100)
    world = launched([customer(f"c{n:06}", 3) for n in range(3000)])
    world.page_size = 50

    to_the_end(world)

    assert len(world.sends) == 3000
    assert world.transitions / 300_000 <= 0.0025
    assert world.requests / 3000 <= 0.025
    assert world.history * 10 < 25_000, "3 million recipients would fill the history of an execution"


def risen(dead):
    """Every process is gone: what the tables and the queue hold is all there is."""
    world = World(dead.customers, now=dead.now)
    for name in ("launches", "sends", "recounts", "queue", "executions", "waiting", "mails", "page_size"):
        setattr(world, name, getattr(dead, name))
    return world


@pytest.mark.parametrize("many", [1_000, pytest.param(10_000, marks=pytest.mark.prove)])
def test_paused_half_way_and_killed_it_goes_on_and_each_has_one_row_and_one_mail(many):
    world = launched([customer(f"c{n:06}", 3) for n in range(many)])
    world.page_size = 200

    def half_go():
        if not world.launch.paused_at:
            world.queue[len(world.queue) // 2 :], left = [], world.queue[len(world.queue) // 2 :]
            world.deliver()
            world.launcher.pause("spring")
            world.queue += left

    world.run(half_go)
    went = sum(world.mails.values())
    assert 0.4 * many < went < 0.6 * many
    world.deliver()
    assert sum(world.mails.values()) == went

    world = risen(world)
    world.launcher.resume("spring")
    to_the_end(world)

    assert len(world.sends) == len(world.mails) == many
    assert set(world.mails.values()) == set(world.rows().values()) == {1}
    assert world.launch.state == "done"
