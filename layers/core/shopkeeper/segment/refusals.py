"""What is wrong with a rule, in words for the one who wrote it: where it stands, and what there is instead."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from shopkeeper.customer import requests
from shopkeeper.customer.requests import Strict
from shopkeeper.segment.leaves import Count, InList, Total, Trait

_MOST = 20
_GROUPS: Mapping[str, tuple[str, ...]] = {"all": ("op", "of"), "any": ("op", "of"), "not": ("op", "rule")}
_LEAVES: Mapping[str, type[Strict]] = {"count": Count, "total": Total, "trait": Trait, "in_list": InList}
_OPS = {**_GROUPS, **{op: tuple(leaf.model_fields) for op, leaf in _LEAVES.items()}}
_OPTIONS = {**_OPS, "measure": ("event",)}
_FORMS = {"path": "names no trait: a dot leads inwards, as in `address.city`", "currency": "is no currency such as USD"}

TOO_DEEP = "is nested too deeply: a rule is at most 8 levels deep"
_THERE_ARE = f"there are {', '.join(_OPS)}"
# By the type of pydantic's error.
_WORDS = {
    **requests.WORDS,
    "union_tag_invalid": "there is no `{tag}`; " + _THERE_ARE,
    "union_tag_not_found": "is missing; " + _THERE_ARE,
    "extra_forbidden": "is not known here; `{place}` has {options}",
    "string_pattern_mismatch": "{form}",
    "json_invalid": TOO_DEEP,
    "recursion_loop": TOO_DEEP,
}


def findings(error: ValidationError, at: str) -> list[tuple[str, str]]:
    """Each wrong field with the reason, the first few of them. `at` is the field that the rule stands in."""
    return [_finding(dict(item), at) for item in error.errors(include_url=False)[:_MOST]]


def _finding(item: dict[str, Any], at: str) -> tuple[str, str]:
    loc = item["loc"]
    path, place = _way(loc, at)
    about = {
        "place": place,
        "options": ", ".join(_OPTIONS.get(place, ())),
        "form": _FORMS.get(loc[-1] if loc else "", ""),
    }
    return path + ".op" * item["type"].startswith("union_tag"), requests.in_words(item, _WORDS, **about)


def _way(loc: tuple[str | int, ...], at: str) -> tuple[str, str]:
    """The way to the field, and the op, or `measure`, that it is an option of.

    Pydantic names the op of each node after the step that leads to it.
    """
    path, place, at_node = at, "", True
    for step in loc:
        if at_node and step in _OPS:
            place, at_node = str(step), False
            path += f".{step}" if step in _GROUPS else ""
        else:
            place = "measure" if path.endswith(".measure") else place
            path += f"[{step}]" if isinstance(step, int) else f".{step}"
            at_node = isinstance(step, int) or step == "rule"
    return path, place
