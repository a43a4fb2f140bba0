"""A source on real adapters: whatever happens, its list is what its query says, and each change is told once."""

import os

import moto.s3.models as s3_models
import pytest
from moto import mock_aws

from shopkeeper.customer import long_files
from shopkeeper.customer.importing import chunks
from shopkeeper.customer.sources import steps
from tests.import_fakes import Calls, Crash
from tests.source_world import CHURN, NOW, TIERS, SourceWorld, refusal, table

ENTERED, LEFT = "List Entered", "List Left"


def never():
    return False


@pytest.fixture
def world():
    with mock_aws():
        yield SourceWorld()


@pytest.fixture(autouse=True)
def small_steps(monkeypatch):
    monkeypatch.setattr(chunks, "ROWS", 2)
    monkeypatch.setattr(steps, "TOLD_AT_ONCE", 2)
    monkeypatch.setattr(long_files, "PART", 60)
    monkeypatch.setattr(s3_models, "S3_UPLOAD_PART_MIN_SIZE", 1)


def changes(told):
    return {(item.subject, item.name) for item in told.values()}


def sums(state):
    counts = state.last.counts
    return counts.rows, counts.refused, counts.entered, counts.changed, counts.unchanged, counts.left, counts.told


def test_only_who_enters_and_who_leaves_is_told(world):
    world.define("churn", CHURN)

    first = world.run("churn", table("1", "2", "2", "guest"))
    assert sums(first) == (4, 1, 2, 0, 0, 0, 2)
    told = world.told()
    assert changes(told) == {("user:1", ENTERED), ("user:2", ENTERED)}
    one = next(iter(told.values()))
    assert (one.properties, one.traits, one.source, one.trusted) == ({"list": "leaving"}, {}, "import", True)
    assert (one.origin, one.at) == ("source:churn", "2026-11-21T09:30:00.000Z")
    assert one.received_at > one.at

    second = world.run("churn", table("2", "3"))
    assert sums(second) == (2, 0, 1, 0, 1, 1, 2)
    assert changes(world.told()) == {("user:3", ENTERED), ("user:1", LEFT)}
    assert world.keys("sources/") == ["sources/churn/2"]


def test_traits_are_told_where_they_are_new_or_have_changed_and_stay_where_a_row_is_gone(world):
    world.define("tiers", TIERS)
    world.run("tiers", table("1,gold", "2,iron", "3,", "4,tin,extra", "2,gold", header="id,tier"))
    told = world.told()
    assert {item.subject: item.traits for item in told.values()} == {
        "user:1": {"tier": "gold"},
        "user:2": {"tier": "iron"},
        "user:3": {},
    }

    state = world.run("tiers", table("2,gold", "3,", header="id,tier"))

    assert sums(state) == (2, 0, 0, 1, 1, 1, 1)
    assert {item.subject: item.traits for item in world.told().values()} == {"user:2": {"tier": "gold"}}
    world.run("tiers", table("1,gold", "2,gold", "3,", header="id,tier"))
    assert {item.subject for item in world.told().values()} == {"user:1"}


def test_a_whole_run_tells_everything_again_and_knows_who_has_left(world):
    world.define("churn", CHURN)
    world.run("churn", table("1", "2"))
    world.told()

    state = world.run("churn", table("2", "3"), whole=True)

    assert sums(state)[-1] == 3
    assert changes(world.told()) == {("user:2", ENTERED), ("user:3", ENTERED), ("user:1", LEFT)}


def test_what_was_told_may_get_lost_and_a_whole_run_begins_anew(world):
    world.define("churn", CHURN)
    world.run("churn", table("1", "2"))
    world.told()
    world.s3.delete_object(Bucket="files", Key="sources/churn/1")

    assert "run it whole" in world.run("churn", table("2")).trouble.text
    assert world.told() == {}
    assert world.run("churn", table("2"), whole=True).trouble is None
    assert changes(world.told()) == {("user:2", ENTERED)}


def test_a_list_that_would_lose_too_many_stays_as_it_is(world):
    world.define("churn", CHURN | {"most_leaving": 10})
    many = [str(n) for n in range(1, 31)]
    world.run("churn", table(*many))
    world.told()

    assert world.run("churn", table(*many[3:])).trouble is None
    assert "4 of 27 would leave" in world.run("churn", table(*many[7:])).trouble.text
    assert {name for _, name in changes(world.told())} == {LEFT}
    assert world.run("churn", table(*many[7:]), leaving=True).trouble is None
    assert len(world.told()) == 4


@pytest.mark.parametrize(
    ("failing", "text", "retried"),
    [
        ({"State": "FAILED", "AthenaError": {"ErrorMessage": "no such table"}}, "no such table", False),
        ({"State": "FAILED", "AthenaError": {"ErrorMessage": "exhausted", "Retryable": True}}, "exhausted", True),
        ({"State": "FAILED", "StateChangeReason": "denied"}, "denied", False),
        ({"State": "CANCELLED"}, "the query was cancelled", False),
    ],
)
def test_a_query_that_failed_has_changed_nothing_and_says_why(world, failing, text, retried):
    world.define("churn", CHURN)
    world.run("churn", table("1"))
    world.told()
    world.warehouse.status = failing

    state = world.run("churn", table("2"))

    assert (state.trouble.text, state.trouble.retried, state.last.number, state.base) == (text, retried, 1, 1)
    assert bool(state.next_at) == retried
    assert world.told() == {}


