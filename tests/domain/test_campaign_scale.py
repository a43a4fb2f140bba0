"""What a launch costs for each recipient, and what it does about a document that cannot be read."""

from shopkeeper.campaign import enqueue, freeze
from tests.launch_story import CUSTOMERS, LOYAL, launched, to_the_end
from tests.launch_world import customer


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
