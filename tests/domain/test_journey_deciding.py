"""Legs: runs are taken, what is to be handed over is written down first, and whoever dies leaves it to the next one."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from shopkeeper import clock
from shopkeeper.customer import interaction
from shopkeeper.journey import nodes
from shopkeeper.journey.beginning import begin
from shopkeeper.journey.facts import SendState
from shopkeeper.journey.legs.deciding import Wanted
from shopkeeper.journey.legs.settling import handed_over
from shopkeeper.journey.rows import LEASE, MOST_FAILURES, Row, RunKey
from shopkeeper.journey.run import Cause
from tests.journey_fakes import Deaths, Desk, Died, Eyes, Runs
from tests.journey_graphs import cart
from tests.journey_world import HOUR, NOON

JO = RunKey("jo", "cart#")


class Now:
    def __init__(self):
        self.at = datetime.fromtimestamp(NOON / 1000, UTC)

    def now(self):
        return self.at

    def after(self, **span):
        self.at += timedelta(**span)


def entered(runs, now, customer="jo", graph=None):
    ms = int(now.at.timestamp() * 1000)
    cause = Cause(id=f"entry {customer}", kind="entry", at=ms, received_at=ms)
    run = begin(graph or cart(), cause, customer, "", UTC, ms)
    row = Row(customer_id=customer, run=run, inbox=(cause,), causes=1, due_at=clock.to_text(now.at))
    runs.open(row, None)
    return row.key


def desk(now=None, **parts):
    now = now or Now()
    runs = parts.pop("runs", None) or Runs(parts.get("deaths"))
    return Desk(runs, cart(), now=now, **parts), now


def bought(now):
    ms = int(now.at.timestamp() * 1000)
    return Cause(id=f"order {ms}", kind="signal", name="Order Completed", at=ms, received_at=ms)


def keys(handed):
    return [each["key"].split("/", 1)[1] for each in handed]


def test_what_is_to_be_handed_over_is_written_down_before_and_the_run_is_let_go_after():
    counter, now = desk()
    key = entered(counter.runs, now)
    seen = []

    counter.leg([Wanted(key)], between=lambda: seen.append(counter.runs.rows[key]))

    assert [each.key for each in seen[0].pending] == [each["key"] for each in counter.handed]
    assert (seen[0].fence, seen[0].lease_until) == (1, clock.to_text(now.at + LEASE))
    assert seen[0].due_at == clock.to_text(now.at)  # Until it is settled the clock comes back to it.
    row = counter.runs.rows[key]
    assert (row.pending, row.lease_until, row.inbox, row.next_due) == ((), "", (), "")
    assert row.due_at == clock.to_text(now.at + timedelta(hours=4))
    assert counter.mails.planned == [row.run.send_id("email_1", 2)]


def test_messages_are_ready_to_go_and_hold_ids_and_the_words_of_the_definition():
    counter, now = desk()
    key = entered(counter.runs, now)
    counter.leg([Wanted(key)])

    by_channel = {each["channel"]: each for each in counter.handed}
    run = counter.runs.rows[key].run
    assert json.loads(by_channel["mail"]["body"]) == {"send_ids": [run.send_id("email_1", 2)]}
    assert by_channel["mail"]["lane"] == "marketing"
    told = interaction.decode(by_channel["fact"]["body"])
    assert (told.subject, told.name, told.source, told.trusted) == ("customer:jo", "Journey Entered", "journey", True)
    assert told.message_id == by_channel["fact"]["key"]
    slot = json.loads(by_channel["slot"]["body"])
    assert (slot["customer_id"], slot["journey"]) == ("jo", "cart")
    assert slot["effect"]["do"] == "slot"


def test_a_run_that_only_waits_is_written_once_and_nothing_is_handed_over():
    counter, now = desk()
    key = entered(counter.runs, now)
    counter.leg([Wanted(key)])
    before = counter.runs.rows[key]

    counter.leg([Wanted(key)])  # Too early: there is nothing to do yet.

    after = counter.runs.rows[key]
    assert (after.fence, after.due_at, after.lease_until) == (before.fence + 1, before.due_at, "")


def test_a_leg_that_finds_a_run_in_other_hands_leaves_it():
    counter, now = desk()
    key = entered(counter.runs, now)
    counter.decider.decide([Wanted(key)], "one")

    assert counter.decider.decide([Wanted(key)], "two") == []
    assert counter.runs.rows[key].fence == 1


def test_what_comes_while_a_leg_is_at_work_is_seen_to_in_another_round_of_it():
    counter, now = desk()
    key = entered(counter.runs, now)
    came = [True]

    def buys():
        if came:
            came.pop()
            counter.runs.tell(key, bought(now), now.at)

    counter.leg([Wanted(key)], between=buys)

    row = counter.runs.rows[key]
    assert (row.run.status, row.run.reason) == ("over", "converted")
    assert (row.due_at, row.pending, row.inbox) == ("", (), ())
    ended = [each["key"] for each in counter.handed if each["key"].endswith("/end")]
    assert len(ended) == 3  # What was switched on is off again: an audience and two slots.


def test_an_order_told_twice_is_in_the_inbox_once_and_one_told_to_nobody_is_told_to_nobody():
    counter, now = desk()
    key = entered(counter.runs, now)

    assert counter.runs.tell(key, bought(now), now.at)
    assert not counter.runs.tell(key, bought(now), now.at)
    assert not counter.runs.tell(RunKey("kim", "cart#"), bought(now), now.at)
    counter.leg([Wanted(key)])
    assert not counter.runs.tell(key, bought(now), now.at)  # It is over.


@pytest.mark.parametrize("when", ["before", "after"])
def test_whichever_call_a_leg_dies_at_the_next_one_hands_over_the_same_and_nothing_else(when):
    calm, now = desk()
    calm.leg([Wanted(entered(calm.runs, now))])
    expected = Counter(keys(calm.handed))
    died = 0

    for at in range(2, 100):
        deaths = Deaths(at, when)
        dying, now = desk(deaths=deaths)
        key = entered(dying.runs, now)
        try:
            dying.leg([Wanted(key)], "one")
        except Died:
            died += 1
        else:
            break
        now.after(seconds=LEASE.total_seconds() + 1)
        assert dying.runs.rows[key].due_at <= clock.to_text(now.at) or not dying.runs.rows[key].pending
        dying.leg([Wanted(key)], "two")
        assert Counter(set(keys(dying.handed))) == expected, at
        row = dying.runs.rows[key]
        assert (row.run.node, row.pending, row.failures) == ("w4", (), 0), at
        assert set(dying.mails.planned) == {row.run.send_id("email_1", 2)}
    assert died >= 8


def test_a_leg_that_was_too_slow_changes_nothing_for_the_one_that_has_taken_over():
    counter, now = desk()
    key = entered(counter.runs, now)
    [slow] = counter.decider.decide([Wanted(key)], "slow")
    now.after(seconds=LEASE.total_seconds() + 1)
    [fast] = counter.decider.decide([Wanted(key)], "fast")
    before = counter.runs.rows[key]

    assert counter.settler.settle([handed_over(slow)]) == []

    assert counter.runs.rows[key] == before
    assert [each["key"] for each in slow["effects"]] == [each["key"] for each in fast["effects"]]


def test_a_run_that_nothing_can_be_done_for_holds_up_nobody_and_is_stuck_after_five_tries():
    eyes = Eyes(broken={"kim"})
    counter, now = desk(eyes=eyes)
    wanted = [Wanted(entered(counter.runs, now, who)) for who in ("jo", "kim", "lee")]
    kim = wanted[1].key

    counter.leg(wanted)
    assert {each["key"].split("/")[0] for each in counter.handed} == {
        counter.runs.rows[each.key].run.id for each in wanted if each.key != kim
    }
    for _ in range(MOST_FAILURES - 1):
        assert counter.runs.rows[kim].due_at
        counter.leg([Wanted(kim)])
    assert (counter.runs.rows[kim].is_stuck, counter.runs.rows[kim].due_at) == (True, "")
    assert counter.problems == [*[(kim, "ValueError")] * MOST_FAILURES, (kim, "Stuck")]

    eyes.broken.clear()
    counter.leg([Wanted(kim)])
    assert (counter.runs.rows[kim].failures, counter.runs.rows[kim].run.node) == (0, "w4")


def test_what_a_channel_has_not_taken_is_handed_over_again_when_the_lease_is_over():
    counter, now = desk()
    key = entered(counter.runs, now)
    [first] = counter.decider.decide([Wanted(key)], "one")

    assert counter.settler.settle([handed_over({**first, "problem": {"Error": "SQS.Busy"}})]) == []

    assert counter.problems == [(key, "NotHandedOver")]
    row = counter.runs.rows[key]
    assert (row.failures, bool(row.pending), bool(row.due_at)) == (1, True, True)
    assert counter.decider.decide([Wanted(key)], "too early") == []
    now.after(seconds=LEASE.total_seconds() + 1)
    counter.leg([Wanted(key)])
    assert [each["key"] for each in counter.handed] == [each["key"] for each in first["effects"]]
    assert counter.runs.rows[key].failures == 0


def test_days_go_by_and_each_leg_finds_the_run_where_the_last_one_left_it():
    counter, now = desk()
    key = entered(counter.runs, now)
    while due := counter.runs.rows[key].due_at:
        now.at = max(now.at, clock.from_text(due))
        counter.leg([Wanted(key)])
        for mail in counter.mails.planned:
            counter.eyes.facts.rows.setdefault(mail, SendState("sent", int(now.at.timestamp() * 1000)))

    row = counter.runs.rows[key]
    assert (row.run.status, row.run.reason, row.is_open) == ("over", "end", False)
    assert [each.node for each in row.run.history][-1] == "end"
    assert len(counter.mails.planned) == 2
    assert (now.at.timestamp() * 1000 - NOON) / HOUR == 30 * 24  # Its goal was watched to the end.


def test_a_leg_is_told_of_no_more_than_one_message_holds_and_the_rest_waits_for_the_clock():
    on = tuple(nodes.Switch(channel="audience", name=f"facebook:{number:02}") for number in range(20))
    steps = {f"on_{number}": nodes.Effects(on=on, next=f"on_{number + 1}") for number in range(9)}
    graph = replace(cart(), first="on_0", nodes={**steps, "on_9": nodes.Exit()}, exits=())
    runs, now = Runs(), Now()
    counter = Desk(runs, graph, now=now)
    wanted = [Wanted(entered(runs, now, f"customer {number:02}", graph)) for number in range(40)]

    most = []
    for _ in range(60):
        due = [each for each in wanted if "" < runs.rows[each.key].due_at <= clock.to_text(now.at)]
        legs = counter.decider.decide(due, "leg")
        most.append(len(json.dumps(legs)))
        counter.settler.settle(map(handed_over, legs))
        now.after(seconds=1)

    assert 100_000 < max(most) < 256_000
    assert {row.run.left_at > 0 for row in runs.rows.values()} == {True}


def test_a_run_whose_mail_can_never_be_planned_is_stuck_after_some_tries():
    counter, now = desk()
    key = entered(counter.runs, now)

    def refuses(mails, row, graph):
        raise LookupError("the template is gone")

    counter.mails.plan = refuses
    for _ in range(MOST_FAILURES):
        assert counter.decider.decide([Wanted(key)], "leg") == []
        now.after(seconds=LEASE.seconds + 1)

    assert counter.runs.rows[key].is_stuck
    assert counter.problems[-1] == (key, "Stuck")
