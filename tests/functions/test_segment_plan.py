"""A run is taken by one attempt at a time, and ordered by the schedule."""

from functions.segment_plan import app as plan
from functions.segment_scan import app as scan
from functions.segment_switch import app as switch
from shopkeeper import clock
from tests.campaign_world import context
from tests.publishing_shop import event, phases


def test_a_run_goes_from_step_to_step(begun):
    assert plan.handler(event("plan.plan"), context())["next"] == "scan"
    for number in range(8):
        part = scan.handler(event("scan.slice", slice=number), context())
        assert part == event("scan.slice", slice=number, more=False)
    assert switch.handler(event("switch.switch"), context())["next"] == "clear"
    assert phases(begun) == ["ready"]
    assert switch.handler(event("switch.clear"), context())["next"] == "over"
    assert begun.inside() == {"jo"}
    assert begun.recomputes.run("2026-03-02-2").state == "done"
    assert begun.recomputes.desk().run == ""


def test_an_attempt_that_was_overtaken_ends(begun):
    begun.pass_time(hours=2)
    begun.wake()
    assert begun.recomputes.desk().attempt == 2
    assert plan.handler(event("plan.plan"), context())["next"] == "over"
    assert not scan.handler(event("scan.slice"), context())["more"]
    for name in ("switch", "clear", "failed"):
        assert switch.handler(event(f"switch.{name}"), context())["next"] == "over"
    assert phases(begun) == ["building"]


def test_the_schedule_orders_a_run(ordering_shop):
    ordering_shop.build()
    told = plan.handler(event("plan.scheduled"), context())
    assert told["due_at"] == clock.to_text(clock.Clock().now())
    ordering_shop.build()
    newest = ordering_shop.get("/v1/recomputes")[1]["items"][0]
    assert (newest["why"], newest["customers"], newest["changed"]) == ("schedule", 1, 0)


def test_the_schedule_changes_nothing_of_a_run_that_is_at_work(begun):
    before = begun.recomputes.desk()
    plan.handler(event("plan.scheduled"), context())
    after = begun.recomputes.desk()
    assert (after.run, after.due_at, after.asked) == (before.run, before.due_at, "schedule")
    begun.run()
    assert begun.recomputes.desk().due_at
    begun.build()
    assert len(begun.recomputes.desk().runs) == 2
