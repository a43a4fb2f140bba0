"""A file of members is whole whoever dies over it, has nobody in it who has left, and no spreadsheet runs it."""

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shopkeeper.clock import Clock
from shopkeeper.customer import document, exporting, long_files
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.exporting import Export, Exporter, Overtaken
from shopkeeper.customer.lists import Stay
from shopkeeper.customer.members import Member, Place
from shopkeeper.customer.standing import Standing
from tests.domain.test_importing_errors import Store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SINCE = "2026-03-01T09:00:00.000Z"
STAFF = Export(
    id="e1", about={"list": "staff"}, group="list:staff", format="csv", created_at=SINCE, created_by="x", due_at=SINCE
)


class World:
    def __init__(self, export=STAFF, people=25):
        self.export, self.files, self.counts, self.dies_at, self.calls = export, Store(), True, None, 0
        self.people = [self.person(n) for n in range(people)]

    def person(self, n, **more):
        seen = {"lists": {"staff": Stay(1, is_on=True)}, "standing": Standing(1, (4,)), "identities": {f"user:{n}": 5}}
        told = dict.fromkeys(more.get("traits", ()), (0, "m"))
        return Customer(f"c{n:03}", 1, Document(**seen | more, told=told))

    def load(self, export_id):
        return self.export if isinstance(export_id, str) else self.loaded(export_id)

    def loaded(self, ids):
        return {each.customer_id: document.store(each) for each in self.people if each.customer_id in ids}

    def save(self, export):
        if export.revision != self.export.revision + 1:
            raise Overtaken
        self.calls += 1
        if self.calls == self.dies_at:
            raise KeyboardInterrupt
        self.export = export

    def page(self, group, limit, place):
        found = [each.customer_id for each in self.people if each.customer_id > place.after]
        page = [Member(each, SINCE) for each in found[:limit]]
        return page, Place(0, found[limit - 1]) if len(found) > limit else None

    def run(self):
        while True:
            files = dict.fromkeys(("csv", "ndjson"), self.files)
            exporter = Exporter(self, self, self, files, lambda _: self.counts, Clock(NOON.timestamp))
            try:
                if not exporter.visit("e1"):
                    return self.files.files.get("e1", b"").decode()
            except KeyboardInterrupt:
                continue


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch):
    monkeypatch.setattr(exporting, "PAGE", 3)
    monkeypatch.setattr(exporting, "PAGES", 2)


def test_everybody_is_in_it_once_with_what_was_asked_for():
    world = World(replace(STAFF, traits=("plan", "age")))
    world.people[7] = world.person(7, traits={"plan": "gold", "age": 30, "email": "jo@example.com"})

    rows = list(csv.DictReader(world.run().splitlines()))

    assert [row["customer_id"] for row in rows] == [each.customer_id for each in world.people]
    assert rows[7] == {
        "customer_id": "c007",
        "since": SINCE,
        "user_id": "7",
        "email": "jo@example.com",
        "traits.plan": "gold",
        "traits.age": "30",
    }
    assert (world.export.state, world.export.rows, world.export.due_at) == ("done", 25, "")


def test_json_lines_say_the_same_and_keep_the_kind_of_each_trait():
    world = World(replace(STAFF, format="ndjson", traits=("age",)), people=2)
    world.people[1] = world.person(1, traits={"age": 30}, identities={"email:jo@example.com": 2, "email:old@x": 1})

    first, second = map(json.loads, world.run().splitlines())

    assert first == {"customer_id": "c000", "since": SINCE, "user_id": "0", "email": "", "traits": {}}
    assert (second["email"], second["user_id"], second["traits"]) == ("jo@example.com", "", {"age": 30})


@pytest.mark.parametrize("part", [long_files.PART, 500], ids=["in one piece", "in several parts"])
def test_dying_at_any_write_and_going_on_ends_with_the_same_file(part, monkeypatch):
    monkeypatch.setattr(long_files, "PART", part)
    undisturbed = World()
    wanted = undisturbed.run()
    for dies_at in range(1, undisturbed.calls + 1):
        world = World()
        world.dies_at = dies_at
        assert world.run() == wanted
    assert len(wanted.splitlines()) == 26


def test_what_a_spreadsheet_would_run_has_an_apostrophe_in_front():
    world = World(replace(STAFF, traits=("note", "=1+1")), people=1)
    world.people[0] = world.person(0, traits={"note": '=HYPERLINK("x")', "=1+1": "+1"})

    header, line = csv.reader(world.run().splitlines())

    assert line[4:] == ['\'=HYPERLINK("x")', "'+1"]
    assert header[5] == "traits.=1+1"


def test_who_has_left_by_now_or_became_somebody_else_is_not_in_it():
    world = World(people=4)
    world.people[1] = world.person(1, lists={"staff": Stay(2, is_on=False)})
    world.people[2] = world.person(2, merged_into="c000", lists={})

    assert [line[:4] for line in world.run().splitlines()[1:]] == ["c000", "c003"]
    assert world.export.rows == 2


def test_a_segment_is_asked_by_its_slot():
    world = World(replace(STAFF, group="segment:vip@4"), people=3)
    world.people[1] = world.person(1, standing=Standing(1, (3, 5)))
    world.people[2] = world.person(2, standing=None)

    assert [line[:4] for line in world.run().splitlines()[1:]] == ["c000"]


def test_a_segment_that_is_built_anew_meanwhile_has_to_be_asked_for_again():
    world = World()
    world.counts = False

    assert world.run() == ""
    assert (world.export.state, world.export.due_at) == ("failed", "")
    assert "again" in world.export.error


def test_of_nobody_there_is_a_file_with_a_header_alone():
    assert World(people=0).run() == "customer_id,since,user_id,email\r\n"
