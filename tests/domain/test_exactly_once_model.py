"""The protocol by which each interaction counts once, as a model, checked in every interleaving.

Workers store batches of interactions of one customer. Between any two steps another worker may run, the process may
crash (the queue delivers again) or a message may be given up for good (a dead letter). What the model says of each step
stands in `shopkeeper.customer.store`; `test_store_crashes.py` holds the code to it.
"""

from functools import cache
from typing import NamedTuple

import pytest

from tests.exploring import explore

NONE = frozenset()
A, B, AB = frozenset("a"), frozenset("b"), frozenset("ab")


class Rules(NamedTuple):
    """How it is done; each field turned over is a mutant that must be caught."""

    document_before_rows: bool = True
    looks_into_pending: bool = True
    looks_for_rows: bool = True
    checks_version: bool = True
    settles: bool = True
    keeps_what_has_no_row: bool = True
    document_then_rows: bool = True


class Worker(NamedTuple):
    job: frozenset
    step: str = "start"
    version: int = 0
    pending: frozenset = NONE
    rows: frozenset = NONE


class World(NamedTuple):
    workers: tuple
    crashes: int
    deaths: int = 0
    version: int = 0
    pending: frozenset = NONE
    folded: tuple = ()  # every id once for each time it was folded
    rows: frozenset = NONE


def read_document(world, worker, then):
    return world, worker._replace(step=then, version=world.version, pending=world.pending)


def read_rows(world, worker, then):
    return world, worker._replace(step=then, rows=world.rows)


def settle(world, worker, rules):
    """Put the rows that an interrupted write still owes; from here on they are known to be there."""
    owed = worker.pending - worker.rows if rules.settles else NONE
    return world._replace(rows=world.rows | owed), worker._replace(step="write", rows=worker.rows | owed)


def write(world, worker, rules):
    done = (worker.pending if rules.looks_into_pending else NONE) | (worker.rows if rules.looks_for_rows else NONE)
    new = worker.job - done
    owed = worker.pending - worker.rows if rules.keeps_what_has_no_row else NONE
    if not new:
        return world, Worker(worker.job, "put", pending=owed)
    if rules.checks_version and worker.version != world.version:
        return world, Worker(worker.job)
    folded = tuple(sorted((*world.folded, *new)))
    written = world._replace(version=world.version + 1, pending=owed | new, folded=folded)
    return written, Worker(worker.job, "put", pending=owed)


def put(world, worker, then):
    return world._replace(rows=world.rows | worker.job | worker.pending), worker._replace(step=then, pending=NONE)


def step(world, worker, rules):
    first, second = (read_document, read_rows) if rules.document_before_rows else (read_rows, read_document)
    match worker.step:
        case "start":
            return first(world, worker, "half read")
        case "half read":
            return second(world, worker, "settle" if rules.document_then_rows else "put early")
        case "put early":
            return world._replace(rows=world.rows | worker.job), worker._replace(step="settle")
        case "settle":
            return settle(world, worker, rules)
        case "write":
            return write(world, worker, rules)
        case "put":
            return put(world, worker, "acknowledged")


def turns(rules):
    def of(world):
        for index, worker in enumerate(world.workers):
            if worker.step in ("acknowledged", "dead"):
                continue
            others = world.workers[:index] + world.workers[index + 1 :]
            following, stepped = step(world, worker, rules)
            yield following._replace(workers=line_up(*others, stepped))
            if world.crashes and worker.step != "start":
                yield world._replace(workers=line_up(*others, Worker(worker.job)), crashes=world.crashes - 1)
            if world.deaths and worker.step != "start":
                yield world._replace(workers=line_up(*others, Worker(worker.job, "dead")), deaths=world.deaths - 1)

    return of


def line_up(*workers):
    """Which of two equal workers is which makes no difference."""
    return tuple(sorted(workers, key=repr_of))


@cache
def repr_of(worker):
    return [sorted(part) if isinstance(part, frozenset) else part for part in worker].__repr__()


def wrong(world):
    folded = set(world.folded)
    if len(folded) < len(world.folded):
        return "counted twice"
    if not folded <= world.rows | world.pending:
        return "counted, and no trace of it"
    if len(world.pending) > max(len(worker.job) for worker in world.workers):
        return "pending grows"
    acknowledged = frozenset().union(*(worker.job for worker in world.workers if worker.step == "acknowledged"))
    if not acknowledged <= folded & world.rows:
        return "acknowledged, and not counted or without its row"
    return ""


def walk(*jobs, crashes=2, deaths=0, **rules):
    start = World(tuple(Worker(job) for job in jobs), crashes, deaths)
    return explore(start, turns(Rules(**rules)), wrong)


@pytest.mark.parametrize(
    ("jobs", "crashes", "deaths"),
    [
        pytest.param((A, A, B), 2, 0, id="one delivered twice beside another"),
        pytest.param((A, A, B, B), 1, 0, id="two delivered twice"),
        pytest.param((AB, A, B), 2, 0, id="a batch and its parts"),
        pytest.param((AB, AB, A), 1, 0, id="a batch delivered twice"),
        pytest.param((A, B, AB), 1, 2, id="messages given up half way"),
    ],
)
def test_each_acknowledged_interaction_is_counted_once_in_every_interleaving(jobs, crashes, deaths):
    found = walk(*jobs, crashes=crashes, deaths=deaths)

    assert found.wrong == ""
    assert found.states > 1000


@pytest.mark.parametrize(
    ("mutant", "fault"),
    [
        ({"document_before_rows": False}, "counted twice"),
        ({"looks_into_pending": False, "settles": False}, "counted twice"),
        ({"looks_for_rows": False}, "counted twice"),
        ({"checks_version": False}, "counted twice"),
        ({"settles": False}, "pending grows"),
        ({"settles": False, "keeps_what_has_no_row": False}, "counted, and no trace of it"),
        ({"document_then_rows": False}, "acknowledged, and not counted or without its row"),
    ],
)
def test_each_rule_of_the_protocol_is_needed(mutant, fault):
    walks = (walk(*jobs, deaths=1, **mutant) for jobs in [(A, B), (A, A, B), (A, B, AB), (A, A, B, B)])

    assert fault in (found.wrong for found in walks)


def test_looking_into_pending_is_the_second_of_two_locks():
    """Once what is owed has been put, it is found among the rows too."""
    assert walk(A, A, B, looks_into_pending=False).wrong == ""


@pytest.mark.prove
@pytest.mark.parametrize(
    ("jobs", "crashes", "deaths"),
    [
        pytest.param((A, A, B), 4, 0, id="many crashes"),
        pytest.param((AB, A, B, B), 1, 0, id="a batch and its parts, one of them twice"),
        pytest.param((A, B, AB), 2, 2, id="more given up half way"),
    ],
)
def test_so_it_is_with_more_workers_and_more_crashes(jobs, crashes, deaths):
    assert walk(*jobs, crashes=crashes, deaths=deaths).wrong == ""
