"""Imports as the Records table keeps them, and how files with the same columns were imported before."""

from dataclasses import replace

import pytest
from moto import mock_aws

from shopkeeper.aws import batches, import_jobs
from shopkeeper.aws.import_jobs import Customs
from shopkeeper.customer.importing.chunks import Chunk, Refusal
from shopkeeper.customer.importing.file import Row
from shopkeeper.customer.importing.foresight import Foreseen
from shopkeeper.customer.importing.forms import Form
from shopkeeper.customer.importing.job import Overtaken
from shopkeeper.customer.importing.lines import Place
from shopkeeper.customer.importing.proposal import Custom
from shopkeeper.customer.importing.rows import Finding
from shopkeeper.customer.importing.sniffing.guess import Guess
from shopkeeper.customer.long_files import Written
from tests.import_fakes import World

AT = "2026-11-21T09:30:00.000Z"
REFUSAL = Refusal(Row(7, 9, ("x",), "", Place(7, 9, 70)), (Finding("day", "at", "is no date"),))
CHUNK = Chunk(0, Place(10, 12, 120), (), (REFUSAL,))


@pytest.fixture(scope="module")
def world():
    with mock_aws():
        yield World()


def test_a_job_comes_back_as_it_was_put_down(world):
    job = world.ask("as-it-was", consent=None, dry_run=True)
    doubts = (Guess("date_format", "DD/MM/YYYY", "who knows", ("DD/MM/YYYY", "MM/DD/YYYY")),)
    job = world.jobs.put(job.ask("e", Form(separator=";"), doubts))
    assert world.jobs.job("as-it-was") == job
    job = world.jobs.put(job.check("e", Form(separator=";"), "signature").checked(Place(10, 12, 120)).begin(AT).note())
    foreseen = Foreseen()
    foreseen.would["orders_new"] += 3
    foreseen.amounts["EUR"] += 1995
    job = world.jobs.put(job.foresee(foreseen).advance(CHUNK, Written("upload", 2, (20, 30))))

    assert world.jobs.job("as-it-was") == job
    assert (job.would, job.amounts, job.tallies[0].line) == ({"orders_new": 3}, {"EUR": 1995}, 9)
    assert world.jobs.job("never-was") is None


def test_the_first_job_under_an_id_stays(world):
    first = world.ask("first")

    assert world.ask("first", name="another") == first
    assert world.jobs.put(first).revision == 2
    assert world.ask("first", name="another").wanted.name == first.wanted.name


def test_a_job_moves_on_from_where_it_was_seen_and_from_nowhere_else(world):
    waiting = world.ask("moves")
    reading = world.jobs.put(waiting.check("e", Form(), "").begin(AT))
    moved = world.jobs.put(reading.advance(CHUNK, Written()))

    assert (moved.state, moved.rows, moved.accepted, moved.started_at) == ("reading", 10, 9, AT)
    for late in (waiting, reading.advance(CHUNK, Written()), reading.finish(AT)):
        with pytest.raises(Overtaken):
            world.jobs.put(late)
    assert world.jobs.job("moves") == moved


def test_what_an_earlier_round_does_comes_too_late(world):
    dry = world.jobs.put(world.ask("again", dry_run=True).check("e", Form(), "").begin(AT))
    done = world.jobs.put(dry.finish(AT))
    again = world.jobs.put(
        done.again(done.wanted.model_copy(update={"dry_run": False})).check("e", Form(), "").begin(AT)
    )

    assert (again.round, again.rows, again.name) == (2, 0, "again/2")
    with pytest.raises(Overtaken):
        world.jobs.put(dry.advance(CHUNK, Written()))


@pytest.mark.parametrize("state", ["waiting", "reading", "done"])
def test_a_job_of_the_first_schema_is_read_and_goes_on_from_the_beginning_of_its_file(world, state):
    texts = {"created_at": AT, "started_at": AT, "finished_at": "", "etag": "e", "error": "", "state": state}
    counts = {"total": 20, "rows": 10, "accepted": 9, "refused": 1, "interactions": 9, "schema": 1}
    plan = world.ask("model").wanted.to_text()
    item = {name: {"S": text} for name, text in {**texts, "record": f"import#old-{state}", "plan": plan}.items()}
    item |= {name: {"N": str(count)} for name, count in counts.items()} | {"parts": {"L": []}}
    world.dynamodb.put_item(TableName="RecordsTable", Item=item)

    old = world.jobs.job(f"old-{state}")

    assert (old.state, old.total, old.started_at, old.form.separator) == (state, 20, AT, ",")
    assert (old.rows, old.accepted) == ((10, 9) if state == "done" else (0, 0))
    assert world.jobs.job(world.jobs.put(old).id) == replace(old, revision=1)


def test_the_list_holds_the_newest_and_more_than_one_read_of_them(world, monkeypatch):
    monkeypatch.setattr(import_jobs, "LISTED", 5)
    monkeypatch.setattr(batches, "MOST_KEYS", 2)
    for n in range(7):
        world.ask(f"z{n}")
    world.ask("z6")

    listed, last = world.jobs.newest(10)

    assert [job.id for job in listed] == ["z6", "z5", "z4", "z3", "z2"]
    assert last == ""
    assert world.jobs.job("z0") is not None


def test_a_custom_is_recalled_by_its_name_or_else_by_its_columns(world):
    customs = Customs(world.dynamodb, "RecordsTable")
    ours, theirs = (Custom({"mail": "email"}, {"list": name}, Form(separator=";")) for name in ("ours", "theirs"))
    customs.keep("customers", "our shop", "s", ours)
    customs.keep("customers", "their shop", "s", theirs)

    assert customs.recall("customers", "our shop", "s") == ours
    assert customs.recall("customers", "a third shop", "s") == theirs
    assert customs.recall("orders", "our shop", "s") is None
    assert customs.recall("customers", "our shop", "other columns") is None
