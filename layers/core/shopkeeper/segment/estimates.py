"""How many there are of all, by how many were found in a share of them that was drawn at random."""

from math import ceil, floor, sqrt
from typing import NamedTuple

from typing_extensions import TypedDict

_SIGMAS = 1.96  # On both sides of 95 %.


class Estimate(NamedTuple):
    about: int
    low: int
    high: int


class Size(TypedDict):
    """`exact` where all customers were looked at; else 95 of 100 such intervals from `low` to `high` hold the size.

    `looked_at` customers were asked, of about `customers`.
    """

    about: int
    exact: bool
    low: int
    high: int
    looked_at: int
    customers: int


def of_all(found: int, fraction: float) -> Estimate:
    """Each of all is found with the chance `fraction`, by itself. The interval is Byar's for a Poisson count (Breslow
    and Day, 1987), narrowed by what cannot be wrong as it was seen."""
    if fraction >= 1:
        return Estimate(found, found, found)
    narrowed, about = sqrt(1 - fraction), found / fraction
    low = found - narrowed * (found - _byar(found, -_SIGMAS) if found else 0)
    high = found + narrowed * (_byar(found + 1, _SIGMAS) - found)
    return Estimate(round(about), max(found, floor(low / fraction)), ceil(high / fraction))


def _byar(count: int, sigmas: float) -> float:
    return count * max(0.0, 1 - 1 / (9 * count) + sigmas / (3 * sqrt(count))) ** 3


def size(found: int, looked_at: int, fraction: float) -> Size:
    about, low, high = of_all(found, fraction)
    return {
        "about": about,
        "exact": fraction >= 1,
        "low": low,
        "high": high,
        "looked_at": looked_at,
        "customers": of_all(looked_at, fraction).about,
    }
