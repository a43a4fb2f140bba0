"""Small wrongs in merging, parting, folding and storing: the lives of `test_customer_picture` show each of them.

Some of them soon enough to be looked for at each change, the others in the proofs.
"""

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from shopkeeper.customer import consents, counting, fold, identity, merging, orders, parting, retelling, whose
from shopkeeper.customer.store import decide, evidence, rounds
from tests.domain.test_customer_picture import lived, step
from tests.mutants import swapped_into

MUTANTS = {
    "what is pending is folded again": (rounds, "seen |= {row.key for row in owed}", "seen |= set()"),
    "what has a row is folded again": (decide, "if key not in seen]", "]"),
    "null leaves a trait as it was": (
        fold,
        "if telling > held or tied:",
        "if value is not None and (telling > held or tied):",
    ),
    "an untold trait wins": (
        fold,
        "if telling > held or tied:",
        "if telling < held or tied or name not in self._traits:",
    ),
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
    "an order counts for whoever tells of it": (
        evidence,
        "if claim.owner not in customer.family",
        "if not claim.owner",
    ),
    "what was said of an order before is forgotten": (
        evidence,
        "Past(claim.owner) if claim.is_new else",
        "Past(claim.owner) if True else",
    ),
    "what was taken back is taken back again": (
        evidence,
        "keys -= self._interactions.retracted(keys)",
        "keys -= set()",
    ),
    "what was taken back before it came counts": (evidence, "if interaction.key in look.retracted", "if False"),
    "what was cancelled never counts again": (orders, "max(cancelled) >= max(completed)", "max(cancelled)"),
    "the first amount of an order holds": (
        orders,
        "fact.amount for fact in reversed(told) if",
        "fact.amount for fact in told if",
    ),
    "a refund pays back what was not paid": (
        orders,
        "min(_refunded(standing, paid, currency), paid)",
        "_refunded(standing, paid, currency)",
    ),
    "what an order came to before stays": (counting, "tally.remove(before[tally])", "before[tally]"),
    "taking back is told where it was said": (retelling, "whose.folded_for(target or row,", "whose.folded_for(row,"),
    "whose device changed hands is not asked what it said": (retelling, "name == own or self", "self"),
}


FOUND_SOON = (
    "what has a row is folded again",
    "rows are given to whoever folded them",
    "whose it was does not count",
    "a device stays with its first user",
    "an order counts for whoever tells of it",
    "what was said of an order before is forgotten",
)


def shows(name, examples, **more):
    module, right, wrong = MUTANTS[name]

    @settings(max_examples=examples, phases=[Phase.generate], database=None, **more)
    @given(st.lists(step, min_size=10, max_size=25))
    def lives(steps):
        assert list(lived(steps).differences()) == []

    with swapped_into(module, right, wrong), pytest.raises((Exception, pytest.fail.Exception)):
        lives()


@pytest.mark.parametrize("name", FOUND_SOON)
def test_a_mutant_shows_soon(name):
    shows(name, 100, derandomize=True)


@pytest.mark.prove
@pytest.mark.parametrize("name", sorted(MUTANTS.keys() - FOUND_SOON))
def test_a_mutant_shows(name):
    shows(name, 3000)
