"""The store itself, with a crash before and after every call, and with another store overtaking it there."""

import pytest

from shopkeeper.customer import identity
from tests.store_ways import WAYS, half_calls
from tests.store_world import FAKES


@pytest.fixture(autouse=True)
def _few_moves(monkeypatch):
    """The devices of the other ways move twice at most."""
    monkeypatch.setattr(identity, "MOST_MOVES", 4)


@pytest.mark.parametrize("way", WAYS)
def test_whatever_happens_at_any_call_each_interaction_counts_once(way):
    assert half_calls() > 30

    assert {at: faults for at in range(half_calls() + 2) if (faults := way(at, FAKES))} == {}
