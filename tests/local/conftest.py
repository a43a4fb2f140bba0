"""A bundle in miniature, with one of each thing that the local stack carries: see bundle/template.yaml."""

from pathlib import Path

import pytest

from local.stack import Stack

BUNDLE = Path(__file__).parent / "bundle" / "template.yaml"


@pytest.fixture
def stack():
    with Stack.start(template=BUNDLE) as stack:
        yield stack


@pytest.fixture
def printed(stack):
    """What a function printed, as a list of lines."""
    return lambda function: [line for line in stack.logbook.lines(function) if "Traceback" not in line]
