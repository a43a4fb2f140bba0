"""Leaves about what happened: how often, how much, when first, in which order."""

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from shopkeeper import money
from shopkeeper.customer.measures.measure import PROMISED
from shopkeeper.customer.measures.registered import Registered
from shopkeeper.customer.requests import Strict
from shopkeeper.segment.leaves import windows
from shopkeeper.segment.leaves.values import Measure
from shopkeeper.segment.leaves.windows import Seconds, Window

_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_WHOLE = re.compile(r"[0-9]{1,3}")
_TOLD_APART = f"within a window the newest {PROMISED} are told apart"
Times = Annotated[int, Field(ge=0, le=10**9)]


class Counting(Strict):
    """Has `window`, and after it `cmp` and `n`."""

    @field_validator("window", check_fields=False)
    @classmethod
    def _told(cls, window: Window) -> Window:
        if not windows.is_since(window):
            windows.check_days(window)
        return window

    @field_validator("n", check_fields=False)
    @classmethod
    def _within_reach(cls, n: int, info: ValidationInfo) -> int:
        window, most = info.data.get("window", "ever"), _most(info.data.get("cmp"))
        if window != "ever" and n > most:
            try:
                windows.check_days(window)
            except ValueError:
                raise ValueError(f"is at most {most} here: {_TOLD_APART}") from None
        return n


class Count(Counting):
    """How often something happened. For a customer to whom it never did, that is 0 times.

    Within a window that reaches until now it is counted by the newest 16 instants, else by whole days.
    """

    op: Literal["count"]
    measure: Measure
    window: Window
    cmp: Literal["ge", "le", "eq"]
    n: Times

    @property
    def by_days(self) -> bool:
        """Else by the newest instants."""
        return self.window != "ever" and (self.n > _most(self.cmp) or not windows.is_since(self.window))

    @property
    def registered(self) -> Registered | None:
        return self.measure.registered(tiles=self.by_days)


def _most(cmp: Any) -> int:
    return PROMISED if cmp == "ge" else PROMISED - 1


class Total(Strict):
    """What a property came to in one currency; 0 where there is nothing. Other currencies have no part in it.

    `x` is in major units, "100.00" dollars: decimal text, or a number that is read as it is written. `avg` is of those
    with an amount; who has none has no average. `active_days` are the days on which it happened.
    """

    op: Literal["total"]
    measure: Measure
    prop: Annotated[str, StringConstraints(min_length=1, max_length=255)] = "total"
    currency: Annotated[str | None, StringConstraints(pattern="^[A-Z]{3}$"), Field(validate_default=True)] = None
    fn: Literal["sum", "avg", "active_days"]
    window: Window
    cmp: Literal["ge", "gt", "le", "lt", "eq"]
    x: str

    @field_validator("fn", mode="before")
    @classmethod
    def _kept(cls, fn: Any, info: ValidationInfo) -> Any:
        if fn in ("min", "max"):
            raise ValueError(f"cannot be {fn}: of amounts only the sum and how many there were are kept")
        if fn != "active_days" and info.data.get("currency", "") is None:
            raise ValueError("needs a `currency`, such as USD, or XXX for what has none")
        return fn

    @field_validator("window")
    @classmethod
    def _by_days(cls, window: Window, info: ValidationInfo) -> Window:
        fn = info.data.get("fn")
        if fn == "avg" and window != "ever":
            raise ValueError('is "ever" for an average: of one day only the sum is kept')
        if fn == "active_days" and window == "ever":
            raise ValueError("is not for days on which it happened: only the newest 400 are kept")
        if window != "ever":
            windows.check_days(window)
        return window

    @field_validator("x", mode="before")
    @classmethod
    def _amount(cls, value: Any, info: ValidationInfo) -> str:
        text = str(value)
        if info.data.get("fn") == "active_days":
            if isinstance(value, bool) or not _WHOLE.fullmatch(text):
                raise ValueError("is no number of days, 0 to 999")
            return str(int(text))
        if isinstance(value, bool) or not _DECIMAL.fullmatch(text):
            raise ValueError('is no amount such as "100.00"')
        currency = info.data.get("currency")
        return _exactly(text, currency) if currency else text

    @property
    def bound(self) -> int:
        """Days, or minor units."""
        return money.minor_units(self.x, self.currency) if self.currency and self.fn != "active_days" else int(self.x)

    @property
    def registered(self) -> Registered | None:
        if self.fn == "active_days":
            return self.measure.registered(tiles=True)
        return self.measure.registered(self.prop, tiles=self.window != "ever")


def _exactly(text: str, currency: str) -> str:
    amount = money.major_units(money.minor_units(text, currency), currency)
    if amount != Decimal(text):
        raise ValueError(f"is finer than the smallest unit of {currency}")
    return f"{amount:f}"


class First(Strict):
    """The first time ever that it happened falls in the window."""

    op: Literal["first"]
    measure: Measure
    window: Window

    @property
    def registered(self) -> Registered | None:
        return self.measure.registered()


class Sequence(Strict):
    """`b` happened after an `a`, less than `within` later, and that `b` falls in the window.

    It sees the newest 16 of each.
    """

    op: Literal["sequence"]
    a: Measure
    b: Measure
    within: Seconds
    window: Window


class Abandoned(Strict):
    """`did` happened, nothing of `without` at the same instant or since, and that is at least `grace` ago."""

    op: Literal["abandoned"]
    did: Measure
    without: Measure
    grace: Seconds


class Regular(Strict):
    """It happened in at least so many of the last days, weeks or months, the present one being one of them."""

    op: Literal["regular"]
    measure: Measure
    at_least: Annotated[int, Field(ge=1, le=399)]
    of_last: Annotated[int, Field(ge=1, le=399)]
    unit: Literal["days", "weeks", "months"]

    @field_validator("of_last")
    @classmethod
    def _enough(cls, of_last: int, info: ValidationInfo) -> int:
        if of_last < info.data.get("at_least", 1):
            raise ValueError("is less than `at_least`")
        return of_last

    @field_validator("unit")
    @classmethod
    def _within_reach(cls, unit: str, info: ValidationInfo) -> str:
        most = {"days": windows.MOST_DAYS, "weeks": windows.MOST_WEEKS, "months": windows.MOST_MONTHS}.get(unit, 399)
        if info.data.get("of_last", 0) > most:
            raise ValueError(f"are at most {most} here: the newest 400 days are kept")
        return unit

    @property
    def registered(self) -> Registered | None:
        return self.measure.registered(tiles=True)


def needed(leaf: Any) -> list[Registered]:
    """The measures of the shop's own that a leaf cannot be told without. Of one that is made of others, theirs."""
    if parts := getattr(leaf, "parts", ()):
        return [each for part in parts for each in needed(part)]
    if isinstance(leaf, Count | Total | First | Regular):
        found = [leaf.registered]
    else:
        measures = (getattr(leaf, name, None) for name in ("a", "b", "did", "without"))
        found = [each.registered() for each in measures if isinstance(each, Measure)]
    return [each for each in found if each]
