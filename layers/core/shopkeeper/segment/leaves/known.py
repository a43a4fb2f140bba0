"""Leaves about what is known of a customer: traits, lists, segments, consents, places, scores, and chance."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator, model_validator

from shopkeeper.customer.asked import Comparison, Path, Scalar
from shopkeeper.customer.requests import Strict
from shopkeeper.segment.leaves.values import Comparing, Name, Value, Values

_MOST_PLACES = 300
_WHOLE = 10_000


class Trait(Comparing):
    """Compares a trait; a dot in `path` leads inwards. Numbers compare with numbers only, text with text.

    Text is compared without regard to case and outer spaces. Of a list, one element that fits is enough. A trait of
    another type, a blank and an empty list are no value: only `ne` and `not_in` hold without one.
    """

    op: Literal["trait"]
    path: Path
    cmp: Comparison
    value: Value = None
    values: Values = None


class InList(Strict):
    op: Literal["in_list"]
    id: Name


class InSegment(Strict):
    """As if the other segment's rule stood here: as it counts, or as this version of it said."""

    op: Literal["in_segment"]
    id: Name
    version: Annotated[int | None, Field(ge=1)] = None


class Consent(Strict):
    """What was said last of a topic, `*` being all marketing at once. An `out` of all goes before a topic's `in`. Of a
    channel one is `in` who is in one of its topics, and `out` who spoke of some and is in none.

    Who never said anything is neither `in` nor `out`.
    """

    op: Literal["consent"]
    topic: Name | None = None
    channel: Literal["email"] | None = None
    is_: Annotated[Literal["in", "out"], Field(alias="is")]

    @model_validator(mode="after")
    def _one(self) -> "Consent":
        if (self.topic is None) == (self.channel is None):
            raise ValueError("has one of `topic` and `channel`")
        return self


class Reachable(Strict):
    """Has an address, and nothing is known that keeps all mail from it: no bounce for good, no block by hand. What one
    has allowed is asked by `consent`."""

    op: Literal["reachable"]
    channel: Literal["email"]


class Bucket(Strict):
    """A steady share of all customers, in basis points: from one to before the other. Each salt draws anew."""

    op: Literal["bucket"]
    salt: Name
    from_bp: Annotated[int, Field(ge=0, lt=_WHOLE)]
    to_bp: Annotated[int, Field(gt=0, le=_WHOLE)]

    @field_validator("to_bp")
    @classmethod
    def _later(cls, to_bp: int, info: ValidationInfo) -> int:
        if to_bp <= info.data.get("from_bp", -1):
            raise ValueError("must be more than `from_bp`")
        return to_bp


def _few(places: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if places is not None and not 0 < len(places) <= _MOST_PLACES:
        raise ValueError(f"are 1 to {_MOST_PLACES} names")
    return places


_Place = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Places = Annotated[tuple[_Place, ...] | None, AfterValidator(_few)]


class Place(Strict):
    """Is in one of these countries, regions or cities: by the traits, and by where they were seen last if these name no
    country."""

    op: Literal["place"]
    country: Places = None
    region: Places = None
    city: Places = None

    @model_validator(mode="after")
    def _one(self) -> "Place":
        if len([each for each in (self.country, self.region, self.city) if each]) != 1:
            raise ValueError("has one of `country`, `region` and `city`")
        return self


class Near(Strict):
    """The trait `location` {lat, lon} is at most so many kilometres away, as the crow flies."""

    op: Literal["near"]
    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    km: Annotated[float, Field(gt=0, le=20_040)]


class Rfm(Comparing):
    """In which fifth of all who ordered a customer was last night, 5 being best; `cell` is all three, "555"."""

    op: Literal["rfm"]
    dim: Literal["r", "f", "m", "cell"]
    cmp: Literal["eq", "ne", "lt", "le", "gt", "ge", "in", "not_in"]
    value: Value = None
    values: Values = None

    @field_validator("cmp")
    @classmethod
    def _ordered(cls, cmp: str, info: ValidationInfo) -> str:
        if info.data.get("dim") == "cell" and cmp not in ("eq", "ne", "in", "not_in"):
            raise ValueError("there is only 'eq', 'ne', 'in' or 'not_in' for `cell`")
        return cmp

    @field_validator("value")
    @classmethod
    def _score(cls, value: Scalar | None, info: ValidationInfo) -> Scalar | None:
        return value if value is None else _scored(value, info.data.get("dim"))

    @field_validator("values")
    @classmethod
    def _scores(cls, values: tuple[Scalar, ...] | None, info: ValidationInfo) -> tuple[Scalar, ...] | None:
        return values and tuple(_scored(each, info.data.get("dim")) for each in values)


def _scored(value: Any, dim: str | None) -> Scalar:
    if dim == "cell":
        if not isinstance(value, str) or len(value) != 3 or not set(value) <= set("12345"):
            raise ValueError('is no cell such as "555"')
    elif dim and (isinstance(value, bool) or value not in (1, 2, 3, 4, 5)):
        raise ValueError("is no fifth, 1 to 5")
    return value  # type: ignore[no-any-return]
