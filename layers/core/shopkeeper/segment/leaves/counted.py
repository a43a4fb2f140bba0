"""Leaves about what happened: how often, how much, when first, in which order."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from shopkeeper import money
from shopkeeper.customer.asked import Comparison, Path
from shopkeeper.customer.measures.measure import PROMISED
from shopkeeper.customer.measures.registered import Registered
from shopkeeper.customer.requests import Strict
from shopkeeper.segment.leaves import amounts, windows
from shopkeeper.segment.leaves.values import Comparing, Measure, Value, Values
from shopkeeper.segment.leaves.windows import Beside, Seconds, Window

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
            except ValueError as fault:
                if windows.of_whole_days(window):
                    raise Beside("window", f"{fault}; with a longer one `n` is at most {most}") from None
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


# By the comparison: how one of them compares with it, and none does.
_EXTREMES: Mapping[str, Mapping[str, tuple[amounts.Order, amounts.Order | None]]] = {
    "max": {"ge": ("ge", None), "gt": ("gt", None), "le": ("le", "gt"), "lt": ("lt", "ge"), "eq": ("eq", "gt")},
    "min": {"le": ("le", None), "lt": ("lt", None), "ge": ("ge", "lt"), "gt": ("gt", "le"), "eq": ("eq", "lt")},
}


class Total(Strict):
    """What a property came to in one currency; 0 where there is nothing. Other currencies have no part in it.

    `x` is in major units, "100.00" dollars: decimal text, or a number that is read as it is written. `avg`, `min` and
    `max` are of those with an amount; who has none has none of them. `active_days` are the days on which it happened.
    """

    op: Literal["total"]
    measure: Measure
    prop: amounts.Property = "total"
    currency: Annotated[amounts.Currency | None, Field(validate_default=True)] = None
    fn: Literal["sum", "avg", "min", "max", "active_days"]
    window: Window
    cmp: amounts.Order
    x: str

    @field_validator("fn", mode="before")
    @classmethod
    def _kept(cls, fn: Any, info: ValidationInfo) -> Any:
        measure = info.data.get("measure")
        if fn in _EXTREMES and measure and measure.amount:
            raise ValueError(f"cannot be {fn} of what has an `amount`: it is a question of its own")
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
        if window != "ever" and not (fn in _EXTREMES and windows.is_since(window)):
            windows.check_days(window)
        return window

    @field_validator("x", mode="before")
    @classmethod
    def _amount(cls, value: Any, info: ValidationInfo) -> str:
        if info.data.get("fn") == "active_days":
            text = str(value)
            if isinstance(value, bool) or not _WHOLE.fullmatch(text):
                raise ValueError("is no number of days, 0 to 999")
            return str(int(text))
        return amounts.exactly(value, info.data.get("currency") or "")

    @property
    def bound(self) -> int:
        """Days, or minor units."""
        return money.minor_units(self.x, self.currency) if self.currency and self.fn != "active_days" else int(self.x)

    @property
    def registered(self) -> Registered | None:
        if self.fn == "active_days":
            return self.measure.registered(tiles=True)
        return self.measure.registered(self.prop, tiles=self.window != "ever")

    @property
    def is_all(self) -> bool:
        return True

    @property
    def parts(self) -> tuple[Count, ...]:
        """What a smallest or a largest is short for: there is one such, and none beyond it."""
        if self.fn not in _EXTREMES:
            return ()
        one, none = _EXTREMES[self.fn][self.cmp]
        there_is = self._counted(one, "ge", 1)
        return (there_is, self._counted(none, "le", 0)) if none else (there_is,)

    def _counted(self, cmp: amounts.Order, often: Literal["ge", "le"], n: int) -> Count:
        amount = amounts.Amount(prop=self.prop, currency=self.currency or "", cmp=cmp, x=self.x)
        measure = self.measure.model_copy(update={"amount": amount})
        return Count(op="count", measure=measure, window=self.window, cmp=often, n=n)


class First(Strict):
    """The first time ever that it happened falls in the window."""

    op: Literal["first"]
    measure: Measure
    window: Window

    @property
    def registered(self) -> Registered | None:
        return self.measure.registered()


class Last(Comparing):
    """Asks a property of the newest that happened as `trait` asks a trait; of an order, what was said of it last.

    To whom it never happened, and where the newest does not say, only `ne` and `not_in` hold.
    """

    op: Literal["last"]
    measure: Measure
    prop: Path
    cmp: Comparison
    value: Value = None
    values: Values = None

    @property
    def registered(self) -> Registered | None:
        return self.measure.registered(last=self.prop)


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
    if isinstance(leaf, Count | Total | First | Last | Regular):
        found = [leaf.registered]
    else:
        measures = (getattr(leaf, name, None) for name in ("a", "b", "did", "without"))
        found = [each.registered() for each in measures if isinstance(each, Measure)]
    return [each for each in found if each]
