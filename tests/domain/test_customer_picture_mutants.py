"""Small wrongs in merging, parting, folding and storing: the lives of `test_customer_picture` show each of them."""

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from shopkeeper.customer import consents, fold, identity, merging, parting, whose
from shopkeeper.customer.store import decide
from tests.domain.test_customer_picture import lived, step
from tests.mutants import swapped_into

MUTANTS = {
    "what is pending is folded again": (decide, "for row in customer.pending} | seen", "for row in ()} | seen"),
    "what has a row is folded again": (
        decide,
        "done = {row.key for row in customer.pending} | seen",
        "done = {row.key for row in customer.pending}",
    ),
    "an untold trait wins": (fold, "(telling > held or tied)", "(telling < held or tied or name not in self._traits)"),
    "the lenient word holds after a merge": (merging, 'if each.is_ == "out"), None)', 'if each.is_ == "in"), None)'),
    "what merges said stays after parting": (
        parting,
        "told: dict[str, list[Candidate]] = {merge: [] for merge in standing}",
        "told: dict[str, list[Candidate]] = {merge: [] for merge in past.logs}",
    ),
    "rows are given to whoever folded them": (
        whose,
        "identity.resolve(held, row.received_at) if held else row.customer_id",
        "row.customer_id",
    ),
    "whose it was does not count": (
        identity,
        "if move.since is not None and move.since <= received_at)",
        "if move.since is not None)",
    ),
    "a device stays with its first user": (
        identity,
        'return None if kind_of(identity) == "email" else _moving(identity, home, statement, row)',
        "return None",
    ),
    "who was parted comes together again": (
        merging,
        "if parting.customer_id in other.family",
        "if parting.customer_id == other",
    ),
    "of two words at once the friendlier holds": (
        consents,
        "self.at, is_out, self.source",
        "self.at, not is_out, self.source",
    ),
}


@settings(max_examples=1500, phases=[Phase.generate], database=None)
@given(st.lists(step, min_size=10, max_size=25))
def lives(steps):
    assert list(lived(steps).differences()) == []


@pytest.mark.prove
@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_shows(name):
    module, right, wrong = MUTANTS[name]
    with swapped_into(module, right, wrong), pytest.raises((Exception, pytest.fail.Exception)):
        lives()
