"""What a journey listens to: interactions by their names, and rules that come to hold."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints, model_validator

from shopkeeper.customer.requests import InWords, Strict
from shopkeeper.segment.leaves.values import Name, Property
from shopkeeper.segment.said import Said

KEY = "[a-z0-9][a-z0-9_-]{0,63}"
IS_KEY = "is 1 to 64 small letters, digits, hyphens and underscores, the first a letter or digit"
Key = Annotated[str, StringConstraints(pattern=f"^{KEY}$"), InWords(IS_KEY)]
"""Of a node, an outcome, or something that is heard. It stands in the keys of effects and in the ledger."""
ANY_MAIL = "*"
Of = Annotated[
    str,
    StringConstraints(pattern=rf"^({KEY}|\*)$"),
    InWords("is the key of a message, or * for any mail of this run"),
]
MOST_TRIGGERS = 20
Tests = Annotated[tuple[Property, ...], Field(max_length=8)]


class Triggered(Strict):
    """An interaction of this name, of which all tests hold. `of` a message: only what is about the mail that this run
    sent there, `*` any mail of it. What machines did with a mail counts only with `machines`."""

    event: Name
    where: Tests = ()
    of: Of | None = None
    machines: bool = False


class Listening(Strict):
    """One of: an `event`, with all that may be said of one; `any` of several; a `rule`."""

    event: Name | None = None
    where: Tests | None = None
    of: Of | None = None
    machines: bool | None = None
    any: Annotated[tuple[Triggered, ...], Field(max_length=MOST_TRIGGERS)] | None = None
    rule: Said | None = None
    is_optional: ClassVar[bool] = False

    @model_validator(mode="after")
    def _one(self) -> "Listening":
        said = [name for name in ("event", "any", "rule") if getattr(self, name) is not None]
        if len(said) > 1 or not (said or self.is_optional) or self.any == ():
            raise ValueError("has one of event, any and rule")
        about = [name for name in ("where", "of", "machines") if getattr(self, name) is not None]
        if about and self.event is None:
            raise ValueError(f"has {about[0]} for an event alone")
        return self

    def triggers(self) -> Iterator[tuple[str, Triggered]]:
        """Each with the way to it, behind a dot, "" for the one that stands here."""
        if self.event is not None:
            of, where = self.of, self.where or ()
            yield "", Triggered(event=self.event, where=where, of=of, machines=bool(self.machines))
        for place, each in enumerate(self.any or ()):
            yield f".any.{place}", each


class Signal(Listening):
    """A rule that holds already when the run arrives counts at once, unless it is to be `fresh`: then it has to become
    true while the run waits."""

    fresh: bool | None = None

    @model_validator(mode="after")
    def _of_rule(self) -> "Signal":
        if self.fresh is not None and self.rule is None:
            raise ValueError("has fresh for a rule alone")
        return self
