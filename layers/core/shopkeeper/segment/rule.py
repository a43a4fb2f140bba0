"""The language in which marketers say who they mean: JSON in, a checked tree out, and its stable form.

A rule is a tree: `all`, `any`, `not` and `at_least` over leaves that ask one thing each. What is not in the language is
refused, naming the node; groups are named on the way to it: `audience.all.of[1].window`.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
from pydantic import AfterValidator, Field, TypeAdapter, ValidationError, ValidationInfo, field_validator

from shopkeeper.customer.requests import BadRequest, Strict
from shopkeeper.segment import refusals
from shopkeeper.segment.leaves import Leaf

DEEPEST = 8
MOST_NODES = 200
LARGEST = 65_536  # bytes


def _not_empty(of: tuple["Rule", ...]) -> tuple["Rule", ...]:
    if not of:
        raise ValueError("is empty: a group needs at least one rule")
    return of


# Not `min_length`, which would also call a group empty whose rules are all refused.
Rules = Annotated[tuple["Rule", ...], AfterValidator(_not_empty)]


class All(Strict):
    op: Literal["all"]
    of: Rules


class AnyOf(Strict):
    op: Literal["any"]
    of: Rules


class Not(Strict):
    """Holds for exactly the customers for whom its rule does not."""

    op: Literal["not"]
    rule: "Rule"


class AtLeast(Strict):
    """So many of its rules hold, or more."""

    op: Literal["at_least"]
    of: Rules
    k: Annotated[int, Field(ge=1)]

    @field_validator("k")
    @classmethod
    def _within(cls, k: int, info: ValidationInfo) -> int:
        if k > len(info.data.get("of", ())) > 0:
            raise ValueError("is more than there are rules")
        return k


Group = All | AnyOf | AtLeast
Rule = Annotated[Group | Not | Leaf, Field(discriminator="op")]

_rules: TypeAdapter[Rule] = TypeAdapter(Rule)


def read(said: Any, at: str = "audience") -> Rule:
    """`said` is decoded JSON; `at` is the field it stands in. Raises BadRequest with all that is wrong."""
    try:
        text = msgspec.json.encode(said)
    except RecursionError:
        raise BadRequest([(at, refusals.TOO_DEEP)]) from None
    except UnicodeEncodeError:
        raise BadRequest([(at, "holds half of a character: a lone surrogate")]) from None
    if len(text) > LARGEST:
        raise BadRequest([(at, f"is larger than {LARGEST} bytes")])
    try:
        rule = _rules.validate_json(text)
    except ValidationError as error:
        raise BadRequest(refusals.findings(error, at)) from None
    _check_size(rule, at)
    return rule


def kept(text: str) -> Rule:
    """Of `to_json`. One in which others were put in place of their names may be larger than one that is written."""
    return _rules.validate_json(text)


def to_json(rule: Rule) -> str:
    """The same text for the same rule, however it was written; reading it gives the same rule."""
    return rule.model_dump_json(exclude_none=True, by_alias=True)


def nodes(rule: Rule, at: str = "audience", depth: int = 1) -> Iterator[tuple[str, Rule, int]]:
    """Each node with the way to it and how deep it stands, from the root."""
    here = f"{at}.{rule.op}"
    if isinstance(rule, Group):
        yield here, rule, depth
        for place, child in enumerate(rule.of):
            yield from nodes(child, f"{here}.of[{place}]", depth + 1)
    elif isinstance(rule, Not):
        yield here, rule, depth
        yield from nodes(rule.rule, f"{here}.rule", depth + 1)
    else:
        yield at, rule, depth


def _check_size(rule: Rule, at: str) -> None:
    for count, (path, _, depth) in enumerate(nodes(rule, at), start=1):
        if depth > DEEPEST:
            raise BadRequest([(path, refusals.TOO_DEEP)])
        if count > MOST_NODES:
            raise BadRequest([(path, f"is one node too many: a rule has at most {MOST_NODES}")])
