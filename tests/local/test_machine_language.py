"""Values, paths and choices, and what of the language is refused."""

import pytest

from local.evaluate import TemplateError
from local.machines import language
from local.machines.failure import Failed
from tests.local.machinery import DATA, machine, mapped, run, task

AT = "2026-11-20T12:00:00Z"


def worked_out(value):
    return run(machine(P={"Type": "Pass", "Parameters": {"it.$": value}, "End": True}))["it"]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("$", DATA),
        ("$.a['b c'][1]", 2),
        ("$.items[*].id", ["x", "y"]),
        ("$.items", DATA["items"]),
        ("$$.Execution.Name", "e"),
        ("$$.State.Name", "P"),
        ("States.Format('{}#{} \\'{}\\'', $.text, States.MathAdd($.n, -1), $.a['b c'])", "t#2 '[1, 2, 3]'"),
        ("States.ArrayRange(0, 6, 2)", [0, 2, 4, 6]),
        ("States.ArrayPartition($.a['b c'], 2)", [[1, 2], [3]]),
        ("States.ArrayGetItem($.a['b c'], 0)", 1),
        ("States.ArrayLength($.items)", 2),
        ("States.ArrayContains($.a['b c'], 2)", True),
        ("States.Array('x', 1.5, true, null)", ["x", 1.5, True, None]),
        ("States.JsonMerge($.items[0], $.items[1], false)", {"id": "y"}),
        ("States.StringToJson(States.JsonToString($.items))", DATA["items"]),
        ("States.StringSplit('a,b', ',')", ["a", "b"]),
        ("States.Array()", []),
    ],
)
def test_a_value_is_found_or_worked_out(value, found):
    assert worked_out(value) == found


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("$.nothing", "States.Runtime"),
        ("$.items.id", "States.Runtime"),
        ("$.a[0]", "States.Runtime"),
        ("States.ArrayGetItem($.items, 9)", "States.IntrinsicFailure"),
        ("States.MathAdd($.text, 1)", "States.IntrinsicFailure"),
        ("States.ArrayRange(0, 5000, 1)", "States.IntrinsicFailure"),
        ("States.Format('{}')", "States.IntrinsicFailure"),
    ],
)
def test_a_value_that_is_not_there_fails_the_state(value, error):
    with pytest.raises(Failed) as failed:
        worked_out(value)
    assert failed.value.error == error


def passing(**fields):
    return run(machine(P={"Type": "Pass", "End": True, **fields}), {"a": 1, "b": {"c": 2}})


@pytest.mark.parametrize(
    ("fields", "output"),
    [
        ({}, {"a": 1, "b": {"c": 2}}),
        ({"InputPath": "$.b"}, {"c": 2}),
        ({"InputPath": None}, {}),
        ({"Result": 7, "ResultPath": "$.b.d"}, {"a": 1, "b": {"c": 2, "d": 7}}),
        ({"Result": 7, "ResultPath": "$.new.place"}, {"a": 1, "b": {"c": 2}, "new": {"place": 7}}),
        ({"Result": 7, "ResultPath": None}, {"a": 1, "b": {"c": 2}}),
        ({"InputPath": "$.b", "ResultPath": "$.again"}, {"a": 1, "b": {"c": 2}, "again": {"c": 2}}),
        ({"Result": 7, "ResultPath": "$.r", "OutputPath": "$.r"}, 7),
        ({"OutputPath": None}, {}),
    ],
)
def test_paths_say_what_goes_in_and_what_comes_out(fields, output):
    assert passing(**fields) == output


def test_a_result_has_no_place_in_a_number():
    with pytest.raises(Failed, match="ResultPathMatchFailure"):
        passing(Result=7, ResultPath="$.a.b")


def chosen(rule):
    states = {
        "Yes": {"Type": "Pass", "Result": True, "End": True},
        "No": {"Type": "Pass", "Result": False, "End": True},
    }
    choice = {"Type": "Choice", "Choices": [{**rule, "Next": "Yes"}], "Default": "No"}
    return run(machine(C=choice, **states), DATA | {"at": AT, "later": "2026-11-20T14:30:00+02:00"})


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ({"Variable": "$.n", "NumericEquals": 3}, True),
        ({"Variable": "$.n", "NumericLessThanEqualsPath": "$.a['b c'][2]"}, True),
        ({"Variable": "$.n", "NumericGreaterThan": 3}, False),
        ({"Variable": "$.text", "StringEquals": "t"}, True),
        ({"Variable": "$.yes", "BooleanEquals": True}, True),
        ({"Variable": "$.at", "TimestampLessThanPath": "$.later"}, True),
        ({"Variable": "$.none", "IsNull": True}, True),
        ({"Variable": "$.yes", "IsNumeric": False}, True),
        ({"Variable": "$.at", "IsTimestamp": True}, True),
        ({"Variable": "$.nothing", "IsPresent": False}, True),
        ({"Not": {"Variable": "$.none", "IsPresent": True}}, False),
        ({"And": [{"Variable": "$.nothing", "IsPresent": True}, {"Variable": "$.nothing", "IsNull": True}]}, False),
        ({"Or": [{"Variable": "$.n", "NumericEquals": 4}, {"Variable": "$.n", "IsNumeric": True}]}, True),
    ],
)
def test_a_choice_takes_the_first_rule_that_holds(rule, holds):
    assert chosen(rule) is holds


@pytest.mark.parametrize("rule", [{"Variable": "$.text", "NumericEquals": 1}, {"Variable": "$.no", "IsNull": True}])
def test_a_choice_about_something_else_fails(rule):
    with pytest.raises(Failed, match=r"States\.Runtime"):
        chosen(rule)


def test_a_choice_without_a_default_fails_where_nothing_holds():
    choice = {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericEquals": 9, "Next": "End"}]}
    with pytest.raises(Failed, match="NoChoiceMatched"):
        run(machine(C=choice, End={"Type": "Succeed"}))


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ({"Type": "Parallel", "End": True}, "Parallel"),
        ({"Type": "Pass", "Assign": {}, "End": True}, "Assign"),
        ({"Type": "Pass", "Next": "Nowhere"}, "Nowhere"),
        ({"Type": "Pass", "InputPath": "$..x", "End": True}, r"\$\.\.x"),
        ({"Type": "Pass", "Parameters": {"x.$": "States.UUID()"}, "End": True}, r"States\.UUID"),
        ({"Type": "Pass", "Parameters": {"x.$": "States.Array(1"}, "End": True}, "read"),
        ({"Type": "Pass", "Parameters": {"x.$": "States.Array(1) 2"}, "End": True}, "goes on"),
        ({"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": {}, "End": True}, "sns"),
        (task(HeartbeatSeconds=5, End=True), "HeartbeatSeconds"),
        ({"Type": "Choice", "Choices": [{"Variable": "$", "StringMatches": "*", "Next": "S"}]}, "StringMatches"),
    ],
)
def test_what_is_not_run_is_refused_at_the_start_by_its_name(state, word):
    with pytest.raises(TemplateError, match=word):
        language.check("Machine", machine(S=state))


def test_a_map_that_is_not_inline_is_refused():
    definition = mapped({"P": {"Type": "Pass", "End": True}})
    definition["States"]["M"]["ItemProcessor"]["ProcessorConfig"] = {"Mode": "DISTRIBUTED"}
    with pytest.raises(TemplateError, match="not inline"):
        language.check("Machine", definition)


def test_jsonata_is_refused():
    with pytest.raises(TemplateError, match="JSONata"):
        language.check("Machine", machine(S={"Type": "Succeed"}) | {"QueryLanguage": "JSONata"})
