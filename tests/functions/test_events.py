"""Each sample of `events/` is an invocation of the function it is named after, and that function takes it."""

import json
from pathlib import Path

import pytest

from local.stack import Stack
from shopkeeper.aws.sends import Sends
from tests.domain.test_mail_feedback import CALLING

ROOT = Path(__file__).parents[2]
SAMPLES = sorted(ROOT.glob("events/*.json"))


def function_of(sample: Path) -> str:
    folder = sample.name.partition(".")[0]
    return "".join(word.capitalize() for word in folder.split("_")) + "Function"


@pytest.fixture(scope="module")
def stack():
    """With the send that samples speak of."""
    with Stack.start() as stack:
        Sends(stack.client("dynamodb"), "SendsTable").plan(CALLING)
        yield stack


def test_every_function_has_a_sample_and_every_sample_a_function(stack):
    assert {function_of(sample) for sample in SAMPLES} == set(stack.functions)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_a_function_takes_each_of_its_samples(stack, sample):
    event = json.loads(sample.read_text())
    with stack.turn():
        result = stack.functions[function_of(sample)].invoke(event)

    if "Records" in event:
        assert result == {"batchItemFailures": []}
    elif "requestContext" in event:
        assert result["statusCode"] < 500
