"""What something costs, counted in units that are the same on every machine: tests take no time."""

import sys
from contextlib import contextmanager
from unittest.mock import patch


def calls(act):
    """How many functions are called, in Python or in C, while it acts."""
    count = 0

    def note(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(before)
    return count


class Reader:
    """A regular expression that counts the characters it walks over: up to what it finds, or to the end."""

    def __init__(self, pattern, walked):
        self._pattern, self._walked = pattern, walked

    def search(self, text, at=0):
        found = self._pattern.search(text, at)
        self._walked.append((found.end() if found else len(text)) - at)
        return found

    def match(self, text, at=0):
        found = self._pattern.match(text, at)
        self._walked.append(found.end() - at if found else 1)
        return found


@contextmanager
def characters(module, *names):
    """A list that grows by the characters that these expressions of a module, or dictionaries of them, walk over."""
    walked = []

    def counted(value):
        if isinstance(value, dict):
            return {name: counted(each) for name, each in value.items()}
        return Reader(value, walked)

    with patch.multiple(module, **{name: counted(getattr(module, name)) for name in names}):
        yield walked
