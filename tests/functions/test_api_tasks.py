"""Tasks over the API, as agents work them: listed, taken, passed on, done; and their queues."""

from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from shopkeeper import clock
from shopkeeper.aws.clients import Unavailable
from shopkeeper.connect import tasks
from shopkeeper.customer.instants import ms_of
from shopkeeper.journey import effects
from shopkeeper.journey.beginning import begin
from shopkeeper.journey.rows import Row, RunKey
from shopkeeper.journey.run import Cause
from tests.api_world import World, ask, cursor, refusal
from tests.journey_graphs import cart
from tests.journey_world import NOON

QUEUE = {
    "name": "Sales",
    "owner": "The shop floor",
    "hours": [{"from": "09:00", "to": "18:00", "days": ["mon", "tue"]}],
    "outcomes": ["interested", "declined", "no_answer"],
}
RUN = RunKey("jo", "cart#")
KEY = ("r", "call", 3)
ID = effects.task_id(*KEY)
PATH = f"/v1/tasks/{ID}"


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        world.put("/v1/queues/sales", QUEUE)
        yield world


def opened(world, visit=3, due=timedelta(days=2), queue="sales"):
    run, node, _ = KEY
    now = datetime.now(UTC)
    effect = effects.Task(run=run, node=node, visit=visit, queue=queue, script="hello", due_at=ms_of(now + due))
    return tasks.hand(world.adapters["tasks"], effect, RUN, now)


def waiting(world):
    """A run that hears what comes of the task."""
    entry = Cause(id="entry", kind="entry", at=NOON, received_at=NOON)
    world.adapters["runs"].open(Row(customer_id="jo", run=begin(cart(), entry, "jo", "", UTC, NOON)), None)
    return lambda: world.adapters["runs"].load(RUN)


def complete(outcome="interested", **named):
    note = named.pop("note", None)
    return ask("POST", f"{PATH}/complete", {"outcome": outcome} | ({"note": note} if note else {}), **named)


def test_a_queue_is_a_definition_and_names_each_outcome_once(world):
    status, queue, _ = world.get("/v1/queues/sales", group="agent")

    assert (status, queue["definition"]) == (200, QUEUE)
    assert refusal(world.put("/v1/queues/x", QUEUE | {"outcomes": ["sold", "sold"]})) == (400, ["outcomes"])
    assert refusal(world.put("/v1/queues/x", QUEUE | {"outcomes": []})) == (400, ["outcomes"])
    assert refusal(world.put("/v1/queues/x", QUEUE, group="agent"))[0] == 403


def test_a_task_is_shown_as_its_journey_wants_it(world):
    task = opened(world)

    status, shown, headers = world.get(PATH, group="agent")

    assert (status, headers["etag"]) == (200, '"1"')
    told = {"id": ID, "customer_id": "jo", "journey": "cart", "node": "call", "queue": "sales", "script": "hello"}
    assert {name: shown[name] for name in told} == told
    assert (shown["state"], shown["assignee"], shown["overdue"], shown["due_at"]) == ("open", None, False, task.due)
    assert shown["history"] == [{"at": task.opened_at, "what": "opened", "who": None, "to": None}]
    assert world.get("/v1/tasks/none")[0] == 404
    assert world.get(PATH, group="viewer")[0] == 403


def test_tasks_are_listed_the_soonest_due_first_and_say_when_they_are_late(world):
    world.put("/v1/queues/service", QUEUE)
    opened(world, 1, timedelta(days=1))
    opened(world, 2, timedelta(days=-1))
    opened(world, 3, timedelta(hours=1), "service")
    last = effects.task_id("r", "call", 1)
    ask("POST", f"/v1/tasks/{last}/claim", group="agent")

    found, query = [], "limit=2"
    while query:
        _, page, _ = world.get("/v1/tasks", query=query, group="agent")
        found += page["items"]
        query = f"limit=2&{cursor(page)}" if page["next"] else ""

    wanted = [("sales", True, "open"), ("service", False, "open"), ("sales", False, "claimed")]
    assert [(each["queue"], each["overdue"], each["state"]) for each in found] == wanted
    for query, count in (
        ("queue=sales", 2),
        ("queue=sales&state=open", 1),
        ("state=claimed", 1),
        ("mine=true", 1),
        ("mine=true&state=open", 0),
        ("state=done", 0),
    ):
        assert len(world.get("/v1/tasks", query=query)[1]["items"]) == count, query
    assert world.get("/v1/tasks", query="mine=true", sub="u-2")[1]["items"] == []
    for query, field in (("queue=none", "queue"), ("state=late", "state"), ("mine=1", "mine"), ("limit=0", "limit")):
        assert refusal(world.get("/v1/tasks", query=query)) == (400, [field])


