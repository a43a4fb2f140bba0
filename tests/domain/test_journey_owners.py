"""What becomes of runs whose customer is somebody else now, or nobody any more."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from msgspec import structs

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.connect.forgetting import Eraser
from shopkeeper.customer.document import Customer, Document
from shopkeeper.journey.doors.owners import GONE, Mover
from shopkeeper.journey.effects import task_id
from shopkeeper.journey.legs import handing
from shopkeeper.journey.legs.deciding import Wanted
from shopkeeper.journey.legs.settling import HandedOver
from shopkeeper.journey.rows import Row, RunKey
from shopkeeper.journey.run import Cause, Past
from tests.journey_fakes import Desk, Runs
from tests.journey_graphs import cart
from tests.journey_world import DAY, NOON, Walk

NOW = Clock(datetime.fromtimestamp(NOON / 1000, UTC).timestamp)
JO, KIM = RunKey("jo", "cart#"), RunKey("kim", "cart#")
BOUGHT = Cause(id="order", kind="signal", name="Order Completed", at=NOON, received_at=NOON)


def stands(customer, *, is_over=False):
    """Inside the cart, on its first wait; or out of it."""
    walk = Walk(cart(goal=None))
    walk.enters()
    if is_over:
        walk.hears("Order Completed")
    run = replace_run(walk.run, customer)
    return Row(customer_id=customer, run=run, due_at="" if is_over else clock.to_text(NOW.now()))


def replace_run(run, customer):
    return type(run)(**{name: getattr(run, name) for name in run.__struct_fields__} | {"customer": customer})


@pytest.fixture
def runs():
    return Runs()


@pytest.fixture
def mover(runs):
    return Mover(runs, NOW)


def test_a_run_goes_along_with_whom_its_customer_was_merged_into(runs, mover):
    runs.open(stands("jo"), None)

    assert mover.hear(Customer("jo", 1)) == []
    assert mover.hear(Customer("jo", 2, Document(merged_into="kim"))) == [KIM]
    assert mover.merged("jo", "kim") == []
    (row,) = runs.rows.values()
    assert (row.key, row.run.customer, row.run.node, row.run.is_open) == (KIM, "jo", "w4", True)
    assert runs.tell(JO, BOUGHT, NOW.now())
    assert runs.rows[KIM].inbox == (BOUGHT,)


def test_what_a_leg_was_to_hand_over_when_the_run_moved_is_handed_over_by_the_next_one_under_the_same_keys(runs, mover):
    desk = Desk(runs, cart(goal=None), now=NOW)
    runs.open(stands("jo"), None)
    runs.tell(JO, BOUGHT, NOW.now())
    (leg,) = desk.decider.decide([Wanted(JO)], "first")
    held = runs.rows[JO].held
    mover.merged("jo", "kim")
    assert desk.settler.settle([HandedOver(held)]) == []
    desk.leg([Wanted(JO), Wanted(KIM)])

    assert [each["key"] for each in desk.handed] == [each["key"] for each in leg["effects"]]
    assert {"kim"} == {key.customer_id for key in runs.rows}
    assert not runs.rows[KIM].pending


def test_what_it_switched_on_is_switched_off_for_whom_it_was_switched_on(runs, mover):
    runs.open(stands("jo"), None)
    mover.merged("jo", "kim")
    walk = Walk(cart(goal=None), run=runs.rows[KIM].run)
    walk.hears("Order Completed")
    row = replace(runs.rows[KIM], run=walk.run, pending=tuple(walk.made))

    bodies = [each["body"] for each in handing.leg(row, cart(), NOW.now())["effects"] if each["channel"] == "audience"]
    assert bodies
    assert all('"customer_id":"jo"' in body for body in bodies)


def test_of_two_runs_of_one_name_that_of_the_customer_who_stays_goes_on(runs, mover):
    for customer in ("jo", "kim"):
        runs.open(stands(customer), None)

    assert mover.merged("jo", "kim") == [JO]
    assert [each.name for each in runs.rows[JO].inbox] == [GONE]
    assert runs.rows[KIM].inbox == ()


def test_one_that_only_watches_its_goal_gives_its_place_to_one_that_is_under_way_and_to_no_other(runs, mover):
    watching = stands("kim")
    watching = replace(watching, run=structs.replace(watching.run, status="watching"))
    runs.open(watching, None)
    runs.open(replace(watching, customer_id="jo"), None)
    assert mover.merged("jo", "kim") == [JO]
    runs.rows[JO] = stands("jo")

    assert mover.merged("jo", "kim") == [KIM]
    assert runs.rows[KIM].run.status == "active"
    assert [past.entered_at for past in runs.rows[KIM].run.past] == [watching.run.entered_at]


def test_one_that_is_over_gives_its_place_to_one_that_goes_on_and_stays_among_the_earlier_ones(runs, mover):
    runs.open(stands("jo"), None)
    runs.open(stands("kim", is_over=True), None)

    assert mover.merged("jo", "kim") == [KIM]
    assert [each.reason for each in runs.rows[KIM].run.past] == ["converted"]
    assert runs.rows[KIM].run.is_open


def test_of_two_that_are_over_each_stays_and_one_alone_goes_along_so_that_who_was_in_once_was_in(runs, mover):
    runs.open(stands("jo", is_over=True), None)
    assert mover.merged("jo", "kim") == []
    assert list(runs.rows) == [KIM]
    runs.open(stands("ann", is_over=True), None)
    assert mover.merged("ann", "kim") == []
    assert [each.customer_id for each in runs.rows] == ["kim", "ann"]


def test_past_entries_of_both_are_kept_in_order(runs, mover):
    row = stands("jo")
    early, late = (Past(1, NOON - days * DAY, NOON, "end") for days in (9, 1))
    runs.open(replace(row, run=type(row.run)(**fields(row.run) | {"past": (early, late)})), None)
    runs.open(stands("kim", is_over=True), None)
    mover.merged("jo", "kim")

    assert [each.reason for each in runs.rows[KIM].run.past] == ["end", "end", "converted"]


def fields(run):
    return {name: getattr(run, name) for name in run.__struct_fields__}


def test_whoever_is_overtaken_while_moving_a_run_looks_again(runs, mover):
    runs.open(stands("jo"), None)
    move, tries = runs.move, []

    def overtaken(after, before, there):
        tries.append(there)
        if len(tries) == 1:
            runs.tell(JO, BOUGHT, NOW.now())
        move(after, before, there)

    runs.move = overtaken
    assert mover.merged("jo", "kim") == [KIM]
    assert (len(tries), runs.rows[KIM].inbox) == (2, (BOUGHT,))


def test_of_who_is_erased_runs_end_untold_and_those_that_are_over_go_with_their_tasks(runs, mover):
    held = stands("jo")
    runs.open(held, None)
    runs.open(stands("kim", is_over=True), None)
    forgotten = set()
    tasks = type("Tasks", (), {"forget": lambda _, ids: forgotten.update(ids)})()
    eraser = Eraser(runs, tasks, mover)

    assert (eraser.erase("jo"), eraser.erase("kim")) == ([JO], [])
    assert list(runs.rows) == [JO]
    assert task_id(held.run.id, "on_1", 1) in forgotten
    desk = Desk(runs, cart(goal=None), now=NOW)
    desk.eyes.facts.gone = "erased"
    desk.leg([Wanted(JO)])
    assert {each["channel"] for each in desk.handed} == {"audience", "slot"}
    assert runs.rows[JO].run.reason == "erased"
