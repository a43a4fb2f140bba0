"""Quiet hours as people state them."""

from typing import Annotated

from pydantic import Field

from shopkeeper.customer.requests import Strict, Time


class Quiet(Strict):
    """On the clock of each recipient: nobody is written to at `from` or later and before `to`, also over midnight. The
    same twice is no window at all. Of whom no zone is known the zone of the workspace counts."""

    from_: Annotated[Time, Field(alias="from")]
    to: Time
