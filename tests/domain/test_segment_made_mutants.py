"""The suites bite: small wrongs in leaves that are short for others, and in what is counted for them.

In the list of all, each kind of leaf has one at least.
"""

from functools import partial

import pytest

from shopkeeper.customer import addresses, comparing, counting
from shopkeeper.customer.measures import measure, newests, registered
from shopkeeper.segment import asking, counts, facts, writing
from shopkeeper.segment.leaves import counted, mailed
from tests import segment_lives
from tests.domain import test_newests as newest
from tests.domain import test_segment_amounts, test_segment_leaf_mutants
from tests.domain import test_segment_known as known
from tests.domain import test_segment_together as whole
from tests.segment_catchers import catch, named, searched

reachable = known.test_who_is_reachable
extreme = test_segment_amounts.test_who_has_no_amount_in_a_currency_has_no_smallest_and_no_largest
over = known.test_over_a_channel_one_yes_is_enough_and_a_no_is_what_is_left_without
usd = partial(test_segment_amounts.test_an_amount_is_of_one_currency_however_it_is_written, 20.5, "EUR", truth=False)
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
    "who is held out was not sent it": (
        mailed,
        '"eq" if is_ == _HELD_OUT else "ne"',
        '"eq"',
        "outcome not_sent",
    ),
    "all that was not sent was held out": (mailed, '"eq" if is_ == _HELD_OUT', '"ne" if True', "outcome held_out"),
    "all reasons are ours": (mailed, "value=_REASONS[is_])", 'value="other")', "outcome malformed"),
    "a reason stands anywhere": (mailed, 'cmp="starts"', 'cmp="contains"', "outcome malformed"),
    "no reason is asked for": (mailed, "if event == _NOT_SENT:", "if False:", "outcome do_not_contact"),
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
    "a smallest is a largest": (counted, "_EXTREMES[self.fn]", '_EXTREMES["max"]', partial(extreme, "min", 5)),
    "larger ones than the largest": (counted, '"le", 0)) if none', '"le", 0)) if False', partial(extreme, "max", 40)),
    "a smallest of all times": (counted, "window=self.window, cmp=often", 'window="ever", cmp=often', "total min"),
    "the newest is any": (
        newests,
        "best[:2] < self._before[:2]",
        "False",
        newest.test_of_one_instant_nobody_knows_who_was_second,
    ),
    "the newest is the oldest": (newests, "best = max((rank", "best = min((rank", "last"),
    "what is unknown is guessed": (
        newests,
        "self._is_unknown and best",
        "False and best",
        newest.test_where_nobody_knows_it_any_more_only_what_is_newer_is_the_newest,
    ),
    "two newest are the first": (
        measure,
        "max((self, other), key=",
        "min((self, other), key=",
        newest.test_of_two_customers_it_is_the_newer_one,
    ),
    "the newest of another name": (
        registered,
        "teller(by[-1])",
        "by[-1]",
        newest.test_of_one_instant_the_one_counts_whose_id_ends_highest,
    ),
    "the newest has all": (
        comparing,
        "isinstance(value, dict) and first in value",
        "not isinstance(value, dict) or first in value",
        "last tags.x",
    ),
    "a block is not known": (addresses, "return str(word.value) if word else", "return", reachable),
    "a block is for all addresses": (
        addresses,
        ".get(key_of(document))",
        ".get(next(iter(document.words.get(FAMILY, {})), ''))",
        reachable,
    ),
    "anybody blocks an address": (addresses, "is_ours and ", "", reachable),
    "who has no address is reachable": (
        facts,
        "bool(addresses.key_of(document)) and ",
        "",
        reachable,
    ),
    "the newest says nothing": (
        counts,
        "return tuple(map(comparing.comparable, said.values)) if said else ()",
        "return ()",
        "last",
    ),
    "one no is enough over a channel": (
        facts,
        '"in" if "in" in words else max(words, default="")',
        'max(words, default="")',
        partial(over, [("news", "in"), ("offers", "out")], "in"),
    ),
    "over a channel a no to all is forgotten": (
        facts,
        "{allowed(said, topic) for topic in said}",
        "{each.is_ for each in said.values()}",
        partial(over, [("news", "in"), ("*", "out")], "out"),
    ),
    "who is not in a segment is": (
        writing,
        'f"{leaf.id}@{leaf.version}" if leaf.version else leaf.id',
        "leaf.id",
        whole.test_a_version_of_a_segment_is_another_rule,
    ),
    "an amount in any currency": (registered, "if _currency(said) == self.currency else", "if True else", usd),
    "an amount in any currency of an order": (
        registered,
        "order.currency == self.amount.currency and ",
        "",
        "total max",
    ),
    "an amount before refunds": (
        counting,
        "own if is_its else None",
        "None",
        test_segment_amounts.test_an_order_is_as_much_as_is_left_of_it,
    ),
    "amounts are no part of what is counted": (registered, " and self._is_so_much(said, order)", "", "count amount"),
    "all of it is needed": (asking, "if leaf.is_all else AnyOf", "if True else AnyOf", "outcome opened"),
}


@pytest.mark.parametrize("name", named(MUTANTS))
def test_the_suites_catch(name):
    catch(*MUTANTS[name])


def test_each_leaf_has_a_mutant():
    assert set(segment_lives.KINDS) <= searched(MUTANTS) | searched(test_segment_leaf_mutants.MUTANTS)
