from dataclasses import dataclass, field

import pytest

from local.evaluate import Evaluator, TemplateError


@dataclass
class Made:
    ref: str
    attributes: dict = field(default_factory=dict)


def evaluator(**template):
    template.setdefault("Resources", {"Queue": {"Type": "AWS::SQS::Queue"}})
    resources = {"Queue": Made("https://queue", {"Arn": "arn:queue"})}
    return Evaluator(template, {"Stage": "test"} if "Parameters" in template else {}, resources.__getitem__)


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ({"Ref": "Queue"}, "https://queue"),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, "arn:queue"),
        ({"Fn::GetAtt": "Queue.Arn"}, "arn:queue"),
        ({"Fn::Sub": "${Queue.Arn}/x ${!literal} ${AWS::Region}"}, "arn:queue/x ${literal} eu-central-1"),
        ({"Fn::Sub": ["${a}-${Queue}", {"a": {"Ref": "Queue"}}]}, "https://queue-https://queue"),
        ({"Fn::Equals": [1, "1"]}, True),
        ({"Fn::Not": [{"Fn::Equals": ["a", "b"]}]}, True),
        ({"kept": 1, "left out": {"Ref": "AWS::NoValue"}}, {"kept": 1}),
        ([1, {"Ref": "AWS::NoValue"}, [2]], [1, [2]]),
        ({"Ref": "Queue", "Other": "a plain dictionary"}, {"Ref": "Queue", "Other": "a plain dictionary"}),
        ({}, {}),
    ],
)
def test_a_node_is_worked_out(node, value):
    assert evaluator().value(node) == value


def test_a_parameter_has_the_value_given_or_else_its_default():
    declared = {"Stage": {"Type": "String", "Default": "prod"}, "Days": {"Type": "Number", "Default": 90}}
    assert evaluator(Parameters=declared).value([{"Ref": "Stage"}, {"Ref": "Days"}]) == ["test", "90"]


def test_the_branch_that_is_not_taken_is_not_looked_at():
    conditions = {"Never": {"Fn::Equals": ["a", "b"]}}
    node = {"Fn::If": ["Never", {"Ref": "Missing"}, "else"]}
    assert evaluator(Conditions=conditions).value(node) == "else"


@pytest.mark.parametrize(
    ("node", "word"),
    [
        ({"Ref": "Missing"}, "Missing"),
        ({"Fn::GetAtt": ["Queue", "Colour"]}, "Colour"),
        ({"Fn::Sub": "${Missing}"}, "Missing"),
        ({"Fn::If": ["Missing", 1, 2]}, "Missing"),
        ({"Fn::ImportValue": "x"}, "Fn::ImportValue"),
        ("{{resolve:secretsmanager:x}}", "dynamic"),
    ],
)
def test_what_cannot_be_worked_out_is_an_error_that_names_it(node, word):
    with pytest.raises(TemplateError, match=word):
        evaluator().value(node)


def test_a_parameter_without_a_value_is_an_error_that_names_it():
    with pytest.raises(TemplateError, match="Colour"):
        evaluator(Parameters={"Stage": {"Type": "String"}, "Colour": {"Type": "String"}})
