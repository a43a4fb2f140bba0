"""Nodes that say where it goes on: by rules, by lot, back, or out."""

from typing import Annotated

from pydantic import Field, model_validator

from shopkeeper.customer.requests import Strict
from shopkeeper.journey.definition.hearing import Key
from shopkeeper.journey.definition.nodes import Leading, Node
from shopkeeper.segment.leaves.values import Name
from shopkeeper.segment.said import Said

WHOLE = 10_000
MOST_TURNS = 100
Points = Annotated[int, Field(ge=1, le=WHOLE)]


class Case(Strict):
    when: Said
    to: Key


class BranchNode(Node):
    """To the first case that holds."""

    branch: Annotated[tuple[Case, ...], Field(min_length=1, max_length=20)]
    else_: Annotated[Key, Field(alias="else")]


class Arm(Strict):
    """`bp` are basis points, hundredths of a percent."""

    name: Key
    bp: Points
    to: Key


class Split(Strict):
    """The same customer draws the same arm wherever this `salt` stands. The arms come to 10,000 basis points."""

    salt: Name
    arms: Annotated[tuple[Arm, ...], Field(min_length=2, max_length=20)]

    @model_validator(mode="after")
    def _whole(self) -> "Split":
        if len({each.name for each in self.arms}) < len(self.arms):
            raise ValueError("has two arms of one name")
        if (total := sum(each.bp for each in self.arms)) != WHOLE:
            raise ValueError(f"has arms that come to {total} basis points, not to {WHOLE}")
        return self


class SplitNode(Node):
    split: Split


class Reached(Strict):
    """Says nothing but that it is so."""


class GoalNode(Leading):
    """Who comes here has reached the goal of the journey."""

    goal: Reached


class Repeat(Strict):
    """Back `to` a node, so often at `most` in one run."""

    to: Key
    most: Annotated[int, Field(ge=1, le=MOST_TURNS)]


class RepeatNode(Leading):
    repeat: Repeat


class Exit(Strict):
    reason: Key = "end"


class ExitNode(Node):
    exit: Exit
