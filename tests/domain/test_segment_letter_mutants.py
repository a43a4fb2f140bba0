"""The suites bite: small wrongs in the leaves about letters. In the list of all, each kind of leaf has one at least."""

import pytest

from shopkeeper.segment import asking
from shopkeeper.segment.leaves import mailed
from tests import segment_lives
from tests.domain import test_segment_leaf_mutants
from tests.segment_catchers import catch, searched

MUTANTS = {
    "letters of all activities count": (
        mailed,
        'yield Property(prop="activity", cmp="eq", value=activity)',
        'yield Property(prop="activity", cmp="exists")',
        "outcome",
    ),
    "all steps count": (mailed, "if step:", "if False:", "outcome second"),
    "all scopes are any": (mailed, "if isinstance(scope, OfActivity)", "if False", "engaged activity"),
    "who follows a link has not opened": (mailed, "in _RUNGS[self.is_])", "in _RUNGS[self.is_][:1])", "outcome opened"),
    "a letter is unopened at once": (
        mailed,
        "self._unanswered(UNOPENED_AFTER)",
        "self._unanswered(timedelta())",
        "outcome unopened",
    ),
    "a letter waits for ever": (mailed, "in (self.window, lately)", 'in (self.window, "ever")', "outcome waiting"),
    "what bounced is unopened": (mailed, "(*_OPENED, _BOUNCED)", "_OPENED", "outcome unopened"),
    "one part of it is enough": (
        mailed,
        'return self.is_ in ("unopened", "waiting")',
        "return False",
        "outcome unopened",
    ),
    "any link will do": (mailed, "        if self.link:", "        if False:", "outcome link"),
    "each bounce is hard": (mailed, 'self.is_.removesuffix("_bounced")', '"hard"', "outcome soft_bounced"),
    "an order may come too late": (
        mailed,
        "within=self.within or _seconds(timedelta())",
        "within=Seconds(seconds=10**9)",
        "outcome ordered",
    ),
    "it was sent at any time": (
        mailed,
        "self._counted(_SENT, self.window), *",
        'self._counted(_SENT, "ever"), *',
        "outcome unopened",
    ),
    "all of it is needed": (asking, "if leaf.is_all else AnyOf", "if True else AnyOf", "outcome opened"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_the_suites_catch(name):
    catch(*MUTANTS[name])


def test_each_leaf_has_a_mutant():
    assert set(segment_lives.KINDS) <= searched(MUTANTS) | searched(test_segment_leaf_mutants.MUTANTS)
