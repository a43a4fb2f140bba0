"""What is wrong with a rule, in words for the one who wrote it: where it stands, and what there is instead."""

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from shopkeeper.customer import requests
from shopkeeper.customer.requests import Strict
from shopkeeper.segment.leaves import Leaf
from shopkeeper.segment.leaves.amounts import Amount
from shopkeeper.segment.leaves.values import Measure, Property
from shopkeeper.segment.leaves.windows import Beside, Inside, Seconds

_MOST = 20
GROUPS: Mapping[str, tuple[str, ...]] = {
    "all": ("op", "of"),
    "any": ("op", "of"),
    "not": ("op", "rule"),
    "at_least": ("op", "k", "of"),
}
NOT_YET: Mapping[str, str] = {
    "journey": "nothing can ask where somebody stands in one",
}
"""Leaves that the language has a name for, and that what is kept of a customer cannot tell."""


def _names(fields: Mapping[str, FieldInfo]) -> tuple[str, ...]:
    return tuple(info.alias or name for name, info in fields.items())


def _op(leaf: type[Strict]) -> str:
    return str(get_args(leaf.model_fields["op"].annotation)[0])


LEAVES: Mapping[str, type[Strict]] = {_op(leaf): leaf for leaf in get_args(Leaf)}
OPS = {**GROUPS, **{op: _names(leaf.model_fields) for op, leaf in LEAVES.items()}}
_MEASURE, _SECONDS = _names(Measure.model_fields), _names(Seconds.model_fields)
# Fields that are objects of their own, by name.
_INNER: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("measure", "did", "without", "a", "b"), _MEASURE),
    **dict.fromkeys(("within", "grace", "span"), _SECONDS),
    "where": _names(Property.model_fields),
    "amount": _names(Amount.model_fields),
}
_FORMS = {
    "path": "names no trait: a dot leads inwards, as in `address.city`",
    "prop": "names no property: a dot leads inwards, as in `address.city`",
    "currency": "is no currency such as USD",
}

TOO_DEEP = "is nested too deeply: a rule is at most 8 levels deep"
_THERE_ARE = f"there are {', '.join(OPS)}"
# By the type of pydantic's error.
_WORDS = {
    **requests.WORDS,
    "union_tag_invalid": "there is no `{tag}`{why}; " + _THERE_ARE,
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
        "options": ", ".join(_INNER.get(place) or OPS.get(place, ())),
        "form": _FORMS.get(loc[-1] if loc else "", ""),
    }
    fault = item.get("ctx", {}).get("error")
    if isinstance(fault, Inside):
        path += f".{fault.way}"
    if isinstance(fault, Beside):
        path = f"{path.rpartition('.')[0]}.{fault.name}"
    if item["type"] == "union_tag_invalid":
        tag = item["ctx"]["tag"]
        about["why"] = f" yet: {NOT_YET[tag]}" if tag in NOT_YET else ""
    return path + ".op" * item["type"].startswith("union_tag"), requests.in_words(item, _WORDS, **about)


def _way(loc: tuple[str | int, ...], at: str) -> tuple[str, str]:
    """The way to the field, and the op, or inner object, that it is an option of.

    Pydantic names the op of each node after the step that leads to it.
    """
    path, place, at_node, in_group = at, "", True, False
    for n, step in enumerate(loc):
        if at_node and step in OPS:
            place, at_node, in_group = str(step), False, step in GROUPS
            path += f".{step}" if in_group else ""
        else:
            path += f"[{step}]" if isinstance(step, int) else f".{step}"
            at_node = in_group and (isinstance(step, int) or step == "rule")
            place = str(step) if step in _INNER and n + 1 < len(loc) else place
    return path, place
