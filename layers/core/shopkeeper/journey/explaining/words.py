"""What journeys listen for, as people say it."""

from collections.abc import Iterator, Mapping
from typing import Any

from shopkeeper.customer import comparing
from shopkeeper.journey.explaining.forms import Against
from shopkeeper.journey.hearing import Test, Trigger
from shopkeeper.segment.explaining import happenings, wording


def trigger(of: Trigger) -> str:
    """“Page Viewed” where page is "sale"."""
    tests = wording.joined([test(each) for each in of.where])
    about = {"": "", "*": " about a mail of this run"}.get(of.of, f" about the mail of {of.of}")
    return f"“{of.event}”{about}{f' where {tests}' if tests else ''}"


def test(of: Test) -> str:
    return happenings.comparison(of.prop, of.cmp, of.value, of.values or None)


def failing(of: Trigger, props: Mapping[str, Any]) -> Iterator[Against]:
    """The tests that do not hold, each with what was said instead."""
    for each in of.where:
        if not comparing.test(each.prop, each.cmp, each.value, each.values)(props):
            seen = comparing.at(props, each.prop)
            is_said = "is not said" if seen is None else f"is {wording.value(seen)}"
            asked = list(each.values) or each.value
            evidence = {"property": each.prop, "cmp": each.cmp, "asked": asked, "seen": seen}
            yield {"says": f"{each.prop} {is_said}, and it is asked that {test(each)}", "evidence": evidence}
