"""Tasks: opened once, done once, cancelled unless done, in whatever order that is handed over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.connect import messages, tasks, telling
from shopkeeper.connect.tasks import ClosedError, OthersError, Overtaken
from shopkeeper.customer import interaction
from shopkeeper.customer.instants import ms_of
from shopkeeper.journey import effects
from shopkeeper.journey.rows import RunKey

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
RUN = RunKey("jo", "specials#")
OPEN = effects.Task(
    run="r", node="call", visit=3, queue="sales", script="reminder", due_at=ms_of(NOON + timedelta(days=2))
)
END = effects.Task(run="r", node="call", visit=3, is_end=True)
ID = effects.task_id("r", "call", 3)


class Rows:
    """As `aws.tasks.Tasks`; `meanwhile` happens between a reading and the writing that follows it."""

    def __init__(self):
        self.rows, self.meanwhile = {}, []

    def load(self, task):
        found = self.rows.get(task)
        if self.meanwhile:
            self.meanwhile.pop()()
        return found

    def open(self, task):
        return self.rows.setdefault(task.id, task) is task

    def put(self, task):
        if self.rows[task.id].revision != task.revision:
            raise Overtaken(task.id)
        self.rows[task.id] = replace(task, revision=task.revision + 1)
        return self.rows[task.id]

    def told(self, task):
        assert self.rows[task.id].revision == task.revision
        self.rows[task.id] = replace(task, untold="")


@pytest.fixture
def rows():
    return Rows()


def opened(rows):
    return tasks.hand(rows, OPEN, RUN, NOON)


def done(rows, who="kim", outcome="interested", note=""):
    return rows.put(tasks.complete(rows.rows[ID], who, outcome, note, LATER))


def test_a_task_is_opened_as_the_journey_says(rows):
    task = opened(rows)

    assert rows.rows == {ID: task}
    assert (task.customer_id, task.run, task.journey, task.node, task.visit) == (
        "jo",
        "specials#",
        "specials",
        "call",
        3,
    )
    assert (task.queue, task.script, task.state, task.due) == ("sales", "reminder", "open", "2026-11-26T12:00:00.000Z")
    assert [task.is_overdue(NOON + timedelta(hours=hours)) for hours in (47, 48)] == [False, True]


def test_a_task_without_a_time_is_never_overdue(rows):
    task = tasks.hand(rows, effects.Task(run="r", node="call", visit=1, queue="sales"), RUN, NOON)

    assert (task.due, task.is_overdue(NOON + timedelta(days=999))) == ("", False)


def test_what_is_handed_over_again_opens_nothing_anew(rows):
    first = opened(rows)
    done(rows)

    again = tasks.hand(rows, OPEN, RUN, LATER)

    assert (again.state, again.opened_at) == ("done", first.opened_at)


@pytest.mark.parametrize("order", sorted(set(permutations([OPEN, OPEN, END, END])), key=str))
def test_a_task_that_was_to_end_is_cancelled_in_whatever_order_that_is_told(rows, order):
    for each in order:
        tasks.hand(rows, each, RUN, NOON)

    assert rows.rows[ID].state == "cancelled"


def test_what_was_cancelled_first_is_never_opened_and_never_told(rows):
    tasks.hand(rows, END, RUN, NOON)

    assert opened(rows) is None
    assert (rows.rows[ID].opened_at, rows.rows[ID].queue) == ("", "")


def test_what_is_done_stays_done(rows):
    opened(rows)
    done(rows)
    tasks.hand(rows, END, RUN, LATER)

    assert rows.rows[ID].state == "done"


def test_somebody_may_finish_a_task_while_it_is_being_cancelled(rows):
    opened(rows)
    rows.meanwhile = [lambda: done(rows)]
    tasks.hand(rows, END, RUN, LATER)
    assert (rows.rows[ID].state, rows.rows[ID].outcome) == ("done", "interested")


def test_a_task_that_is_claimed_meanwhile_is_cancelled_all_the_same(rows):
    opened(rows)
    rows.meanwhile = [lambda: rows.put(tasks.claim(rows.rows[ID], "kim", NOON))]
    tasks.hand(rows, END, RUN, LATER)
    assert (rows.rows[ID].state, rows.rows[ID].assignee) == ("cancelled", "kim")


def test_a_task_is_claimed_passed_on_given_back_and_done(rows):
    task = opened(rows)

    task = tasks.claim(task, "kim", NOON)
    assert (task.state, task.assignee) == ("claimed", "kim")
    assert tasks.claim(task, "kim", LATER) == task
    with pytest.raises(OthersError):
        tasks.claim(task, "lee", NOON)
    with pytest.raises(OthersError):
        tasks.complete(task, "lee", "interested", "", NOON)
    task = tasks.reassign(task, "boss", "lee", NOON)
    assert (task.state, task.assignee) == ("claimed", "lee")
    task = tasks.reassign(task, "boss", "", NOON)
    assert (task.state, task.assignee) == ("open", "")
    task = tasks.complete(task, "kim", "declined", "not this year", LATER)
    assert (task.state, task.assignee, task.closed_by, task.outcome) == ("done", "kim", "kim", "declined")
    assert [(each.what, each.who, each.to) for each in task.history] == [
        ("opened", "", ""),
        ("claimed", "kim", "kim"),
        ("reassigned", "boss", "lee"),
        ("reassigned", "boss", ""),
        ("done", "kim", ""),
    ]


@pytest.mark.parametrize("state", ["done", "cancelled"])
def test_nothing_becomes_of_what_is_closed(rows, state):
    opened(rows)
    if state == "done":
        done(rows)
    else:
        tasks.hand(rows, END, RUN, LATER)
    task = rows.rows[ID]
    for change in (
        lambda: tasks.claim(task, "kim", LATER),
        lambda: tasks.reassign(task, "kim", "lee", LATER),
        lambda: tasks.complete(task, "kim", "declined", "", LATER),
    ):
        with pytest.raises(ClosedError, match=state):
            change()


def test_a_history_stays_short(rows):
    task = opened(rows)
    for n in range(50):
        task = tasks.reassign(task, "boss", f"u-{n}", NOON)

    assert (len(task.history), task.history[-1].to) == (tasks.MOST_HISTORY, "u-49")


class Memory:
    def __init__(self, fails=0):
        self.sent, self.fails = [], fails

    def send(self, messages):
        if self.fails:
            self.fails -= 1
            raise ConnectionError
        self.sent += [interaction.decode(each) for each in messages]


class Runs:
    def __init__(self):
        self.told = []

    def tell(self, key, cause, now):
        self.told.append((key, cause))
        return True


class Legs:
    def __init__(self):
        self.started = []

    def start(self, keys):
        self.started += keys


def teller(rows, memory, runs, legs=None):
    return telling.TaskTeller(rows, memory, runs, legs or Legs(), Clock(LATER.timestamp))


def test_what_came_of_a_task_is_told_to_its_run_and_to_the_memory_of_the_customer(rows):
    opened(rows)
    memory, runs, legs = Memory(), Runs(), Legs()

    teller(rows, memory, runs, legs).tell(done(rows, note="calls back"))

    (fact,), ((key, cause),) = memory.sent, runs.told
    said = {"task": ID, "queue": "sales", "journey": "specials", "outcome": "interested", "note": "calls back"}
    assert (fact.subject, fact.name, fact.properties, fact.trusted) == ("customer:jo", "Task Completed", said, True)
    assert (fact.source, fact.origin, fact.at) == ("api", "api:kim", clock.to_text(LATER))
    assert (key, cause.kind, cause.name, cause.about) == (RUN, "signal", "Task Completed", ID)
    assert (cause.props, cause.at, cause.id) == (
        {"outcome": "interested"},
        ms_of(LATER),
        fact.message_id,
    )
    assert (rows.rows[ID].untold, legs.started) == ("", [RUN])


def test_the_clock_tells_of_what_nobody_could_tell_and_tells_the_same(rows):
    opened(rows)
    memory, runs = Memory(fails=1), Runs()
    task = done(rows)
    with pytest.raises(ConnectionError):
        teller(rows, memory, runs).tell(task)
    assert rows.rows[ID].untold

    for _ in range(2):
        assert teller(rows, memory, runs).visit(ID) is False

    assert len(memory.sent) == 1
    assert runs.told[0] == runs.told[1]
    assert teller(rows, memory, runs).visit("nobody's") is False


def test_the_connectors_hand_over_tasks_and_say_that_they_were_opened(rows):
    memory = Memory(fails=1)
    carry_out = telling.TaskOpener(rows, memory, Clock(NOON.timestamp))

    def handed(effect):
        return messages.Handed(customer_id="jo", journey="specials", name=RUN.name, key=effect.key, effect=effect)

    with pytest.raises(ConnectionError):
        carry_out(handed(OPEN), OPEN)
    for effect in (OPEN, OPEN, END, OPEN):
        carry_out(handed(effect), effect)

    assert rows.rows[ID].state == "cancelled"
    assert {each.message_id for each in memory.sent} == {f"task/{ID}/created"}
    assert {(each.name, each.at) for each in memory.sent} == {("Task Created", clock.to_text(NOON))}


def test_that_a_task_was_opened_is_told_the_same_however_often_it_is_handed_over(rows):
    first, again = telling.created(opened(rows)), telling.created(tasks.hand(rows, OPEN, RUN, LATER))

    assert first == again
    assert (first.name, first.source, first.origin) == ("Task Created", "journey", "specials")
    assert first.properties["script"] == "reminder"
