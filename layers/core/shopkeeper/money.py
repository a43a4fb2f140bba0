"""Money is a whole number of the currency's smallest unit, kept beside its currency; currencies never mix."""

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

# ISO 4217 currencies whose smallest unit is not a hundredth.
_EXPONENTS = dict.fromkeys(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0
) | dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3)
_LARGEST = 10**15


def minor_units(amount: Decimal | int | float | str, currency: str) -> int:
    """29.33 USD is 2933. Half a unit goes to the even neighbour.

    Raises ValueError for what is no finite number, an amount of 10^15 units or more, or no three-letter currency.
    """
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha() and currency.isupper()):
        raise ValueError(f"{currency!r} is no ISO 4217 currency")
    try:
        number = Decimal(str(amount))
    except InvalidOperation:
        raise ValueError(f"{amount!r} is no number") from None
    if not number.is_finite() or abs(number) >= _LARGEST:
        raise ValueError(f"{amount!r} is no amount of money")
    units = number.scaleb(_EXPONENTS.get(currency, 2)).to_integral_value(ROUND_HALF_EVEN)
    if abs(units) >= _LARGEST:
        raise ValueError(f"{amount!r} is no amount of money")
    return int(units)


def major_units(units: int, currency: str) -> Decimal:
    """2933 USD is 29.33."""
    return Decimal(units).scaleb(-_EXPONENTS.get(currency, 2))
