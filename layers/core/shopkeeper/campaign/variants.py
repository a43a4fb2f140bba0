"""Which of the letters of a campaign somebody gets.

The lot falls by the customer's id and the name of the campaign: so it is the same in each of its launches, as long as
the shares stay as they are, and has nothing to do with who is held out.
"""

from collections.abc import Sequence
from itertools import accumulate

import msgspec

from shopkeeper import ids
from shopkeeper.mail.terms import Letter


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """`template` is `<id>#<version>`, and `share` whole percents; those of a campaign add up to 100."""

    id: str
    template: str
    share: int

    @property
    def letter(self) -> Letter:
        return Letter(variant=self.id, template=self.template)


def drawn(variants: Sequence[Variant], activity: str, customer_id: str) -> Variant:
    place = ids.place(f"variant/{activity}/{customer_id}", 100)
    ends = accumulate(each.share for each in variants)
    return next(each for each, end in zip(variants, ends, strict=True) if place < end)
