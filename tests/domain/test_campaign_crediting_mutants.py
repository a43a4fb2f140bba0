"""The tests of orders behind letters bite: each of these small wrongs, put into the code, is caught."""

import pytest

from shopkeeper.campaign import conversion, crediting
from shopkeeper.mail import touches
from tests.domain import test_campaign_crediting as tests
from tests.mutants import swapped_into

THROUGHOUT = tests.test_however_news_arrives_each_order_counts_once_for_the_letter_it_should
FACTS = "(*ports.facts.facts(owner, order), *owed)"
MUTANTS = {
    "the oldest mail has it": (crediting, "max(mails, default", "min(mails, default", THROUGHOUT),
    "what has no row yet is forgotten": (crediting, FACTS, FACTS.replace("*owed", ""), THROUGHOUT),
    "it is never taken back": (
        crediting,
        "(Credit(order=name, facts=len(facts)) if held else None)",
        "None",
        THROUGHOUT,
    ),
    "what was held out before the mail has it": (
        crediting,
        " and each.at > newest[0]",
        "",
        tests.test_who_was_held_out_counts_as_if_there_had_been_a_mail,
    ),
    "any goods count": (
        conversion,
        "if self.counts and not pieces",
        "if not True",
        tests.test_only_pieces_that_count_are_told_and_an_order_without_any_counts_for_another_mail,
    ),
    "a mail of the same instant has it": (
        crediting,
        "each.at < at <",
        "each.at <= at <",
        lambda: tests.test_a_mail_counts_that_went_before_the_order_within_its_window([("campaign:spring", 50)], set()),
    ),
    "the window is closed": (
        crediting,
        "< at < each.until",
        "< at <= each.until",
        lambda: tests.test_a_mail_counts_that_went_before_the_order_within_its_window(
            [("campaign:spring", -70)], set()
        ),
    ),
    "what did not go has it": (
        touches,
        "if send.state in ledger.AT_PROVIDER or",
        "if True or",
        lambda: tests.test_a_mail_counts_that_went_before_the_order_within_its_window(
            [("campaign:spring", 48, "not_sent")], set()
        ),
    ),
}


@pytest.mark.prove
@pytest.mark.parametrize("name", MUTANTS)
def test_it_is_caught(name):
    module, right, wrong, catcher = MUTANTS[name]
    catcher()
    with swapped_into(module, right, wrong), pytest.raises((Exception, pytest.fail.Exception)):
        catcher()
