"""Tasks that journeys have for people: listed, taken, passed on, done."""

from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, get_args

from pydantic import Field
from typing_extensions import TypedDict

from shopkeeper.api import matching, pages
from shopkeeper.api.calls import Answer, Call, Parameter, Room, found
from shopkeeper.api.matching import IF_MATCH
from shopkeeper.api.problems import Problem, bad_request
from shopkeeper.api.queues import KIND as QUEUE
from shopkeeper.api.roles import ADMIN, AGENT, MARKETER
from shopkeeper.aws.clients import Unavailable
from shopkeeper.clock import Clock
from shopkeeper.connect import tasks
from shopkeeper.connect.tasks import ClosedError, OthersError, State, Task
from shopkeeper.connect.telling import TaskTeller
from shopkeeper.customer.requests import Lines, Strict, Text
from shopkeeper.journey.definition.hearing import Key

room = Room("tasks", "What somebody is to do for a customer, such as to call them, because a journey says so.")
_WORKERS = (AGENT, MARKETER, ADMIN)
_TO_DO: tuple[State, ...] = ("open", "claimed")
_MOST_QUEUES = 100
_TRIES = 5
_QUEUE = Parameter("queue", "query", "Of which queue; of all, if none is named.", {"type": "string"})
_STATE = Parameter(
    "state",
    "query",
    "`open` is nobody's so far, `claimed` somebody's. Without it, both of these.",
    {"type": "string", "enum": list(get_args(State))},
)
_MINE = Parameter("mine", "query", "Only those that are yours.", {"type": "string", "enum": ["true", "false"]})
_REFUSALS = {
    409: "It is done or cancelled, or somebody else has it: `detail` says which.",
    412: "Something has become of it meanwhile: look again.",
}


class Line(TypedDict):
    """`who` is the subject of a token, null for the journey; `to` is whose it was from then on."""

    at: str
    what: str
    who: str | None
    to: str | None


class Shown(TypedDict):
    """`assignee` and `closed_by` are subjects of tokens. `overdue`: it should have been done by now. A task that was
    cancelled before it was opened has no `opened_at`."""

    id: str
    customer_id: str
    journey: str
    node: str
    queue: str
    script: str | None
    state: State
    assignee: str | None
    opened_at: str | None
    due_at: str | None
    overdue: bool
    outcome: str | None
    note: str | None
    closed_at: str | None
    closed_by: str | None
    history: list[Line]


class Page(TypedDict):
    items: list[Shown]
    next: str | None


class NewAssignee(Strict):
    """`to` is the subject of a token; null gives it back to the queue."""

    to: Text | None


class Done(Strict):
    """`outcome` is one of those of the queue."""

    outcome: Key
    note: Annotated[Lines, Field(max_length=2000)] | None = None


@room.get("/v1/tasks", groups=_WORKERS, parameters=(_QUEUE, _STATE, _MINE, *pages.PAGE))
def list_tasks(call: Call) -> Page:
    """List tasks, the soonest due first, a moment late. They are kept for 90 days after they were done or cancelled."""
    limit, after = pages.limit(call), "".join(pages.after(call))
    assignee = call.who.id if _is_mine(call) else ""
    listed, last = call.aws.tasks.listed(_queues(call), _states(call), limit, after, assignee)
    page: Page = pages.page([_shown(call, each) for each in listed], [last])
    return page


@room.get("/v1/tasks/{id}", groups=_WORKERS)
def show_task(call: Call) -> Answer[Shown]:
    """Show a task, with all that became of it."""
    return _answer(call, _named(call))


@room.post("/v1/tasks/{id}/claim", groups=_WORKERS, parameters=(IF_MATCH,), refusals=_REFUSALS)
def claim(call: Call) -> Answer[Shown]:
    """Take a task that is nobody's. Whoever has it already is told the same."""
    return _answer(call, _change(call, lambda task: tasks.claim(task, call.who.id, call.now)))


@room.post("/v1/tasks/{id}/reassign", groups=_WORKERS, parameters=(IF_MATCH,), refusals=_REFUSALS)
def reassign(call: Call, wanted: NewAssignee) -> Answer[Shown]:
    """Give a task to somebody, whoever has it, or back to its queue."""
    return _answer(call, _change(call, lambda task: tasks.reassign(task, call.who.id, wanted.to or "", call.now)))


