"""The page of events names each that means something, who may say it, what must be said with it, and no other."""

import re
from pathlib import Path

import pytest

from shopkeeper.customer import vocabulary
from shopkeeper.customer.collect import own_events, trust
from shopkeeper.customer.collect.strict_json import Flaw

ROOT = Path(__file__).parents[2]
LINES = [line.split("|")[1:5] for line in (ROOT / "docs/events.md").read_text().splitlines() if line.startswith("| `")]
TABLE = {event: (who.strip(), said) for events, who, said, _ in LINES for event in re.findall("`([^`]+)`", events)}
CODE = "".join(path.read_text() for path in (ROOT / "layers/core/shopkeeper").rglob("*.py"))


def needed(event):
    """What the door asks for, one after the other."""
    said = {}
    while True:
        try:
            own_events.check(event, said, trusted=True)
        except Flaw as flaw:
            if flaw.code != "missing":
                raise
            name = flaw.field.removeprefix("properties.")
            said[name] = "in" if name == "is" else "x"
        else:
            return set(said)


def test_it_names_every_event_that_means_something_once():
    assert sum(len(re.findall("`", events)) // 2 for events, *_ in LINES) == len(TABLE)
    assert TABLE.keys() == vocabulary.NAMES


@pytest.mark.parametrize("event", sorted(TABLE))
def test_it_says_what_is_needed_and_nothing_that_the_code_does_not_read(event):
    who, said = TABLE[event]

    assert set(re.findall(r"\*\*`(\w+)`\*\*", said)) == needed(event)
    assert [name for name in re.findall(r"`(\w+)`", said) if f'"{name}"' not in CODE and f"{name}=" not in CODE] == []
    assert (who == "server") == (event in trust.EVENTS)
    assert (who == "signed in") == (event in trust.OWN_EVENTS)