def test_a_task_is_taken_once_and_passed_on(world):
    opened(world)

    status, shown, headers = ask("POST", f"{PATH}/claim", group="agent", if_match='"1"')
    assert (status, shown["state"], shown["assignee"], headers["etag"]) == (200, "claimed", "u-1", '"2"')
    assert ask("POST", f"{PATH}/claim", group="agent")[1] == shown
    assert ask("POST", f"{PATH}/claim", sub="u-2")[0] == 409
    assert refusal(ask("POST", f"{PATH}/reassign", {"to": "u-2"}, if_match='"1"')) == (412, ["If-Match"])
    assert ask("POST", f"{PATH}/reassign", {"to": "u-2"})[1]["assignee"] == "u-2"
    status, shown, _ = ask("POST", f"{PATH}/reassign", {"to": None})
    assert (status, shown["state"], shown["assignee"]) == (200, "open", None)
    assert [each["what"] for each in shown["history"]] == ["opened", "claimed", "reassigned", "reassigned"]
    assert refusal(ask("POST", f"{PATH}/reassign", {})) == (400, ["to"])
    assert ask("POST", f"{PATH}/claim", group="viewer")[0] == 403


def test_what_came_of_a_task_is_heard_by_its_journey_and_remembered_of_the_customer(world):
    opened(world)
    run = waiting(world)

    status, shown, _ = complete(note="calls\nback", group="agent", if_match='"1"')

    assert (status, shown["state"], shown["outcome"], shown["note"]) == (200, "done", "interested", "calls\nback")
    assert (shown["closed_by"], shown["assignee"]) == ("u-1", "u-1")
    (fact,) = world.queued()
    assert (fact.name, fact.subject, fact.origin) == ("Task Completed", "customer:jo", "api:u-1")
    assert fact.properties == {
        "task": ID,
        "queue": "sales",
        "journey": "cart",
        "outcome": "interested",
        "note": "calls\nback",
    }
    (cause,) = run().inbox
    assert (cause.name, cause.about, cause.props) == ("Task Completed", ID, {"outcome": "interested"})
    assert (run().due_at <= clock.to_text(datetime.now(UTC)), world.legs.started) == (True, [RUN])
    assert complete(note="calls\nback", if_match='"1"')[1] == shown
    assert (world.queued(), len(run().inbox)) == ([], 1)


def test_an_outcome_that_the_queue_does_not_have_is_refused_by_its_name(world):
    opened(world)
    run = waiting(world)

    for outcome in ("sold", "", 7):
        assert refusal(complete(outcome)) == (400, ["outcome"])
    assert (world.queued(), run().inbox, world.get(PATH)[1]["state"]) == ([], (), "open")


def test_nobody_finishes_a_task_of_somebody_else_or_one_that_is_closed(world):
    opened(world)
    ask("POST", f"{PATH}/claim", sub="u-2")
    assert complete()[0] == 409
    assert complete(sub="u-2")[0] == 200
    assert complete("declined", sub="u-2")[0] == 409
    for what, body in (("claim", None), ("reassign", {"to": "u-1"})):
        assert "done" in ask("POST", f"{PATH}/{what}", body)[1]["detail"]


def test_what_is_written_down_counts_though_nobody_could_be_told(world, monkeypatch):
    opened(world)

    def busy(*_):
        raise Unavailable("busy")

    with monkeypatch.context() as patch:
        patch.setattr(world.adapters["incoming"], "send", busy)
        status, shown, _ = complete()

    assert (status, shown["state"]) == (200, "done")
    assert world.adapters["tasks"].load(ID).untold
    assert complete()[1] == shown  # Said again, it is told at last.
    assert [each.name for each in world.queued()] == ["Task Completed"]
    assert not world.adapters["tasks"].load(ID).untold
