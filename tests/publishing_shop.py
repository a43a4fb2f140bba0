"""A shop on moto that stores what is said, and whose segments are published over the API and built by the functions."""

import json
from datetime import timedelta
from pathlib import Path

from functions.segment_plan import app as plan
from functions.segment_scan import app as scan
from functions.segment_switch import app as switch
from local.machines.failure import Failed
from local.machines.states import Run, block
from shopkeeper import clock
from shopkeeper.aws.editions import Editions
from shopkeeper.aws.recomputes import Recomputes
from shopkeeper.aws.segment_measures import SegmentMeasures
from shopkeeper.clock import Clock
from shopkeeper.customer import document
from shopkeeper.segment import publishing, runs
from shopkeeper.segment.recompute import Recomputing
from tests.api_world import ask
from tests.campaign_world import context
from tests.merge_world import Shop
from tests.recompute_fakes import ASL

FUNCTIONS = {
    "${SegmentPlanFunctionArn}": plan,
    "${SegmentScanFunctionArn}": scan,
    "${SegmentSwitchFunctionArn}": switch,
}
EVENTS = Path(__file__).parent.parent / "events"


def event(name, **changes):
    """What a function of a run is called with, e.g. `scan.slice`."""
    return json.loads((EVENTS / f"segment_{name}.json").read_text()) | changes


def phases(shop):
    return [each.phase for each in shop.editions.fresh().slots]


def state(shop, name="buyers", query=""):
    status, body, _ = shop.get(f"/v1/segments/{name}", query=query)
    assert status == 200, body
    return body["state"]


class PublishingShop(Shop):
    """Inside `mock_aws`. `now` is a traveller of time_machine."""

    def __init__(self, monkeypatch, now):
        super().__init__(monkeypatch)
        self.now = now
        monkeypatch.setenv("MEMBERS_TABLE", "MembersTable")
        self.recomputes: Recomputes = self.adapters["recomputes"]
        self.editions: Editions = self.adapters["editions"]
        measures: SegmentMeasures = self.adapters["segment_measures"]
        slices = self.adapters["slices"]
        self.recomputing = Recomputing(self.recomputes, slices, self.editions, measures, self.machine, Clock())
        for made in (plan.planner, scan.scanner, switch.switcher):
            made.cache_clear()

    def put_segment(self, segment_id="buyers", /, **said):
        return self.put(f"/v1/segments/{segment_id}", said)

    def ask_delete(self, name, **named):
        return ask("DELETE", f"/v1/segments/{name}", **named)

    def pass_time(self, **span):
        self.now.shift(timedelta(**span))

    def wake(self):
        self.recomputing.visit("segments")

    def run(self):
        """Every execution that was started, to its end."""
        started, self.machine.started = self.machine.started, {}
        for said in started.values():
            for due in block(Run(_invoke, lambda: Clock().now().timestamp(), {}), ASL, said, {}):
                self.now.shift(max(0, due - Clock().now().timestamp()) if due else 0)

    def build(self):
        """Until nothing is to be built or looked through any more."""
        for _ in range(20):
            desk = self.recomputes.desk()
            if not desk.due_at:
                return
            if not runs.is_due(desk, Clock().now()):
                self.now.move_to(clock.from_text(desk.due_at))
            self.wake()
            self.run()
        raise AssertionError("it never ends")

    def inside(self, name="buyers"):
        """Names of users who are in what counts, by what stands in the documents."""
        slot = publishing.slot(self.editions.fresh(), name, "ready")
        page, _ = self.adapters["customers"].page(0, 1)
        held = [document.load(stored).document for stored in page]
        inside = (each for each in held if slot and each.standing and slot.number in each.standing.slots)
        return {name.removeprefix("user:") for each in inside for name in each.identities if name[:5] == "user:"}


def _invoke(name, payload):
    try:
        return json.loads(json.dumps(FUNCTIONS[name].handler(json.loads(json.dumps(payload)), context())))
    except Exception as problem:
        raise Failed(type(problem).__name__, str(problem)) from problem
