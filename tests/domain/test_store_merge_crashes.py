"""A merge and its undoing, with a crash before and after every call, and with a store overtaking them there.

And the other way round: a store that is overtaken by a merge or by its undoing at every call.
"""

import pytest

from shopkeeper.customer import following, identity, merging
from shopkeeper.customer.store import merger, parter, waiting
from shopkeeper.customer.store.ports import Conflict
from shopkeeper.customer.store.rounds import Rounds
from tests.store_fakes import FakeMerges
from tests.store_merge_ways import WAYS
from tests.store_world import FAKES, fakes

MOST_HALF_CALLS = 44


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_whatever_happens_at_any_call_everybodys_picture_is_that_of_their_rows(way):
    assert {at: faults for at in range(MOST_HALF_CALLS) if (faults := way(at, FAKES))} == {}


def first_faults(tables=FAKES):
    for way in WAYS:
        for at in range(MOST_HALF_CALLS):
            try:
                faults = way(at, tables)
            except Exception as problem:  # A mutant may also fail in the open.
                faults = [repr(problem)]
            if faults:
                return [f"{way.__name__} at {at}", *faults]
    return []


class WithoutConditionOn(FakeMerges):
    """A transaction that forgets one of its conditions."""

    forgets = ""

    def _write(self, writing, changes):
        customers = self.tables.customers
        for role in ("gone", "into"):
            each = getattr(writing, role)
            held = customers.get(each.customer_id)
            if role != self.forgets and (held.version if held else 0) != each.version - 1:
                raise Conflict(role)
        identities = self.tables.identities
        if self.forgets != "identities" and any(identities.get(each.identity) != each.before for each in changes):
            raise Conflict
        customers.update({each.customer_id: each for each in (writing.gone, writing.into)})
        identities.update({change.identity: change.after for change in changes})
        self.tables.merges[writing.log.entry.id] = writing.log


@pytest.mark.parametrize("forgotten", ["gone", pytest.param("into", marks=pytest.mark.prove)])
def test_each_condition_of_the_transaction_is_needed(forgotten):
    forgetful = fakes(type("Forgetful", (WithoutConditionOn,), {"forgets": forgotten}))

    assert first_faults(forgetful) != []
    assert first_faults(fakes(WithoutConditionOn)) == []


def never_merged(customer_id, loaded):
    """Who was merged is written as if nothing had happened."""
    return loaded[customer_id]


def not_followed_again(rounds, waiting, failed):
    """Homes as they were when the batch was looked at first."""
    homes = vars(rounds).setdefault("homes", {})

    def home(customer_id, loaded):
        if customer_id not in homes:
            homes[customer_id] = following.home(customer_id, loaded)
        known = homes[customer_id]
        return known and loaded.get(known.customer_id)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shopkeeper.customer.store.waiting.home", home)
        return _round(rounds, waiting, failed)


_round = Rounds._round


def the_latest(left, right, customer_id, merge, at):
    return []


def nothing_is_owed(interactions, customers):
    pass


@pytest.mark.parametrize(
    "patches",
    [
        pytest.param([(waiting, "home", never_merged)], id="written into the tombstone"),
        pytest.param([(Rounds, "_round", not_followed_again)], id="not followed again"),
        pytest.param([(merger, "settle", nothing_is_owed)], id="merged while rows are owed"),
        pytest.param([(parter, "settle", nothing_is_owed)], id="parted while rows are owed"),
        pytest.param([(merging, "_agreed", the_latest)], id="not the strictest"),
        pytest.param([(merging, "merge_of", lambda row: "")], id="what was agreed for both stays with one"),
        pytest.param([(identity, "root", lambda founder, known: founder)], id="merged again with everything they say"),
    ],
)
def test_a_merge_that_leaves_out_a_step_is_noticed(patches, monkeypatch):
    for owner, name, replacement in patches:
        monkeypatch.setattr(owner, name, replacement)

    assert first_faults() != []
