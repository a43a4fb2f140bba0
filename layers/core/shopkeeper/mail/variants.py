"""Which of several letters somebody gets.

The lot falls by the customer's id and the name of what the letters are for, a campaign or a message of a journey: so
it is the same in each launch and each run, as long as the shares stay as they are, and has nothing to do with who is
held out.
"""

from collections.abc import Sequence
from itertools import accumulate

import msgspec

from shopkeeper import ids
from shopkeeper.mail.terms import Letter


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """`template` is `<id>#<version>`, and `share` whole percents; shares add up to 100. In a journey
    `template` is `<id>` where the newest one is meant."""

    id: str
    template: str
    share: int

    @property
    def letter(self) -> Letter:
        return Letter(variant=self.id, template=self.template)


def drawn(variants: Sequence[Variant], name: str, customer_id: str) -> Variant:
    place = ids.place(f"variant/{name}/{customer_id}", 100)
    ends = accumulate(each.share for each in variants)
    return next(each for each, end in zip(variants, ends, strict=True) if place < end)
