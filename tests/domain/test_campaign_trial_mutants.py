"""The tests of variants and hold-outs bite: each of these small wrongs, put into the code, is caught."""

import pytest

from shopkeeper.campaign import deciding, hold_outs, recount, trial
from shopkeeper.mail import variants
from tests.domain import test_campaign_hold_outs, test_campaign_trial, test_campaign_variants
from tests.mutants import put_into

MUTANTS = {
    "all hold-outs are one": (
        hold_outs,
        "_falls(activity, customer_id, hold_out.campaign)",
        "_falls(POLICY, customer_id, hold_out.campaign)",
        test_campaign_hold_outs.test_the_policy_leaves_the_same_people_out_of_all_campaigns_and_each_campaign_others,
    ),
    "a share is one percent more": (
        variants,
        "if place < end",
        "if place <= end",
        lambda: test_campaign_variants.test_each_variant_gets_about_its_share_and_everybody_gets_one((1, 99)),
    ),
    "most clicks win, however many mails they took": (
        trial,
        "self.clicked, max(self.sent, 1))",
        "self.clicked, 1)",
        test_campaign_trial.test_nobody_did_better_than_the_winner_nor_as_well_and_came_before,
    ),
    "it is decided before its time": (
        deciding,
        " and launch.decides_at <= as_of",
        "",
        test_campaign_trial.test_the_best_letter_goes_to_all_others_and_what_it_rests_on_is_kept,
    ),
    "it is decided when somebody happens to look": (
        recount,
        "min(at, max(clock.from_text(launch.decides_at), now)) if deciding.wants_winner(launch) else at",
        "at",
        test_campaign_trial.test_it_is_decided_within_a_minute_of_its_time_though_no_execution_looks,
    ),
    "it is decided again": (
        deciding,
        " and launch.winner is None",
        "",
        test_campaign_trial.test_clicks_that_come_later_change_nothing,
    ),
    "a pause is a part of the trial": (
        deciding,
        "clock.from_text(launch.decides_at) + wait",
        "clock.from_text(launch.decides_at)",
        test_campaign_trial.test_a_pause_does_not_shorten_the_trial,
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_it_is_caught(name):
    module, right, wrong, catcher = MUTANTS[name]
    with put_into(module, right, wrong), pytest.raises((Exception, pytest.fail.Exception)):
        catcher()
