"""The whole bundle, empty, for each story."""

import pytest

from local.stack import Stack


@pytest.fixture
def stack():
    """Nothing moves until the story says `stack.settle()`."""
    with Stack.start() as stack:
        yield stack
