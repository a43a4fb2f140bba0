"""Import jobs and answers as the Records table keeps them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from shopkeeper.aws import batches, records
from shopkeeper.aws.records import Answers, Claim
from shopkeeper.customer.importing.chunks import Chunk
from shopkeeper.customer.importing.job import Overtaken
from tests.import_fakes import World

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
AT = "2026-11-21T09:30:00.000Z"
CHUNK = Chunk(0, 10, (), ())


@pytest.fixture(scope="module")
def world():
    with mock_aws():
        yield World()


def test_a_job_comes_back_as_it_was_put_down(world):
    job = world.ask("as-it-was", consent=None, dry_run=True)

    assert world.jobs.job("as-it-was") == job
    assert world.jobs.job("never-was") is None


def test_the_first_job_under_an_id_stays(world):
    first = world.ask("first")

    assert world.ask("first", name="another") == first


def test_a_job_moves_on_from_where_it_was_seen_and_from_nowhere_else(world):
    waiting = world.ask("moves")
    reading = world.jobs.begin(waiting, at=AT, etag="e", total=20)
    moved = world.jobs.advance(reading, CHUNK)

    assert (moved.state, moved.rows, moved.accepted, moved.started_at) == ("reading", 10, 10, AT)
    with pytest.raises(Overtaken):
        world.jobs.begin(waiting, at=AT, etag="other", total=1)
    with pytest.raises(Overtaken):
        world.jobs.advance(reading, CHUNK)
    with pytest.raises(Overtaken):
        world.jobs.finish(reading, at=AT)
    assert world.jobs.job("moves") == moved


def test_what_has_ended_ends_no_other_way(world):
    failed = world.jobs.finish(world.ask("ends"), at=AT, error="no header")

    assert (failed.state, failed.error, failed.finished_at) == ("failed", "no header", AT)
    with pytest.raises(Overtaken):
        world.jobs.finish(replace(failed, state="waiting"), at=AT)


def test_the_list_holds_the_newest_and_more_than_one_read_of_them(world, monkeypatch):
    monkeypatch.setattr(records, "LISTED", 5)
    monkeypatch.setattr(batches, "MOST_KEYS", 2)
    for n in range(7):
        world.ask(f"z{n}")
    world.ask("z6")

    listed, last = world.jobs.newest(10)

    assert [job.id for job in listed] == ["z6", "z5", "z4", "z3", "z2"]
    assert last == ""
    assert world.jobs.job("z0") is not None


def test_a_request_is_new_once_a_day(world):
    answers = Answers(world.dynamodb, "RecordsTable")

    assert answers.claim("answer#u#k", "asked", NOW) == Claim("asked")
    answers.give("answer#u#k", "[201]")
    assert answers.claim("answer#u#k", "other", NOW + timedelta(hours=23)) == Claim("asked", "[201]")
    assert answers.claim("answer#u#k", "other", NOW + timedelta(hours=24)) == Claim("other")
