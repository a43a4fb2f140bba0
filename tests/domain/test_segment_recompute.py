"""What is published counts once every customer was looked at, whoever dies over it, and whoever writes meanwhile."""

import pytest
from msgspec.structs import replace

from shopkeeper.customer import document
from shopkeeper.customer.standing import Standing
from shopkeeper.segment.recompute import WAIT
from shopkeeper.segment.references import needs
from tests.recompute_fakes import BUYERS, LATELY, REGULARS
from tests.recompute_world import Shop
from tests.rules import negated


@pytest.fixture
def shop():
    return shop_of(20)


def shop_of(customers, **more):
    """Every third one has not bought."""
    shop = Shop(**more)
    for n in range(customers):
        shop.order(f"c{n:02}", n % 3)
    return shop


def test_a_first_version_is_built_and_then_counts(shop):
    shop.publish(buyers=BUYERS)
    assert shop.states() == {("buyers", 1, "building")}
    shop.build()
    assert shop.states() == {("buyers", 1, "ready")}
    assert len(shop.inside("buyers")) == 13
    assert shop.inside("buyers") == shop.belong("buyers")


def test_to_build_is_no_news(shop):
    shop.publish(buyers=BUYERS)
    shop.build()
    assert not shop.news()


def test_nothing_is_begun_before_every_writer_knows_what_to_keep(shop):
    shop.publish(buyers=BUYERS)
    shop.pass_time(seconds=WAIT.total_seconds() - 1)
    shop.wake()
    assert not shop.executions
    shop.pass_time(seconds=1)
    shop.wake()
    assert list(shop.executions) == ["2026-03-02-2-1"]


def test_a_new_version_takes_the_place_of_the_one_before_and_leaves_nothing_behind(shop):
    shop.publish(buyers=BUYERS)
    shop.build()
    shop.publish(2, buyers=REGULARS)
    shop.pass_time(minutes=1)
    assert shop.inside("buyers") == {f"c{n:02}" for n in range(20) if n % 3}
    shop.build()
    assert shop.states() == {("buyers", 2, "ready")}
    assert shop.inside("buyers") == {f"c{n:02}" for n in range(20) if n % 3 == 2}
    for times in (1, 2, 2):  # Once more by the next run, for who knew the edition of before a little longer.
        assert shop.members == {"segment:buyers@1": times}
        shop.planner.ask("schedule")
        shop.build()


def test_customers_who_are_right_are_not_written(shop):
    shop.publish(buyers=BUYERS)
    shop.build()
    written = shop.wire.calls["customers.save"]
    shop.planner.ask("schedule")
    shop.build()
    assert shop.wire.calls["customers.save"] == written
    assert (shop.last.why, shop.last.found.customers, shop.last.found.changed) == ("schedule", 20, 0)


def test_how_many_there_are_is_counted(shop):
    shop.publish(buyers=BUYERS, regulars=REGULARS)
    shop.build()
    begun_at = shop.last.begun_at
    assert shop.sizes == {("buyers", begun_at): (1, 13), ("regulars", begun_at): (1, 6)}


def test_what_is_published_while_a_run_is_at_work_waits_for_the_next_one(shop):
    shop.publish(buyers=BUYERS)
    shop.pass_time(seconds=WAIT.total_seconds())
    shop.wake()
    shop.publish(regulars=REGULARS)
    shop.execute()
    assert shop.states() == {("buyers", 1, "ready"), ("regulars", 1, "building")}
    shop.build()
    assert shop.states() == {("buyers", 1, "ready"), ("regulars", 1, "ready")}
    assert shop.inside("regulars") == shop.belong("regulars") != set()
    assert len(shop.runs) == 2


def test_a_version_that_was_replaced_while_it_was_built_never_counts(shop):
    shop.publish(buyers=BUYERS)
    shop.pass_time(seconds=WAIT.total_seconds())
    shop.wake()
    shop.publish(2, buyers=REGULARS)
    shop.execute()
    assert shop.states() == {("buyers", 2, "building")}
    shop.build()
    assert shop.inside("buyers") == {f"c{n:02}" for n in range(20) if n % 3 == 2}


def test_what_is_deleted_while_it_is_built_does_not_come_back(shop):
    shop.publish(buyers=BUYERS)
    shop.pass_time(seconds=WAIT.total_seconds())
    shop.wake()
    shop.delete("buyers")
    shop.execute()
    assert shop.states() == set()
    shop.build()
    assert shop.members["segment:buyers@1"] == 1


def test_parts_count_together(shop):
    shop.publish(buyers=BUYERS, buyers__often=REGULARS)
    shop.build()
    shop.publish(2, buyers=BUYERS)
    shop.build()
    assert shop.states() == {("buyers", 2, "ready")}
    assert set(shop.members) == {"segment:buyers@1", "segment:buyers/often@2"}


