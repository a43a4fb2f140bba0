"""Things of which several things are said: a saved configuration, a concern, feedback, what somebody is in an account.

Each field is a family of words of its own (see `words`), so a later word on one leaves the others as they are. Beside
these stands the family of the thing itself, which says when it was spoken of last.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from shopkeeper.customer import words
from shopkeeper.customer.words import LONGEST_NAME, Families, Said, Word, Words

FEEDBACK = "feedback"
CONCERNS = "concerns"
CONFIGURATIONS = "configurations"
ACCOUNTS = "accounts"
FAMILIES = (FEEDBACK, CONCERNS, CONFIGURATIONS, ACCOUNTS)

MOST_OPTIONS = 20
MOST_OPTION_BYTES = 1_000  # of all options of a configuration, as JSON

_FIELD_OF = "."


def say(family: str, name: str, fields: Mapping[str, Any]) -> Iterator[Said]:
    yield Said(family, name, "")
    yield from say_fields(family, name, fields)


def say_fields(family: str, name: str, fields: Mapping[str, Any]) -> Iterator[Said]:
    for field, value in fields.items():
        yield Said(family + _FIELD_OF + field, name, value)


def word(told: Mapping[str, Words], family: str, name: str, field: str) -> Word | None:
    return told.get(family + _FIELD_OF + field, {}).get(name)


def fields(told: Mapping[str, Words], family: str, name: str) -> dict[str, Any]:
    """By field, the latest word on it."""
    prefix = family + _FIELD_OF
    said = {each: held[name].value for each, held in told.items() if each.startswith(prefix) and name in held}
    return {each.removeprefix(prefix): value for each, value in sorted(said.items())}


def spread(told: Families) -> Families:
    """What was kept as one word on all fields of a thing, as documents once did, as a word on each."""
    families = dict(told)
    if told.keys().isdisjoint(FAMILIES):
        return families
    for family in FAMILIES:
        if family not in told:
            continue
        whole = {name: held for name, held in told[family].items() if isinstance(held.value, dict)}
        for name, held in whole.items():
            families[family] = families[family] | {name: Word(held.at, held.by, "")}
            for field, value in held.value.items():
                words.tell(families, family + _FIELD_OF + field, name, Word(held.at, held.by, value))
    return families


def options(said: object) -> dict[str, Any] | list[str]:
    """By name or as a list, as they were told; as many of the first as there is room for."""
    if isinstance(said, dict):
        told = [(str(name)[:LONGEST_NAME], _option(value)) for name, value in sorted(said.items())]
        return dict(_that_fit([each for each in told if each[0] and each[1] is not None]))
    listed = said if isinstance(said, list) else [said] if isinstance(said, str) and said.strip() else []
    return _that_fit([str(_option(each)) for each in listed if each is not None])


def _option(value: object) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text[:LONGEST_NAME]


def _that_fit(told: list[Any]) -> list[Any]:
    kept: list[Any] = []
    room = MOST_OPTION_BYTES
    for each in told[:MOST_OPTIONS]:
        room -= len(words.canonical(each)) + 1
        if room < 0:
            break
        kept.append(each)
    return kept
