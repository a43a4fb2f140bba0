"""The Runs table keeps what the rows in memory of the other tests keep, and minds the same conditions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws
from msgspec import structs

from shopkeeper import clock
from shopkeeper.aws import runs as adapter
from shopkeeper.aws.due import DueRows
from shopkeeper.journey import effects
from shopkeeper.journey.beginning import begin
from shopkeeper.journey.ports import Overtaken
from shopkeeper.journey.rows import Row, RunKey
from shopkeeper.journey.run import Cause, Visit, to_json
from tests import journey_fakes, tables
from tests.journey_graphs import cart
from tests.journey_world import NOON

NOW = datetime.fromtimestamp(NOON / 1000, UTC)
ENTRY = Cause(id="entry", kind="entry", at=NOON, received_at=NOON)
BOUGHT = Cause(id="order", kind="signal", name="Order Completed", at=NOON, received_at=NOON, props={"total": 12.5})


@pytest.fixture(params=["table", "memory"])
def runs(request):
    if request.param == "memory":
        yield journey_fakes.Runs()
        return
    with mock_aws():
        yield adapter.Runs(tables.create("RunsTable"), "RunsTable", shards=4)


@pytest.fixture
def table():
    with mock_aws():
        yield adapter.Runs(tables.create("RunsTable"), "RunsTable", shards=4)


def row(customer="jo", key="", **changes):
    run = begin(cart(), ENTRY, customer, key, UTC, NOON)
    return replace(Row(customer_id=customer, run=run, inbox=(ENTRY,), causes=1, due_at=clock.to_text(NOW)), **changes)


def test_a_row_is_read_as_it_was_written(runs):
    pending = (effects.Audience(run="r", node="on_1", visit=1, name="ads:cart"),)
    held = row(pending=pending, fence=3, failures=2, lease_until=clock.to_text(NOW), next_due=clock.to_text(NOW))
    runs.open(held, None)

    assert runs.load(held.key) == held
    assert runs.load(RunKey("kim", "cart#")) is None


def test_a_row_is_opened_once(runs):
    runs.open(row(), None)
    with pytest.raises(Overtaken):
        runs.open(row(), None)


def test_who_read_an_older_row_writes_nothing(runs):
    first = row()
    runs.open(first, None)
    second = replace(first, fence=1, inbox=())
    runs.write(second, first)
    with pytest.raises(Overtaken):
        runs.write(replace(first, fence=1), first)
    runs.tell(first.key, BOUGHT, NOW)
    with pytest.raises(Overtaken):
        runs.write(replace(second, fence=2), second)

    assert runs.load(first.key).inbox == (BOUGHT,)


PENDING = (effects.Audience(run="r", node="on_1", visit=1, name="ads:cart"),)
LATER = clock.to_text(NOW + timedelta(hours=4))


def taken(**changes):
    return row(inbox=(), pending=PENDING, fence=3, failures=2, lease_until=LATER, next_due=LATER, **changes)


def test_a_row_is_let_go_without_being_read_as_its_leg_took_it(runs):
    ended = structs.replace(taken().run, status="over")
    for held in (taken(), replace(taken(), next_due=""), replace(taken(), next_due="", run=ended)):
        runs.open(held, runs.load(held.key))

        assert runs.settle(held.held)

        assert runs.load(held.key) == held.settled()
        assert runs.settle(held.held)
        assert runs.tell(held.key, BOUGHT, NOW) == held.settled().is_open


def test_a_row_of_which_more_was_heard_is_not_let_go_and_one_in_other_hands_is_none_of_its_business(runs):
    runs.open(taken(), None)
    other = taken().held._replace(fence=2)
    runs.tell(taken().key, BOUGHT, NOW)
    before = runs.load(taken().key)

    assert not runs.settle(taken().held)
    assert runs.settle(other)
    assert runs.settle(other._replace(key=RunKey("nobody", "cart#")))
    assert runs.load(taken().key) == before


def test_what_had_come_before_a_leg_took_over_keeps_the_row_too(runs):
    runs.open(replace(taken(), inbox=(BOUGHT,)), None)

    assert not runs.settle(taken().held)


def test_a_row_of_before_is_read_and_one_of_many_lines_is_small(table):
    visits = tuple(Visit(f"{n // 4:012}", n, f"node_{n}", "done", NOON + n // 4) for n in range(30))
    held = replace(row(), run=structs.replace(row().run, history=visits))
    table.open(held, None)
    kept = tables.client("dynamodb").scan(TableName="RunsTable")["Items"][0]
    assert len(kept["run"]["B"]) < 512

    kept |= {"run": {"S": to_json(held.run)}, "pending": {"S": effects.to_json(PENDING)}, "schema": {"N": "1"}}
    tables.client("dynamodb").put_item(TableName="RunsTable", Item=kept)
    assert table.load(held.key) == replace(held, pending=PENDING)


def test_a_cause_makes_the_row_due_and_is_there_once(runs):
    runs.open(row(inbox=(), due_at=""), None)
    later = NOW + timedelta(hours=1)

    assert [runs.tell(row().key, BOUGHT, later) for _ in range(2)] == [True, False]

    held = runs.load(row().key)
    assert (held.inbox, held.causes, held.due_at) == ((BOUGHT,), 2, clock.to_text(later))


def test_nothing_is_told_to_who_has_no_run_or_is_through_with_it(runs):
    over = row()
    over = replace(over, run=structs.replace(over.run, status="over"), due_at="")
    runs.open(over, None)

    assert not runs.tell(over.key, BOUGHT, NOW)
    assert not runs.tell(RunKey("kim", "cart#"), BOUGHT, NOW)


def test_a_customer_has_a_run_for_each_journey_and_key(table):
    for key in ("", "7", "8"):
        table.open(row(key=key), None)
    table.open(row("kim"), None)

    assert [each.key for each in table.of_customer("jo")] == [RunKey("jo", f"cart#{key}") for key in ("", "7", "8")]


def pages(runs, journey, segments, limit):
    for segment in range(segments):
        after = ""
        while True:
            found, after = runs.page(segment, segments, after, limit, journey)
            yield found
            if not after:
                break


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_slices_together_hold_each_run_of_a_journey_once_page_by_page(runs, limit):
    inside = [row(f"c{n}", key=f"o/{n % 2}") for n in range(9)]
    other = row("jo")
    other = replace(other, run=structs.replace(other.run, journey="carts"))
    for each in (*inside, other):
        runs.open(each, None)

    found = [row for page in pages(runs, "cart", 4, limit) for row in page]

    assert sorted(found, key=lambda each: each.key) == sorted(inside, key=lambda each: each.key)
    assert max(map(len, pages(runs, "cart", 4, limit))) <= limit


def test_many_are_told_at_once_but_for_those_who_are_through(runs):
    over = row("lee")
    over = replace(over, run=structs.replace(over.run, status="over"))
    for each in (row("jo"), row("kim"), over):
        runs.open(each, None)
    keys = [RunKey(name, "cart#") for name in ("jo", "kim", "lee", "nobody")]

    runs.tell_all(keys, BOUGHT, NOW)

    assert [runs.load(key).inbox[1:] for key in keys[:3]] == [(BOUGHT,), (BOUGHT,), ()]


def test_what_is_due_is_found_by_the_clock_and_what_waits_for_nothing_is_not(table):
    table.open(row("jo"), None)
    table.open(row("kim", due_at=""), None)
    due = DueRows(tables.client("dynamodb"), "RunsTable", "customer_id")

    found = [each.key for shard in range(4) for each in due.until(str(shard), NOW)]

    assert found == ["jo"]


def test_a_stuck_run_is_tried_again_when_somebody_says_so_and_no_other_is(runs):
    runs.open(row(key="well", failures=4), None)
    runs.open(row(key="ill", failures=6, due_at=""), None)

    assert [runs.unstick(RunKey("jo", f"cart#{key}"), NOW) for key in ("well", "ill", "ill", "none")] == [
        False,
        True,
        False,
        False,
    ]
    held = runs.load(RunKey("jo", "cart#ill"))
    assert (held.failures, held.due_at, held.run.node) == (0, clock.to_text(NOW), "")


def test_a_run_is_moved_whole_and_is_found_where_it_was_by_whoever_tells_it_something(table):
    before = row()
    table.open(before, None)
    after = replace(before, customer_id="kim", fence=before.fence + 1)
    table.move(after, before, None)

    assert (table.load(before.key), table.of_customer("jo"), table.load(after.key)) == (None, [], after)
    assert [each.key for each in table.page(0, 1, "", 10, "cart")[0]] == [after.key]
    assert table.tell(before.key, BOUGHT, NOW)
    assert table.load(after.key).inbox[-1] == BOUGHT
    assert [each.key for each in table.begun_by("jo")] == [each.key for each in table.begun_by("kim")] == [after.key]
    with pytest.raises(Overtaken):
        table.move(after, before, None)
    table.open(row(), None)
    with pytest.raises(Overtaken):
        table.move(replace(row(), customer_id="kim"), row(), None)


def test_of_who_is_erased_not_even_a_trace_of_what_was_moved_stays(table):
    before = row()
    table.open(before, None)
    table.move(replace(before, customer_id="kim", fence=1), before, None)
    table.forget("jo")

    assert (table.begun_by("jo"), len(table.begun_by("kim"))) == ([], 1)


def test_a_run_that_is_over_is_forgotten_and_one_of_who_was_erased_goes_by_itself(table):
    table.open(row(), None)
    table.forget("jo")
    assert table.load(row().key)
    over = replace(row(), run=structs.replace(row().run, status="over", reason="erased", left_at=NOON))
    table.write(over, row())
    item = tables.client("dynamodb").scan(TableName="RunsTable")["Items"][0]
    assert int(item["expires_at"]["N"]) == NOON // 1000 + 86_400
    table.forget("jo")
    assert table.load(over.key) is None
