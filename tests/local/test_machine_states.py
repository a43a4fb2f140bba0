"""What each state does with what it is given."""

import pytest

from local.machines.failure import Failed
from tests.local.machinery import DATA, machine, mapped, run, task


@pytest.mark.parametrize(
    ("field", "due"),
    [
        ({"Seconds": 5}, [5]),
        ({"Seconds": 0}, []),
        ({"SecondsPath": "$.n"}, [3]),
        ({"Timestamp": "1970-01-01T01:00:00+00:30"}, [1800]),
        ({"TimestampPath": "$.at"}, [1]),
    ],
)
def test_a_wait_ends_at_its_instant(field, due):
    waits = []
    run(machine(W={"Type": "Wait", "End": True, **field}), DATA | {"at": "1970-01-01T00:00:01Z"}, waits=waits)
    assert waits == due


@pytest.mark.parametrize("field", [{"SecondsPath": "$.text"}, {"TimestampPath": "$.text"}, {"SecondsPath": "$.none"}])
def test_a_wait_for_no_time_fails(field):
    with pytest.raises(Failed, match=r"States\.Runtime"):
        run(machine(W={"Type": "Wait", "End": True, **field}))


def test_a_task_shapes_what_it_asks_and_what_it_is_answered():
    asked = []

    def invoke(name, payload):
        asked.append((name, payload))
        return {"more": True, "rest": [1]}

    state = task(ResultSelector={"m.$": "$.Payload.more", "s.$": "$.StatusCode"}, ResultPath="$.r", End=True)
    assert run(machine(T=state), {"x": 1}, invoke) == {"x": 1, "r": {"m": True, "s": 200}}
    assert asked == [("f", {"x": 1})]


def failing(error, *, times=99):
    calls = []

    def invoke(name, payload):
        calls.append(name)
        if len(calls) <= times:
            raise Failed(error, "why")
        return len(calls)

    return invoke


def test_retries_wait_longer_each_time_and_no_longer_than_they_may():
    waits = []
    retry = {"ErrorEquals": ["Busy"], "IntervalSeconds": 2, "BackoffRate": 3, "MaxAttempts": 4, "MaxDelaySeconds": 20}
    run(machine(T=task(Retry=[retry], End=True)), {}, failing("Busy", times=4), waits)
    assert waits == [2, 8, 26, 46]  # Pauses of 2, 6, 18, and 20 in place of 54.


@pytest.mark.parametrize(
    ("wanted", "error", "caught"),
    [
        ("States.ALL", "Anything", True),
        ("States.ALL", "States.Timeout", True),
        ("States.ALL", "States.Runtime", False),
        ("States.ALL", "States.DataLimitExceeded", False),
        ("States.DataLimitExceeded", "States.DataLimitExceeded", True),
        ("States.TaskFailed", "Anything", True),
        ("States.TaskFailed", "States.Timeout", False),
        ("Other", "Anything", False),
    ],
)
def test_an_error_is_caught_by_its_name_or_by_those_that_stand_for_many(wanted, error, caught):
    catch = {"ErrorEquals": [wanted], "ResultPath": "$.problem", "Next": "End"}
    definition = machine(T=task(Catch=[catch], End=True), End={"Type": "Succeed"})
    if caught:
        assert run(definition, {"x": 1}, failing(error)) == {"x": 1, "problem": {"Error": error, "Cause": "why"}}
    else:
        with pytest.raises(Failed, match=error):
            run(definition, {"x": 1}, failing(error))


def test_what_is_too_large_fails_even_where_all_is_caught():
    definition = machine(
        T=task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "End"}], End=True), End={"Type": "Succeed"}
    )
    with pytest.raises(Failed, match="DataLimitExceeded"):
        run(definition, {}, lambda name, payload: "x" * 262_144)


def test_a_map_keeps_the_order_of_its_items_whichever_is_done_first():
    waits = []
    inner = {"W": {"Type": "Wait", "SecondsPath": "$.s", "Next": "P"}, "P": {"Type": "Pass", "End": True}}
    selector = {"s.$": "$$.Map.Item.Value", "n.$": "$$.Map.Item.Index", "x.$": "$.x"}
    output = run(mapped(inner, ItemSelector=selector), {"items": [30, 10, 20], "x": 1}, waits=waits)
    assert output == [{"s": 30, "n": 0, "x": 1}, {"s": 10, "n": 1, "x": 1}, {"s": 20, "n": 2, "x": 1}]
    assert waits == [10, 20, 30]


def test_a_map_has_no_more_going_at_once_than_it_may():
    waits = []
    inner = {"W": {"Type": "Wait", "Seconds": 10, "End": True}}
    run(mapped(inner, MaxConcurrency=2), {"items": [1, 2, 3, 4, 5]}, waits=waits)
    assert waits == [10, 20, 30]


def test_a_map_of_nothing_is_an_empty_list():
    assert run(mapped({"P": {"Type": "Pass", "End": True}}), {"items": []}) == []


def test_one_iteration_that_fails_fails_the_map_which_can_be_caught():
    inner = {"F": {"Type": "Fail", "Error": "Broken", "Cause": "it was"}}
    definition = mapped(inner, Catch=[{"ErrorEquals": ["Broken"], "ResultPath": "$.p", "Next": "End"}])
    definition["States"]["End"] = {"Type": "Succeed", "OutputPath": "$.p"}
    assert run(definition, {"items": [1]}) == {"Error": "Broken", "Cause": "it was"}


def test_a_history_that_grows_without_end_ends_the_execution():
    with pytest.raises(Failed, match="25000"):
        run(machine(A={"Type": "Pass", "Next": "B"}, B={"Type": "Pass", "Next": "A"}))
