"""However many senders there are, and however late each of them is: no second has more mails than SES grants."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from shopkeeper.clock import Clock
from shopkeeper.mail import pacing
from shopkeeper.mail.pacing import Bucket, Overtaken, Pace
from shopkeeper.mail.state import MailState
from tests.functions.test_mail_reconcile import HEALTHY

START = 1_800_000_000_000
SOON = timedelta(seconds=15)


class Shop:
    """One time, one bucket, many senders: whoever has waited for the shortest time goes on."""

    def __init__(self, granted, seed=0):
        self.account = replace(HEALTHY, most_a_second=granted) if granted else None
        self.bucket, self.writes, self.calls, self.at = Bucket(), 0, [], START
        self.random = random.Random(seed)

    def get(self):
        return self.bucket

    def put(self, bucket):
        if bucket.revision != self.bucket.revision + 1:
            raise Overtaken
        self.bucket, self.writes = bucket, self.writes + 1

    def sender(self):
        sender = SimpleNamespace(at=self.at)
        sender.pace = Pace(
            self,
            SimpleNamespace(get=lambda: MailState(account=self.account)),
            lambda: None,
            Clock(lambda: sender.at / 1000),
            lambda seconds: setattr(sender, "at", sender.at + round(seconds * 1000)),
        )
        return sender

    def send(self, seconds, senders, slowest_ms=150):
        self.seconds, end = seconds, START + 1000 * seconds
        crew = [self.sender() for _ in range(senders)]
        while (each := min(crew, key=lambda one: one.at)).at < end:
            if each.pace.near(SOON):
                each.at += self.random.randrange(40)  # The last look and the claim.
                if each.pace.take(timedelta(seconds=1)):
                    self.calls.append(each.at)
            else:
                each.at += 15_000
            each.at += self.random.randrange(slowest_ms)
        return self

    def most_in_a_second(self):
        calls = sorted(self.calls)
        return max(
            sum(first <= call < first + 1000 for call in calls[place : place + 2000])
            for place, first in enumerate(calls)
        )

    def rate(self):
        return sum(call < START + 1000 * self.seconds for call in self.calls) / self.seconds


@pytest.mark.parametrize(
    ("granted", "senders", "least"), [(1, 1, 0.6), (1, 2, 0.6), (2, 3, 1.1), (14, 2, 9), (14, 12, 8.5), (90, 40, 55)]
)
@pytest.mark.parametrize("seed", [1, 2])
def test_no_second_has_more_calls_than_ses_grants(granted, senders, least, seed):
    shop = Shop(granted, seed).send(40, senders)

    assert shop.most_in_a_second() <= granted
    assert shop.rate() >= least


def test_senders_that_are_sometimes_very_late_do_not_make_up_for_it():
    assert Shop(14, 3).send(60, 12, slowest_ms=4_000).most_in_a_second() <= 14


def test_one_write_is_for_many_mails():
    shop = Shop(14).send(40, 2)

    assert len(shop.calls) >= 300
    assert shop.writes <= len(shop.calls) / 10


def test_while_nobody_knows_the_account_a_mail_goes_each_second_at_most():
    shop = Shop(0).send(40, 2)

    assert shop.most_in_a_second() == 1


def test_ses_saying_that_it_is_too_fast_slows_all_down_by_a_fifth_for_a_while():
    bucket = replace(Bucket(), revision=1).slowed(START)
    assert (bucket.rate(10, START), bucket.rate(10, START + 299_999), bucket.rate(10, START + 300_000)) == (
        pytest.approx(6.4),
        pytest.approx(6.4),
        8.0,
    )
    assert bucket.slowed(START + 4_999) is bucket
    again = bucket.slowed(START + 5_000)
    assert again.rate(10, START + 5_000) == pytest.approx(5.12)
    for step in range(2, 20):
        again = again.slowed(START + step * 5_000)
    assert again.rate(10, START + 100_000) == pytest.approx(1.6)


def test_another_rate_begins_when_the_blocks_of_the_one_before_are_over():
    bucket, block = pacing.take(Bucket(), 14, START, START)
    assert pacing.take(bucket, 100, START, START) is None

    _, later = pacing.take(bucket, 100, START, block.end)
    assert later.start == block.end


def test_a_sender_does_not_wait_for_longer_than_it_may():
    shop = Shop(1)
    first, second = shop.sender(), shop.sender()
    assert first.pace.near(SOON)

    assert not second.pace.near(timedelta(seconds=10))
    assert shop.writes == 1
    assert second.pace.near(timedelta(seconds=13))
    assert second.at >= START + 12_500


def test_of_two_who_take_at_once_one_looks_again():
    shop = Shop(90)
    sender, other = shop.sender(), shop.sender()
    real, shop.put = shop.put, lambda bucket: (setattr(shop, "put", real), other.pace.near(SOON), real(bucket))

    assert sender.pace.near(SOON)
    assert (shop.writes, len([lane for lane in shop.bucket.lanes if lane])) == (2, 2)


def test_slowing_down_is_written_once():
    shop = Shop(14)
    for _ in range(3):
        shop.sender().pace.slow()

    assert (shop.writes, shop.bucket.factor) == (1, 0.8)
    assert datetime.fromtimestamp(shop.bucket.slowed_at / 1000, UTC)
