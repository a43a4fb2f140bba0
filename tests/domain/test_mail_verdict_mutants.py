"""The tests of verdicts bite: each of these small wrongs, put into the code, is caught by the test beside it."""

import pytest

from shopkeeper.campaign import hits, outcomes
from shopkeeper.customer import unjudged
from shopkeeper.mail import judging, verdicts
from tests.domain import test_mail_verdicts as tests
from tests.mutants import swapped_into


def waits():
    tests.test_until_its_verdict_a_hit_is_shown_as_unknown_and_counts_for_nobody()


MUTANTS = {
    "three clicks at any time are a burst": (
        judging,
        "if abs(click[0] - at) <= within]",
        "]",
        lambda: tests.test_of_a_burst_only_what_is_in_it_was_made_by_a_machine(),
    ),
    "links of a burst may be the same one": (
        judging,
        "len({link for then, link in near if start <= then <= start + within})",
        "len([link for then, link in near if start <= then <= start + within])",
        lambda: tests.test_many_links_at_once_are_followed_by_a_machine(*tests.TOGETHER[2]),
    ),
    "Apple is a machine for ever": (
        judging,
        "and after < _APPLE_FETCHES",
        "",
        lambda: tests.test_each_sign_has_its_weight(*tests.ALONE[6]),
    ),
    "a verdict is given at once": (judging, "age >= FIRST and ", "", waits),
    "what is unknown is settled with the others": (
        judging,
        'age >= FIRST and verdict.by != "unknown"',
        "age >= FIRST",
        tests.test_what_stays_unknown_is_told_after_an_hour_and_stays_shown_as_that,
    ),
    "an address stays while others wait": (
        unjudged,
        'replace(self, by=by, ip="", agent="")',
        "replace(self, by=by)",
        tests.test_an_address_goes_with_its_own_verdict_though_another_hit_waits,
    ),
    "what waits on is dropped with the others": (
        verdicts,
        "        if open_:",
        "        if False:",
        tests.test_what_stays_unknown_is_told_after_an_hour_and_stays_shown_as_that,
    ),
    "nobody asks who else was there": (
        judging,
        "if others else {}",
        "if False else {}",
        lambda: tests.test_several_recipients_at_one_address_in_the_same_second_are_a_machine(
            2, 60, ("machine", "crowd")
        ),
    ),
    "what waits is not counted": (outcomes, " or hits.unjudged(send))", ")", waits),
    "a verdict leaves a hit unknown": (
        unjudged,
        "frozenset(marks) - {hit[1:] for hit in hits} if marks",
        "frozenset(marks) if marks",
        lambda: twice(),
    ),
}


def twice():
    """A hit that is delivered again after its verdict."""
    world = tests.World()
    world.deliver(tests.hit("a", 30))
    world.pass_(tests.HOUR)
    world.deliver(tests.hit("a", 30))
    counts = outcomes.count([world.row], tests.NOW)
    assert hits.opens(counts) == {"human": 1, "machine": 0, "unknown": 0, "any": 1}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_is_caught(name):
    module, right, wrong, test = MUTANTS[name]
    test()
    with swapped_into(module, right, wrong), pytest.raises((AssertionError, KeyError, RecursionError)):
        test()
