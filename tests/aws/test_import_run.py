"""An import on real adapters: whatever happens, every good row comes in once and every bad one is reported."""

import os

import moto.s3.models as s3
import pytest
from moto import mock_aws

from shopkeeper.customer import long_files
from shopkeeper.customer.importing import chunks
from tests.import_fakes import Calls, Crash, World

GOOD = "customer,day,amount\n" + "".join(f"{n},2024-05-0{n},1{n}.50\n" for n in range(1, 8))
MIXED = (
    "customer,day,amount\n1,2024-05-01,5\n1,2024-05-01,5\n2,soon,5\n3,2024-05-03,x\n1,2024-05-01,5\n=4,2024-05-04,\n"
)
MIXED_ERRORS = """\
line,column,field,reason,customer,day,amount
4,day,at,'soon' is no date of the form YYYY-MM-DD,2,soon,5
5,amount,total,'x' is no number,3,2024-05-03,x
"""


def always():
    return True


def never():
    return False


@pytest.fixture
def world():
    with mock_aws():
        yield World()


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(chunks, "ROWS", 2)


def counts(job):
    return job.state, job.rows, job.accepted, job.refused, job.interactions


def test_good_rows_come_in_and_bad_ones_are_reported(world):
    world.ask()
    world.upload(MIXED)

    job = world.importer().run("spring", always)

    assert counts(job) == ("done", 6, 4, 2, 4)
    assert len(world.taken_in()) == 4
    assert world.errors().replace("\r\n", "\n") == MIXED_ERRORS


def test_a_dry_run_does_all_of_it_but_takes_nothing_in(world):
    world.ask(dry_run=True)
    world.upload(MIXED)

    job = world.importer().run("spring", always)

    assert counts(job) == ("done", 6, 4, 2, 4)
    assert world.taken_in() == {}
    assert world.errors().replace("\r\n", "\n") == MIXED_ERRORS


def test_a_file_that_outlasts_the_time_is_read_on_where_it_was_left(world):
    world.ask()
    world.upload(MIXED)
    stations = [world.importer().run("spring", never) for _ in range(3)]

    assert [job.rows for job in stations] == [2, 4, 6]
    assert counts(stations[-1]) == ("done", 6, 4, 2, 4)
    assert len(world.taken_in()) == 4
    assert world.errors().replace("\r\n", "\n") == MIXED_ERRORS


def die_and_run_again(world, import_id, calls, has_time=always, **asked):
    """A run that is out of time goes on by a message to itself; one that died by the same message again."""
    world.ask(import_id, **asked)
    world.upload(MIXED, import_id)
    importer, survived = world.importer(calls), True
    while True:
        try:
            job = importer.run(import_id, has_time)
        except Crash:
            importer, survived = world.importer(), False
            continue
        if job.ended:
            return survived, counts(job), job.tallies, job.would, world.taken_in().keys(), world.errors(import_id)


WAYS = {
    "in one run": {},
    "in a run for each chunk": {"has_time": never},
    "as a dry run in a run for each chunk": {"has_time": never, "dry_run": True},
}


@pytest.mark.parametrize("when", [pytest.param("before", marks=pytest.mark.prove), "after"])
@pytest.mark.parametrize("way", ["in one run", *(pytest.param(way, marks=pytest.mark.prove) for way in list(WAYS)[1:])])
def test_dying_at_any_call_and_running_again_ends_as_if_nothing_had_happened(world, way, when, monkeypatch):
    monkeypatch.setattr(long_files, "PART", 90)  # Three lines of the error file are two parts.
    monkeypatch.setattr(s3, "S3_UPLOAD_PART_MIN_SIZE", 1)
    die_and_run_again(world, "the-first-one", None, **WAYS[way])  # Later ones remember how its columns were read.
    everything = Calls()
    survived, *undisturbed = die_and_run_again(world, "undisturbed", everything, **WAYS[way])
    assert survived
    assert everything.made > 10
    assert undisturbed[-1].replace("\r\n", "\n") == MIXED_ERRORS

    thorough = os.environ.get("HYPOTHESIS_PROFILE") == "prove"
    for at in range(1, everything.made + 1, 1 if thorough else 2):
        survived, *disturbed = die_and_run_again(world, f"died-at-{at}", Calls(at, when), **WAYS[way])
        assert not survived
        assert disturbed == undisturbed, f"died {when} call {at}"


def test_two_deliveries_at_once_count_each_row_once(world):
    world.ask()
    world.upload(GOOD)
    other = world.importer()

    class Interrupted(Calls):
        def next(self):
            super().next()
            if self.made == 6:
                other.run("spring", never)
            return ""

    job = world.importer(Interrupted()).run("spring", always)

    assert counts(job) == ("done", 7, 7, 0, 7)
    assert len(world.taken_in()) == 7


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("client;day;amount\n1;2;3\n", "column 'customer' of the mapping is not in the header"),
        ("", "has no header"),
        ("customer,day,amount\nJ\udcf6rg,2024-05-01,5\n", "line 2 is not utf-8"),
    ],
)
def test_a_file_that_cannot_be_read_fails_with_the_reason_and_nothing_is_taken_in(world, text, error):
    world.ask(file={"encoding": "utf-8"})
    world.s3.put_object(Bucket="files", Key="uploads/spring", Body=text.encode(errors="surrogateescape"))

    job = world.importer().run("spring", always)

    assert job.state == "failed"
    assert error in job.error
    assert world.taken_in() == {}


def test_a_file_replaced_while_it_is_read_fails_the_import(world):
    world.ask()
    world.upload(GOOD)
    world.importer().run("spring", never)
    world.upload(MIXED)

    job = world.importer().run("spring", always)

    assert job.state == "failed"
    assert "another file was uploaded" in job.error


def test_an_import_that_nobody_asked_for_or_that_has_ended_is_left_alone(world):
    assert world.importer().run("spring", always) is None

    world.ask()
    world.upload(GOOD)
    done = world.importer().run("spring", always)
    world.taken_in()
    world.upload(MIXED)

    assert world.importer().run("spring", always) == done
    assert world.taken_in() == {}


def test_the_same_file_imported_again_names_the_same_interactions(world):
    keys = []
    for import_id in ("spring", "again"):
        world.ask(import_id)
        world.upload(MIXED, import_id)
        world.importer().run(import_id, always)
        keys.append(world.taken_in().keys())

    assert keys[0] == keys[1]
