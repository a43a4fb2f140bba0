"""The leaves of a rule: each asks one thing about a customer. No operator, count or window has a default."""

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, ValidationError, ValidationInfo, field_validator

from shopkeeper import money
from shopkeeper.customer import asked
from shopkeeper.customer.asked import Comparison, Path, Scalar
from shopkeeper.customer.measures.measure import PROMISED
from shopkeeper.customer.requests import Strict

Name = Annotated[str, StringConstraints(min_length=1, max_length=255)]
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")


class Event(Strict):
    event: Name


class Seconds(Strict):
    seconds: Annotated[int, Field(ge=1, le=10**9)]


class Rolling(Strict):
    """The time until now: what happened at t is in it while t <= now < t + seconds."""

    rolling: Seconds

    @property
    def milliseconds(self) -> int:
        return self.rolling.seconds * 1000


def _window(said: Any) -> Any:
    """Read here, as pydantic would find fault once with each kind of window."""
    if said == "ever" or isinstance(said, Rolling):
        return said
    try:
        return Rolling.model_validate(said)
    except ValidationError:
        raise ValueError('there is only "ever" and {"rolling": {"seconds": 604800}}, of 1 to 1000000000') from None


Window = Annotated[Literal["ever"] | Rolling, BeforeValidator(_window)]


class Orders(Strict):
    """Only orders are summed so far."""

    event: Literal["Order Completed"]


class Count(Strict):
    """How often something happened. For a customer to whom it never did, that is 0 times.

    Within a window it is counted by the newest 16 instants, so no more than these can be asked for.
    """

    op: Literal["count"]
    measure: Event
    window: Window
    cmp: Literal["ge", "le", "eq"]
    n: Annotated[int, Field(ge=0, le=10**9)]

    @field_validator("n")
    @classmethod
    def _within_reach(cls, n: int, info: ValidationInfo) -> int:
        most = PROMISED if info.data.get("cmp") == "ge" else PROMISED - 1
        if isinstance(info.data.get("window"), Rolling) and n > most:
            raise ValueError(f"is at most {most} here: within a window the newest {PROMISED} are told apart")
        return n


class Total(Strict):
    """What the orders in one currency came to; 0 where there are none. Other currencies have no part in it.

    `x` is in major units, "100.00" dollars: decimal text, or a number that is read as it is written.
    """

    op: Literal["total"]
    measure: Orders
    prop: Literal["total"] = "total"
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
    fn: Literal["sum"]
    window: Literal["ever"]
    cmp: Literal["ge", "gt", "le", "lt", "eq"]
    x: str

    @field_validator("x", mode="before")
    @classmethod
    def _amount(cls, value: Any, info: ValidationInfo) -> str:
        text = str(value)
        if isinstance(value, bool) or not _DECIMAL.fullmatch(text):
            raise ValueError('is no amount such as "100.00"')
        currency = info.data.get("currency")
        return _exactly(text, currency) if currency else text

    @property
    def minor_units(self) -> int:
        return money.minor_units(self.x, self.currency)


def _exactly(text: str, currency: str) -> str:
    amount = money.major_units(money.minor_units(text, currency), currency)
    if amount != Decimal(text):
        raise ValueError(f"is finer than the smallest unit of {currency}")
    return f"{amount:f}"


class Trait(Strict):
    """Compares a trait; a dot in `path` leads inwards. Numbers compare with numbers only, text with text.

    Text is compared without regard to case and outer spaces. Of a list, one element that fits is enough. A trait of
    another type, a blank and an empty list are no value: only `ne` and `not_in` hold without one.
    """

    op: Literal["trait"]
    path: Path
    cmp: Comparison
    value: Annotated[Scalar | None, Field(validate_default=True)] = None
    values: Annotated[tuple[Scalar, ...] | None, Field(validate_default=True)] = None

    @field_validator("value", mode="before")
    @classmethod
    def _value(cls, value: Any, info: ValidationInfo) -> Scalar | None:
        cmp = info.data.get("cmp", "")
        return asked.value(value, cmp) if cmp else None

    @field_validator("values", mode="before")
    @classmethod
    def _values(cls, values: Any, info: ValidationInfo) -> tuple[Scalar, ...] | None:
        cmp = info.data.get("cmp", "")
        return asked.values(values, cmp) if cmp else None


class InList(Strict):
    op: Literal["in_list"]
    id: Name


Leaf = Count | Total | Trait | InList
