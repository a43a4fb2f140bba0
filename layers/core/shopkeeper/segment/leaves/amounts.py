"""Amounts of money, as rules say them."""

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import StringConstraints, ValidationInfo, field_validator

from shopkeeper import money
from shopkeeper.customer.measures import registered
from shopkeeper.customer.requests import Strict

_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
Property = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Currency = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
Order = Literal["ge", "gt", "le", "lt", "eq"]


def exactly(value: Any, currency: str) -> str:
    """Decimal text in major units, of what is no finer than the currency. Raises ValueError."""
    text = str(value)
    if isinstance(value, bool) or not _DECIMAL.fullmatch(text):
        raise ValueError('is no amount such as "100.00"')
    if not currency:
        return text
    amount = money.major_units(money.minor_units(text, currency), currency)
    if amount != Decimal(text):
        raise ValueError(f"is finer than the smallest unit of {currency}")
    return f"{amount:f}"


class Amount(Strict):
    """Compares what a property came to in one currency; in another, or where it is no amount, it does not fit. Of an
    order, `total` is what is left of it after refunds."""

    prop: Property
    currency: Currency
    cmp: Order
    x: str

    @field_validator("x", mode="before")
    @classmethod
    def _amount(cls, value: Any, info: ValidationInfo) -> str:
        return exactly(value, info.data.get("currency", ""))

    def registered(self) -> registered.Amount:
        units = money.minor_units(self.x, self.currency)
        return registered.Amount(prop=self.prop, currency=self.currency, cmp=self.cmp, units=units)
