"""Offers by themselves: what stops a letter, what it says of one, and which orders redeem it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec import structs

from shopkeeper import clock
from shopkeeper.customer import rows
from shopkeeper.customer.interaction import raw
from shopkeeper.mail import offers, vetoes
from shopkeeper.mail.offers import Grant, Held, Offer, Offered, SoldOut, Valid
from tests.domain.test_send_vetoes import FINE, NOON
from tests.interactions import ordered

TEN = Offer(value="10 % off", percent=10, code="SPRING", supersedes=("five",))
YESTERDAY, TOMORROW = (clock.to_text(NOON + timedelta(days=n)) for n in (-1, 1))


def grant(name="ten#1", occurrence="1", **said):
    return Grant(name=name, activity="campaign:a", occurrence=occurrence, granted_at=YESTERDAY, **said)


def held(offer, *grants):
    return Held(offered=Offered(name="ten#1"), offer=offer, grants=grants)


def veto(*grants, when_out="skip", **valid):
    offer = Offer(value="x", valid=Valid(**valid))
    held = Held(offered=Offered(name="ten#1", when_out=when_out), offer=offer, grants=grants)
    found = vetoes.first(replace(FINE, offer=held))
    return found and found.reason


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (veto(), None),
        (veto(until=TOMORROW), None),
        (veto(until=YESTERDAY), "other:offer_over"),
        (veto(until=YESTERDAY, when_out="without"), None),
        (veto(until=clock.to_text(NOON)), "other:offer_over"),
        (veto(grant(valid_until=YESTERDAY), days=1), "other:offer_over"),
        (veto(grant(valid_until=TOMORROW), until=YESTERDAY), None),
        (veto(grant(occurrence="0", valid_until=YESTERDAY), days=1), None),
        (veto(grant(occurrence="0", redeemed_at=YESTERDAY), when_out="without"), "other:offer_redeemed"),
        (veto(grant("nine#1", redeemed_at=YESTERDAY)), None),
        (veto(grant("best#2", supersedes=("ten",))), "other:offer_superseded"),
        (veto(grant("best#2", supersedes=("ten",), valid_until=YESTERDAY)), None),
    ],
)
def test_what_is_over_used_or_bettered_is_not_sent(found, reason):
    assert found == reason


def test_there_is_none_left_and_the_reason_says_of_what():
    assert (vetoes.unmade(SoldOut("ten")).reason, vetoes.unmade(SoldOut("ten")).evidence) == (
        "other:stock",
        {"offer": "ten"},
    )


def test_a_grant_holds_for_so_many_days_from_then_and_letters_say_what_there_is_to_say():
    offer = Offer(value="5 off", amount=500, currency="EUR", valid=Valid(days=1), supersedes=("five",))
    wanted = offers.wanted(held(offer), FINE.send, NOON)

    assert (wanted.valid_until, wanted.supersedes, wanted.key) == (TOMORROW, ("five",), "ten/campaign:a/1")
    assert offers.facts(offer, wanted) == {
        "value": "5 off",
        "amount": "5.00",
        "currency": "EUR",
        "valid_until": TOMORROW,
    }


def test_a_run_is_granted_an_offer_once_and_a_launch_each_time():
    mails = [replace(FINE.send, activity="journey:a", occurrence=f"run-1/{visit}") for visit in (2, 5)]
    first, second = (offers.wanted(held(TEN), each, NOON) for each in mails)

    assert (first.key, first) == ("ten/journey:a/run-1", second)
    assert held(TEN, first).own(mails[1]) == first
    assert held(TEN, first).own(replace(mails[1], occurrence="run-2/1")) is None
    assert offers.wanted(held(TEN), replace(FINE.send, occurrence="1/2"), NOON).occurrence == "1/2"


class Told:
    def __init__(self):
        self.redeemed = []

    def redeem(self, code, family, order, at):
        self.redeemed.append((code, family, order))


@pytest.mark.parametrize(
    ("said", "trusted", "codes"),
    [
        ({"coupon": " Spring "}, True, ["SPRING"]),
        ({"coupon": "a", "products": [{"coupon": "A"}, {"coupon": "b"}, "odd"]}, True, ["A", "B"]),
        ({"coupon": 7, "products": {}}, True, []),
        ({"coupon": "SPRING"}, False, []),
    ],
)
def test_an_order_redeems_by_its_coupons_on_a_trusted_word(said, trusted, codes):
    interaction = ordered("user:1", "m", "o-7", trusted=trusted)
    row = rows.row_of(structs.replace(interaction, raw_properties=raw(said)), order="o-7")
    told = Told()
    offers.to_offers(told, lambda: {"jo"})(row)

    assert told.redeemed == [(code, {"jo"}, "o-7") for code in codes]
