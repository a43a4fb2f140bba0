"""Tasks in the Records table, and the index that lists them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from shopkeeper.aws.due import DueRows
from shopkeeper.aws.tasks import Tasks
from shopkeeper.connect import tasks as domain
from shopkeeper.connect.tasks import Line, Overtaken, Task
from tests import tables

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
AT = "2026-11-24T12:00:00.000Z"
TO_DO = ("open", "claimed")


@pytest.fixture
def dynamodb():
    with mock_aws():
        yield tables.create("RecordsTable")


@pytest.fixture
def tasks(dynamodb):
    return Tasks(dynamodb, "RecordsTable", 1)


def task(id_, due="", queue="sales", **changes):
    said = {"customer_id": "jo", "run": "specials#", "node": "call", "visit": 3, "opened_at": AT}
    return Task(id=id_, due=due and f"2026-11-{due}T12:00:00.000Z", queue=queue, **said, **changes)


def ids(found):
    return [each.id for each in found[0]]


def test_a_task_is_read_as_it_was_written_and_kept_once(tasks):
    held = task("a", "26", script="reminder", history=(Line(AT, "opened"),))

    assert [tasks.open(held), tasks.open(replace(held, script="other"))] == [True, False]
    assert tasks.load("a") == held
    assert tasks.load("b") is None


def test_a_task_is_changed_by_whoever_has_read_it_last(tasks):
    tasks.open(task("a"))
    after = tasks.put(domain.claim(tasks.load("a"), "kim", NOON))

    assert (after.revision, tasks.load("a")) == (2, after)
    with pytest.raises(Overtaken):
        tasks.put(domain.claim(task("a"), "lee", NOON))


def test_tasks_of_several_queues_are_listed_by_when_they_are_due_in_pages(tasks):
    for each in (task("c"), task("b", "27"), task("a", "27"), task("d", "25", "service"), task("e", "26", "service")):
        tasks.open(each)
    tasks.put(domain.claim(tasks.load("e"), "kim", NOON))
    tasks.open(task("gone", queue="", state="cancelled"))

    found, after = [], ""
    while True:
        page, after = tasks.listed(("sales", "service"), TO_DO, 2, after)
        assert len(page) <= 2
        found += [each.id for each in page]
        if not after:
            break

    assert found == ["d", "e", "a", "b", "c"]
    assert ids(tasks.listed(("sales", "service"), TO_DO, 9, assignee="kim")) == ["e"]
    assert ids(tasks.listed(("sales",), TO_DO, 9)) == ["a", "b", "c"]
    assert ids(tasks.listed(("sales",), ("done",), 9)) == []
    assert tasks.listed((), TO_DO, 9) == ([], "")


def test_what_came_of_a_task_is_due_until_it_is_told(tasks, dynamodb):
    tasks.open(task("a", "26"))
    rows = DueRows(dynamodb, "RecordsTable", "record")
    done = tasks.put(domain.complete(tasks.load("a"), "kim", "sold", "", NOON))

    assert tasks.load("a") == done
    assert [each.key for each in rows.until("0", NOON + timedelta(minutes=1))] == ["task#a"]
    assert list(rows.until("0", NOON)) == []
    tasks.told(done)
    tasks.told(replace(done, revision=1))

    assert list(rows.until("0", NOON + timedelta(days=1))) == []
    assert tasks.load("a") == replace(done, untold="")
    assert ids(tasks.listed(("sales",), ("done",), 9)) == ["a"]
    kept = dynamodb.get_item(TableName="RecordsTable", Key={"record": {"S": "task#a"}})["Item"]["expires_at"]["N"]
    assert int(kept) == int((NOON + timedelta(days=90)).timestamp())