def printed(n=1):
    return BUYERS | {"measure": {"event": "Order Completed", "where": [{"prop": "kind", "cmp": "eq", "value": "x"}]}}


def test_a_segment_waits_for_the_measure_that_it_needs_and_holds_up_no_other(shop):
    shop.publish(printed=printed(), buyers=BUYERS)
    shop.pass_time(seconds=WAIT.total_seconds())
    shop.wake()
    shop.execute()
    assert shop.states() == {("printed", 1, "building"), ("buyers", 1, "ready")}
    shop.wake()
    assert shop.at_desk.due_at > shop.last.begun_at
    shop.measures = {next(iter(shop.recomputing._measures.wanted))}
    shop.build()
    assert ("printed", 1, "ready") in shop.states()


def planted(shop, customer_id, slots):
    """Something went wrong with this customer, and nobody knows."""
    stored = shop.tables.customers[customer_id]
    wrong = document.load(stored)
    stands = Standing(shop.edition.number, slots)
    wrong = replace(wrong, document=replace(wrong.document, standing=stands))
    shop.tables.customers[customer_id] = document.store(wrong)


def test_who_is_wrong_in_what_counts_is_evidence_and_is_mended_with_news(shop):
    shop.publish(buyers=BUYERS)
    shop.build()
    planted(shop, "c01", ())
    planted(shop, "c03", (1,))
    shop.planner.ask("request")
    shop.build()
    found = shop.last.found
    assert (found.missing, found.wrong, found.changed) == ({"1": 1}, {"1": 1}, 2)
    assert {(each["customer_id"], each["segment"], each["was"]) for each in found.examples} == {
        ("c01", "buyers@1", "out"),
        ("c03", "buyers@1", "in"),
    }
    assert sorted(shop.told) == [(shop.last.id, "c01", "1"), (shop.last.id, "c03", "1")]
    assert shop.inside("buyers") == shop.belong("buyers")
    assert shop.news() == {"Segment Entered": 1, "Segment Left": 1}


def test_of_some_differences_examples_are_kept_and_all_are_counted():
    shop = shop_of(60)
    shop.publish(buyers=BUYERS)
    shop.build()
    for customer_id in shop.inside("buyers"):
        planted(shop, customer_id, ())
    shop.planner.ask("request")
    shop.build()
    assert (sum(shop.last.found.missing.values()), len(shop.last.found.examples)) == (40, 20)


def test_who_only_waits_for_the_clock_is_no_evidence(shop):
    shop.publish(lately=LATELY)
    shop.build()
    assert len(shop.inside("lately")) == 13
    shop.pass_time(days=2)
    shop.planner.ask("schedule")
    shop.build()
    assert shop.inside("lately") == set()
    assert (shop.last.found.differences, shop.last.found.changed, shop.told) == (0, 13, [])


def test_who_lacks_a_measure_that_a_rule_takes_stays_where_they_stand_and_is_no_evidence(shop):
    dear = negated(BUYERS | {"measure": {"event": "Order Completed", "where": [{"prop": "vip", "cmp": "exists"}]}})
    shop.publish(dear=dear)
    (slot,) = shop.edition.slots
    shop.measures |= needs([shop.written[slot.rule]]).keys()
    shop.build()
    assert shop.states() == {("dear", 1, "ready")}
    assert (shop.inside("dear"), shop.last.found.changed, shop.told) == (set(), 0, [])
    shop.planner.ask("schedule")
    shop.build()
    assert (shop.last.found.differences, shop.last.found.sizes, shop.told) == (0, {}, [])


def test_whom_the_clock_forgot_is_evidence(shop):
    shop.publish(lately=LATELY)
    shop.build()
    stored = shop.tables.customers["c01"]
    shop.tables.customers["c01"] = replace(stored, due_at="")
    shop.pass_time(days=2)
    shop.planner.ask("schedule")
    shop.build()
    assert shop.last.found.wrong == {"1": 1}


def test_a_customer_whom_nobody_would_wake_is_written_with_the_instant(shop):
    shop.publish(lately=LATELY)
    shop.build()
    right = shop.tables.customers["c01"]
    shop.tables.customers["c01"] = replace(right, due_at="")
    shop.planner.ask("schedule")
    shop.build()
    assert shop.tables.customers["c01"].due_at == right.due_at
    assert shop.last.found.differences == 0


def test_rules_that_are_their_opposites_share_out_all_customers(shop):
    shop.publish(buyers=BUYERS, others=negated(BUYERS))
    shop.build()
    assert shop.inside("buyers") | shop.inside("others") == set(shop.tables.customers)
    assert not shop.inside("buyers") & shop.inside("others")


def test_what_takes_long_goes_on_from_page_to_page():
    shop = shop_of(40)
    shop.has_time = False
    shop.publish(buyers=BUYERS)
    shop.pass_time(seconds=WAIT.total_seconds())
    shop.wake()
    assert shop.execute() == []
    assert shop.inside("buyers") == shop.belong("buyers")
