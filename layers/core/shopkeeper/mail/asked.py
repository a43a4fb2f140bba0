"""What people ask for in the letters of an activity: several, of which each customer gets one, and an offer in them."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shopkeeper.customer.requests import Id, Percent, Strict

TemplateId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
LEAST = 2


class Variant(Strict):
    """`share` percent of the recipients get this letter, always the same ones."""

    id: Id
    template: TemplateId
    share: Percent


# That there are enough of them is checked with the shares: one that is not valid is no reason to say there are too few.
Variants = Annotated[tuple[Variant, ...], Field(max_length=8, json_schema_extra={"minItems": LEAST})]
"""Their shares add up to 100."""


def faults(template: str | None, said: Sequence[Variant] | None, at: str = "") -> Iterator[tuple[str, str]]:
    """`at` goes before their fields, such as `nodes.hello.message.`"""
    if (template is None) == (said is None):
        yield f"{at}template", "is missing" if said is None else "is said by each of the variants"
    if said is not None:
        yield from _unfit(said, f"{at}variants")


def _unfit(said: Sequence[Variant], at: str) -> Iterator[tuple[str, str]]:
    if len(said) < LEAST:
        yield at, f"are {LEAST} at least"
        return
    names = [each.id for each in said]
    for place, name in enumerate(names):
        if name in names[:place]:
            yield f"{at}.{place}.id", f"{name} is the id of another variant"
    if (total := sum(each.share for each in said)) != 100:
        yield at, f"have shares that add up to {total}, not to 100"


class Offered(Strict):
    """Each recipient is granted the offer `id` once, as `offer.code` and so on in the letter. Where there is none left,
    or it is over, they get none (`skip`), or the letter without it."""

    id: TemplateId
    when_out: Literal["skip", "without"] = "skip"
