"""Sums of money as people read them: decimal text, with the minor units beside it, by currency."""

from collections.abc import Mapping

from typing_extensions import TypedDict

from shopkeeper import money


class Amount(TypedDict):
    amount: str
    minor_units: int


def amounts(totals: Mapping[str, int]) -> dict[str, Amount]:
    return {
        currency: {"amount": f"{money.major_units(units, currency):f}", "minor_units": units}
        for currency, units in sorted(totals.items())
    }
