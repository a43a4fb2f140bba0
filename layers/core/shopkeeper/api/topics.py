"""Topics: what a customer can be in or out of."""

from typing import Annotated, Literal

from pydantic import Field

from shopkeeper.api.versions import Kind
from shopkeeper.customer.requests import Lines, Strict, Text


class Topic(Strict):
    """`opt_in` is `required` where only those are written to who said yes, `assumed` where all who did not say no."""

    name: Text
    description: Annotated[Lines, Field(max_length=2000)] | None = None
    opt_in: Literal["required", "assumed"] = "required"


KIND = Kind("topic", "topics", Topic)
room = KIND.room("What a customer can be in or out of.")
