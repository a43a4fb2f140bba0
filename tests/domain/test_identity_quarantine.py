"""An identity that everybody uses is nobody's: it moves so often and no more, and its row stays small."""

import pytest

from shopkeeper.aws import identities
from shopkeeper.customer import identity
from tests.domain.test_identity import Names

EVERYBODY = range(identity.MOST_MOVES + 20)


@pytest.fixture
def names():
    return Names()


def use_by_everybody(names):
    """When each of them was received."""
    return [names.state(user=f"u{n}", anon="server") for n in EVERYBODY]


def test_an_id_that_everybody_shares_ends_with_nobody_and_its_row_stays_small(names):
    use_by_everybody(names)

    shared = names.known["anon:server"]
    assert shared.is_quarantined
    assert len(shared.moves) == identity.MOST_MOVES
    assert len(str(identities._item("anon:server", shared))) < 8_000


def test_once_it_is_nobodys_it_costs_no_writes(names):
    use_by_everybody(names)
    writes = names.writes

    names.state(user="u1", anon="server")
    names.state(anon="server")

    assert names.writes == writes


def test_what_was_received_before_the_quarantine_is_whose_it_was(names):
    received = use_by_everybody(names)

    assert names.customer("anon:server", received[5]) == names.customer("user:u4")
    assert names.customer("anon:server", received[-1]) == identity.NOBODY
    assert names.customer("anon:server") == identity.NOBODY


def test_everybody_who_used_it_stays_a_customer_of_their_own(names):
    use_by_everybody(names)

    assert len({names.customer(f"user:u{n}") for n in EVERYBODY}) == len(EVERYBODY)


def test_somebody_new_does_not_join_nobody(names):
    use_by_everybody(names)

    names.state(user="new", anon="server", email="new@example.com")

    assert names.customer("user:new") == names.customer("email:new@example.com") != identity.NOBODY


def test_the_quarantine_is_told_of_once(names):
    """By the change that announces it, not by the one that dates it."""
    changes = []

    class Watched(dict):
        def __setitem__(self, name, after):
            changes.append(identity.Change(name, self.get(name), after))
            super().__setitem__(name, after)

    names.known = Watched()
    use_by_everybody(names)

    assert [(change.identity, change.after.last.since) for change in changes if change.quarantines] == [
        ("anon:server", None)
    ]
