"""Comparisons with values, and the measures that leaves are about."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator

from shopkeeper.customer import asked
from shopkeeper.customer.asked import Comparison, Path, Scalar
from shopkeeper.customer.measures.registered import Registered, Test
from shopkeeper.customer.orders import COMPLETED
from shopkeeper.customer.requests import Strict
from shopkeeper.segment.leaves.amounts import Amount

Name = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Value = Annotated[Scalar | None, Field(validate_default=True)]
Values = Annotated[tuple[Scalar, ...] | None, Field(validate_default=True)]

_MOST_TESTS = 8


class Comparing(Strict):
    """Has `cmp`, and after it `value` and `values`, of which it wants one or none."""

    @field_validator("value", mode="before", check_fields=False)
    @classmethod
    def _value(cls, value: Any, info: ValidationInfo) -> Scalar | None:
        cmp = info.data.get("cmp", "")
        return asked.value(value, cmp) if cmp else None

    @field_validator("values", mode="before", check_fields=False)
    @classmethod
    def _values(cls, values: Any, info: ValidationInfo) -> tuple[Scalar, ...] | None:
        cmp = info.data.get("cmp", "")
        return asked.values(values, cmp) if cmp else None


class Property(Comparing):
    """Asks a property of an interaction as `trait` asks a trait."""

    prop: Path
    cmp: Comparison
    value: Value = None
    values: Values = None


def _some(tests: tuple[Property, ...] | None) -> tuple[Property, ...] | None:
    if tests is not None and not 0 < len(tests) <= _MOST_TESTS:
        raise ValueError(f"has 1 to {_MOST_TESTS} tests, or is left out")
    return tests


class Measure(Strict):
    """Interactions of one name; with `where` those of which all tests hold, with `amount` those that came to so much.

    What is not measured by its name alone takes a measure of the shop's own, which must be defined.
    """

    event: Name
    where: Annotated[tuple[Property, ...] | None, AfterValidator(_some)] = None
    amount: Amount | None = None

    def registered(self, sum_of: str = "", *, tiles: bool = False, last: str = "") -> Registered | None:
        """The measure of the shop's own that the answer takes; None where that of the event's name is enough."""
        is_order = self.event == COMPLETED
        if (
            not self.where
            and not self.amount
            and not last
            and (is_order or not tiles)
            and (not sum_of or (is_order and sum_of == "total"))
        ):
            return None
        tests = (
            Test(prop=each.prop, cmp=each.cmp, value=each.value, values=each.values or ()) for each in self.where or ()
        )
        amount = self.amount.registered() if self.amount else None
        return Registered(event=self.event, where=tuple(tests), amount=amount, sum=sum_of, tiles=tiles, last=last)
