"""A message, such as a receipt: it goes at once, whatever the customer said of marketing, and is never lost."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shopkeeper import clock
from shopkeeper.campaign.enqueue import Lanes
from shopkeeper.consent.contact import OUT, REQUIRED, Block, Word
from shopkeeper.mail import ledger, messages, moves
from tests.send_definitions import LETTERS, RING
from tests.send_fakes import units_of_plan
from tests.send_world import START, World

FACTS = {"customer": {"first_name": "Jo"}}
CAPPED = {"caps": [{"most": 1, "days": 7}], "quiet": {"from": "00:00", "to": "23:59"}}


def receipt(**changes):
    said = {"template": "receipt#1", "brand": "shop#1", "occurrence": "k-1", "now": START, "hours": 72, "shards": 1}
    return messages.planned(customer_id="jo", **said | changes)


class Shop(World):
    """Where one receipt was asked for, and its message put into the queue."""

    def __init__(self, **how):
        super().__init__(sends=0, **how)
        self.row = receipt()
        self.put(self.row)
        self.units["sends"] += units_of_plan(self.row)
        self.messages[self.row.send_id] = 0

    def send(self):
        if worker := self.deliver(self.row.send_id):
            worker.finish()
        return self.now_row

    def watch(self):
        """There is no launch that would."""

    @property
    def now_row(self):
        return self.sends[self.row.send_id]

    def pass_(self, **time):
        self.time += timedelta(**time)
        self.tick()


def test_it_goes_at_once_though_the_clock_is_to_look_at_it_later():
    shop = Shop()
    assert shop.row.due_at == clock.to_text(START + timedelta(minutes=2))

    sent = shop.send()

    assert (sent.state, sent.due_at, sent.queued_at) == (ledger.ACCEPTED, "", "")
    assert len(shop.accepted) == 1


def test_it_costs_nine_write_units_and_those_of_what_it_says():
    shop = Shop()
    shop.send()

    assert shop.units == {"sends": 8, "contacts": 1}


def test_a_message_that_gets_lost_again_and_again_goes_all_the_same():
    shop, looks = Shop(), []
    for _ in range(4):
        shop.messages.clear()
        due = clock.from_text(shop.now_row.due_at)
        looks.append(due - shop.time)
        shop.pass_(seconds=(due - shop.time).total_seconds())
        assert list(shop.messages) == [shop.row.send_id]

    assert [round(each / timedelta(minutes=1)) for each in looks] == [2, 4, 8, 16]
    assert shop.send().state == ledger.ACCEPTED
    assert len(shop.accepted) == 1


def test_wherever_its_sender_dies_and_its_message_with_it_it_goes_once():
    states, half_calls = set(), 0
    for half_calls in range(1, 200):
        shop = Shop()
        worker = shop.deliver(shop.row.send_id)
        worker.step(half_calls)
        if worker.done:
            break
        worker.kill()
        shop.messages.clear()
        shop.hear_ses()
        states.add(shop.now_row.state)
        shop.settle()
        assert (len(shop.accepted), shop.now_row.state) == (1, ledger.ACCEPTED), half_calls

    assert half_calls > 10
    assert states >= {ledger.READY, ledger.CALLING, ledger.ACCEPTED}


def test_the_clock_leaves_alone_what_has_gone_or_waits_for_its_own_time():
    deferred = moves.defer(receipt(), START + timedelta(minutes=5), 1).applied(receipt())
    gone = replace(receipt(), state=ledger.DELIVERED, due_at="", queued_at="")

    for row in (receipt(), deferred, gone):
        assert moves.visit(row, START + timedelta(minutes=1), 1) == moves.Visit()


def test_what_was_put_off_is_not_sent_before_and_looked_after_again_from_then_on():
    shop = Shop()
    shop.stop_all()
    put_off = shop.send()
    assert (put_off.state, put_off.queued_at, shop.called) == (ledger.READY, "", [])
    shop.let_go()
    shop.messages[shop.row.send_id] = 0
    shop.time += timedelta(minutes=1)
    assert shop.send().state == ledger.READY

    shop.pass_(minutes=5)
    shop.messages.clear()
    shop.pass_(minutes=3)

    assert shop.send().state == ledger.ACCEPTED


def test_neither_topics_nor_marketing_nor_caps_nor_quiet_hours_stop_it():
    shop = Shop(opt_in=REQUIRED, policy=CAPPED)
    shop.opt_out()
    shop.contacts["jo"] = replace(shop.contacts["jo"], marketing=Word(OUT, clock.to_text(START), "complaint"))

    assert shop.send().state == ledger.ACCEPTED


def test_a_bounce_and_an_address_that_is_none_stop_it():
    shop = Shop()
    shop._suppress(block=Block(OUT, clock.to_text(START), "hard_bounce"))
    assert (shop.send().state, shop.now_row.reason) == (ledger.NOT_SENT, "do_not_contact:address_blocked")

    shop = Shop()
    shop.documents.clear()
    assert (shop.send().state, shop.now_row.reason) == (ledger.NOT_SENT, "malformed:no_address")


def test_one_that_is_too_old_is_not_sent():
    shop = Shop()
    shop.time += timedelta(hours=72)

    assert (shop.send().state, shop.now_row.reason) == (ledger.NOT_SENT, "other:expired")


def test_one_that_ses_refuses_is_tried_again_by_itself_and_holds_no_other():
    shop = Shop()
    shop.answers.append("doubtful")
    refused = shop.send()
    assert (refused.state, shop.holds) == (ledger.READY, {})

    shop.pass_(hours=1)

    assert shop.send().state == ledger.ACCEPTED


def test_its_mail_belongs_to_no_list_and_nobody_can_leave_it():
    draft = LETTERS.draft(replace(receipt(), template="spring#1"), FACTS, RING)

    assert (draft.unsubscribe, draft.list_id) == (None, None)
    assert b"List-" not in draft.addressed("jo@example.com", START).raw


class Lane:
    def __init__(self):
        self.bodies = []

    def send(self, bodies):
        self.bodies += bodies


@pytest.mark.parametrize(("mail_class", "lane"), [("marketing", 0), ("service", 0), ("transactional", 1)])
def test_each_class_has_its_lane(mail_class, lane):
    lanes = Lane(), Lane()
    Lanes(*lanes).queue(replace(receipt(), mail_class=mail_class))

    assert [len(each.bodies) for each in lanes] == [int(lane == 0), int(lane == 1)]
