"""What leaves ask of the document beside traits: consents, places, scores, and a steady share of all customers."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from math import asin, cos, radians, sin, sqrt
from typing import Any

from shopkeeper.customer import addresses, comparing, consents, known
from shopkeeper.customer.comparing import Comparable
from shopkeeper.customer.consents import Consent
from shopkeeper.customer.document import Document

_EARTH_KM = 6371.0088
_WHOLE = 10_000
# Where shops keep it, of which each may stand alone. `address_city` is what imports propose for the city in an address.
PLACES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "country": (("address", "country"), ("address_country",), ("country",)),
    "region": (
        ("address", "region"),
        ("address", "state"),
        ("address_region",),
        ("address_state",),
        ("region",),
        ("state",),
    ),
    "city": (("address", "city"), ("address_city",), ("city",)),
}
_LATITUDES, _LONGITUDES = ("lat", "latitude"), ("lon", "lng", "longitude")


def allowed(said: Mapping[str, Consent], topic: str) -> str:
    """in, out, or empty for what nobody spoke of."""
    whole, own = said.get(consents.ALL), said.get(topic)
    if whole is not None and whole.is_ == "out":
        return "out"
    return own.is_ if own is not None else ""


def allowed_over(said: Mapping[str, Consent]) -> str:
    """The same of a channel: today all topics are those of e-mail."""
    words = {allowed(said, topic) for topic in said}
    return "in" if "in" in words else max(words, default="")


def reachable(document: Document) -> bool:
    return bool(addresses.key_of(document)) and not addresses.block_of(document)


def places(document: Document, kind: str) -> tuple[Comparable, ...]:
    traits = document.traits
    told: tuple[Comparable, ...] = ()
    for way in PLACES[kind]:
        if way[0] in traits:
            told += comparing.values(traits, way)
    if told:
        return told
    seen = document.words.get(known.SEEN, {}).get(kind)
    return comparing.values(seen.value, ()) if seen else ()


def share(salt: str, customer_id: str) -> int:
    """From 0 to before 10,000."""
    return shares(salt)(customer_id)


def shares(salt: str) -> Callable[[str], int]:
    """Says it of many."""
    salted = f"{salt}:".encode()
    return lambda customer_id: int.from_bytes(sha256(salted + customer_id.encode()).digest()[:8], "big") % _WHOLE


def near(lat: float, lon: float, km: float) -> Callable[[Mapping[str, Any]], bool]:
    def test(traits: Mapping[str, Any]) -> bool:
        far = distance(lat, lon, traits)
        return far is not None and far <= km

    return test


def distance(lat: float, lon: float, traits: Mapping[str, Any]) -> float | None:
    """In kilometres, to where the trait `location` says; None where it says nothing of use."""
    location = traits.get("location")
    if not isinstance(location, dict):
        return None
    up, across = _degrees(location, _LATITUDES, 90), _degrees(location, _LONGITUDES, 180)
    return None if up is None or across is None else _apart(lat, lon, up, across)


def _degrees(location: Mapping[str, Any], names: tuple[str, ...], most: int) -> float | None:
    value = next((location[name] for name in names if name in location), None)
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > most:
        return None
    return value


def _apart(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """By the haversine formula, on a round earth."""
    up, across = radians(other_lat - lat) / 2, radians(other_lon - lon) / 2
    chord = sin(up) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(across) ** 2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(chord)))
