"""An estimate before a launch: to how many, for how long, at which price."""

from datetime import UTC, timedelta
from random import Random

import pytest

from shopkeeper import prices
from shopkeeper.campaign import by_hand, estimate
from shopkeeper.campaign.estimate import Found, Verdict
from shopkeeper.campaign.flow import Budget, Flow, Ramp
from shopkeeper.mail.account import UNLIMITED, Account
from tests.campaign_world import PINS
from tests.launch_world import NOON, customer

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Table:
    """Customers by slices, in pages of a hundred."""

    def __init__(self, many, loyal):
        self.stored = [customer(f"c{n:05}", 3 if n % many < loyal else 1) for n in range(many)]

    def page(self, segment, segments, after="", *, is_consistent):
        part = self.stored[segment::segments]
        start = int(after or 0)
        return part[start : start + 100], str(start + 100) if start + 100 < len(part) else ""


def looked(table, judge, is_spent=lambda: False):
    launch = by_hand.planned("spring", PINS, NOON, NOON)
    draw = Random(7)
    return estimate.look(table, lambda: Found(launch, NOON, UTC, draw), judge, is_spent)


def test_where_all_are_asked_the_numbers_are_exact():
    table = Table(60, 50)

    seen = looked(table, lambda who: Verdict("do_not_contact:no_consent") if who.customer_id < "c00010" else Verdict())

    assert (seen.audience["about"], seen.audience["exact"], seen.judged) == (50, True, 50)
    assert seen.recipients == (40, 40, 40)
    assert seen.reasons == {"do_not_contact:no_consent": 10}


def test_who_waits_is_a_recipient_and_counts_by_what_is_waited_for():
    seen = looked(Table(60, 50), lambda who: Verdict(waits="capped" if who.customer_id < "c00010" else ""))

    assert (seen.recipients.about, seen.reasons, seen.waiting) == (50, {}, {"capped": 10})


@pytest.mark.parametrize(
    ("flow", "recipients", "reasons"),
    [
        (Flow(most=41), 41, {"held_out:campaign": 7, "other:limit": 2}),
        (Flow(most=60, budget=Budget(amount=1, mails=9)), 9, {"held_out:campaign": 7, "other:budget": 34}),
        (Flow(most=43), 43, {"held_out:campaign": 7}),
    ],
)
def test_no_more_are_recipients_than_may_get_it_at_all(flow, recipients, reasons):
    seen = looked(Table(60, 50), lambda who: Verdict("held_out:campaign" if who.customer_id < "c00007" else ""))

    within = estimate.limited(seen, flow)

    assert (within.recipients, within.reasons) == ((recipients,) * 3, reasons)


def test_of_a_large_audience_some_are_judged_and_stand_for_all():
    seen = looked(Table(700, 600), lambda who: Verdict("other:capped" if int(who.customer_id[1:]) % 4 == 0 else ""))

    assert (seen.audience["about"], seen.judged) == (600, estimate.MOST_JUDGED)
    assert seen.recipients.low <= 450 <= seen.recipients.high
    assert seen.recipients.low < seen.recipients.about < seen.recipients.high
    assert 90 <= seen.reasons["other:capped"] <= 210


def test_an_audience_of_nobody_is_nobody():
    assert looked(Table(10, 0), lambda _: Verdict()).recipients == (0, 0, 0)


def account(**said):
    usual = {"most_a_day": 50_000.0, "most_a_second": 10.0, "sent": 0.0}
    rest = {"read_at": "", "sandbox": False, "sending": True, "enforcement": "HEALTHY"}
    return Account(**(usual | rest | said))


@pytest.mark.parametrize(
    ("recipients", "flow", "quota", "takes"),
    [
        (1_000, Flow(), None, None),
        (28_800, Flow(), account(), HOUR),
        (28_800, Flow(rate=60), account(), 8 * HOUR),
        (28_800, Flow(rate=60), None, 8 * HOUR),
        (28_800, Flow(), account(sent=40_000.0), DAY + timedelta(seconds=2_350)),
        (178_800, Flow(), account(), 3 * DAY + HOUR),
        (178_800, Flow(), account(most_a_day=UNLIMITED), timedelta(seconds=22_350)),
        (1_000, Flow(ramp=Ramp(first_day=100)), None, 3 * DAY),
        (1_000, Flow(ramp=Ramp(first_day=100, factor=1)), None, 9 * DAY),
        (100, Flow(ramp=Ramp(first_day=100)), None, timedelta()),
    ],
)
def test_it_takes_as_long_as_the_slowest_of_what_limits_it(recipients, flow, quota, takes):
    assert estimate.duration(recipients, flow, quota) == takes


def test_the_price_is_that_of_ses_and_of_what_is_written():
    assert estimate.dollars(0) == "0.00"
    assert estimate.dollars(1_000_000) == "105.00"
    assert prices.letters(105_00) == 1_000_000
    assert prices.letters(104_99) == 999_904