@pytest.mark.parametrize(
    ("error", "text", "retried"),
    [
        (refusal("TooManyRequestsException", "slow down"), "slow down", True),
        (refusal("InternalServerException", "", 500), "Athena did not answer (InternalServerException)", True),
        (refusal("InvalidRequestException", "line 1:8: mismatched input"), "line 1:8: mismatched input", False),
        (refusal("AccessDeniedException", "not authorized"), "not authorized", False),
    ],
)
def test_a_refusal_of_athena_is_tried_again_if_it_may_pass(world, monkeypatch, error, text, retried):
    world.define("churn", CHURN)

    def refuse(**_):
        raise error

    monkeypatch.setattr(world.warehouse, "start_query_execution", refuse)
    state = world.run("churn", table("1"))

    assert (state.trouble.text, state.trouble.retried) == (text, retried)


@pytest.mark.parametrize(
    ("location", "text"),
    [
        ("s3://results/shopkeeper/gone.csv", "its result is gone"),
        ("s3://results/shopkeeper/a.txt", "a source needs a SELECT"),
        ("", "keeps its results to itself"),
    ],
)
def test_a_result_that_cannot_be_had_says_why(world, monkeypatch, location, text):
    world.define("churn", CHURN)
    found = {"Status": {"State": "SUCCEEDED", "SubmissionDateTime": NOW}}
    found |= {"ResultConfiguration": {"OutputLocation": location}}
    monkeypatch.setattr(world.warehouse, "get_query_execution", lambda **_: {"QueryExecution": found})

    assert text in world.run("churn", table("1")).trouble.text


def test_a_column_that_is_not_in_the_result_is_named(world):
    world.define("churn", CHURN)

    assert "column 'id' of the mapping is not in the header" in world.run("churn", "number\n1\n").trouble.text


def test_an_empty_result_is_a_result(world):
    world.define("churn", CHURN)

    assert sums(world.run("churn", table())) == (0, 0, 0, 0, 0, 0, 0)
    world.run("churn", table("1"))
    assert sums(world.run("churn", table())) == (0, 0, 0, 0, 0, 1, 1)


def test_a_source_that_is_not_due_or_not_defined_is_left_alone(world):
    assert world.runner().run("nobody", never) is None
    world.define("churn", CHURN)
    assert world.runner().run("churn", never).phase == "resting"
    assert world.warehouse.asked == {}


FIRST = table("1", "2", "3", "guest", "4")
SECOND = table("2", "9", "guest", "null", "4", "8", "5")


def die_in_the_second_run(world, source_id, calls, has_time):
    world.define(source_id, CHURN)
    world.run(source_id, FIRST)
    world.told()
    runner, survived = world.runner(calls), True
    while True:
        try:
            state = (
                world.rest(source_id, runner, has_time)
                if not survived
                else world.run(source_id, SECOND, runner=runner, has_time=has_time)
            )
        except Crash:
            runner, survived = world.runner(), False
            continue
        error_file = world.s3.get_object(Bucket="files", Key=f"errors/source:{source_id}/2.csv")["Body"].read()
        return survived, sums(state), changes(world.told()), error_file, world.keys(f"sources/{source_id}/")[-1][-1]


@pytest.mark.parametrize("when", [pytest.param("before", marks=pytest.mark.prove), "after"])
@pytest.mark.parametrize(
    "has_time", [lambda: True, pytest.param(never, marks=pytest.mark.prove)], ids=["in one visit", "in many"]
)
def test_dying_at_any_call_ends_as_if_nothing_had_happened(world, has_time, when):
    everything = Calls()
    survived, *undisturbed = die_in_the_second_run(world, "calm", everything, has_time)
    assert survived
    assert undisturbed[0] == (7, 2, 3, 0, 2, 2, 5)
    assert undisturbed[1] == {
        *((f"user:{who}", ENTERED) for who in (9, 8, 5)),
        *((f"user:{who}", LEFT) for who in (1, 3)),
    }

    thorough = os.environ.get("HYPOTHESIS_PROFILE") == "prove"
    for at in range(1, everything.made + 1, 1 if thorough else 8):
        survived, *disturbed = die_in_the_second_run(world, f"died-{at}", Calls(at, when), has_time)
        assert not survived
        assert disturbed == undisturbed, f"died {when} call {at}"


def test_two_at_once_tell_each_change_once(world):
    world.define("churn", CHURN)
    other = world.runner()

    class Interrupted(Calls):
        def next(self):
            super().next()
            if self.made % 7 == 0:
                other.run("churn", never)
            return ""

    state = world.run("churn", FIRST, runner=world.runner(Interrupted()))

    assert sums(state) == (5, 1, 4, 0, 0, 0, 4)
    assert len(world.told()) == 4