@room.post("/v1/tasks/{id}/complete", groups=_WORKERS, parameters=(IF_MATCH,), refusals=_REFUSALS)
def complete(call: Call, wanted: Done) -> Answer[Shown]:
    """Say what came of a task that is yours or nobody's.

    Its journey goes on at once, and `Task Completed` is in the memory of the customer within seconds. Said again, it is
    answered the same.
    """
    task = _named(call)
    if not _says_the_same(call, task, wanted):
        _check(call, task, wanted)
        who, note = call.who.id, wanted.note or ""
        task = _change(call, lambda it: tasks.complete(it, who, wanted.outcome, note, call.now))
    if task.untold:
        with suppress(Unavailable):  # It is written down, and due: the clock tells of it.
            _teller(call).tell(task)
    return _answer(call, task)


def _teller(call: Call) -> TaskTeller:
    return TaskTeller(call.aws.tasks, call.aws.incoming, call.aws.runs, call.aws.legs, Clock())


def _says_the_same(call: Call, task: Task, wanted: Done) -> bool:
    said = ("done", call.who.id, wanted.outcome, wanted.note or "")
    return said == (task.state, task.closed_by, task.outcome, task.note)


def _check(call: Call, task: Task, wanted: Done) -> None:
    """Raises Problem 400."""
    queue = call.aws.definitions.newest(QUEUE.name, task.queue)
    outcomes = queue.facts()["outcomes"] if queue else []
    if wanted.outcome not in outcomes:
        raise bad_request("outcome", f"is none of the queue {task.queue}: {', '.join(outcomes) or 'it has none'}")


def _change(call: Call, change: Callable[[Task], Task]) -> Task:
    """Raises Problem 404, 409, 412 and 503."""
    for _ in range(_TRIES):
        task = _named(call)
        matching.check(call, task.revision)
        after = _changed(task, change)
        if after == task:
            return task
        with suppress(tasks.Overtaken):
            return call.aws.tasks.put(after)
    raise Problem(503, "Too many others are at this task. Try again in a while.")


def _changed(task: Task, change: Callable[[Task], Task]) -> Task:
    """Raises Problem 409."""
    try:
        return change(task)
    except ClosedError:
        raise Problem(409, f"The task is {task.state}.") from None
    except OthersError:
        raise Problem(409, "Somebody else has the task. It can be reassigned.") from None


def _named(call: Call) -> Task:
    return found(call.aws.tasks.load(call.path["id"]), "task")


def _is_mine(call: Call) -> bool:
    said = call.query.get("mine", "false")
    if said not in ("true", "false"):
        raise bad_request("mine", "is true or false")
    return said == "true"


def _states(call: Call) -> tuple[State, ...]:
    said = call.query.get("state")
    if said is None:
        return _TO_DO
    states = tuple(each for each in get_args(State) if each == said)
    if not states:
        raise bad_request("state", f"is one of {', '.join(get_args(State))}")
    return states


def _queues(call: Call) -> list[str]:
    if queue := call.query.get("queue"):
        if not call.aws.definitions.number(QUEUE.name, queue):
            raise bad_request("queue", f"there is no queue {queue}")
        return [queue]
    return [each.id for each in call.aws.definitions.listed(QUEUE.name, _MOST_QUEUES)[0]]


def _answer(call: Call, task: Task) -> Answer[Shown]:
    return Answer(_shown(call, task), headers={"ETag": matching.etag(task.revision)})


def _shown(call: Call, task: Task) -> Shown:
    return {
        "id": task.id,
        "customer_id": task.customer_id,
        "journey": task.journey,
        "node": task.node,
        "queue": task.queue,
        "script": task.script or None,
        "state": task.state,
        "assignee": task.assignee or None,
        "opened_at": task.opened_at or None,
        "due_at": task.due or None,
        "overdue": task.is_overdue(call.now),
        "outcome": task.outcome or None,
        "note": task.note or None,
        "closed_at": task.closed_at or None,
        "closed_by": task.closed_by or None,
        "history": [
            {"at": at, "what": what, "who": who or None, "to": to or None} for at, what, who, to in task.history
        ],
    }
