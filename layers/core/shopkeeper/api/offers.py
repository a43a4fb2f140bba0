"""Offers: what they say, their codes, and who was granted one."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints, model_validator
from typing_extensions import TypedDict

from shopkeeper.api import customers, roles
from shopkeeper.api.calls import Call, found
from shopkeeper.api.launches import Instant
from shopkeeper.api.versions import Kind, Made, missing
from shopkeeper.aws.definitions import Version
from shopkeeper.customer.requests import Id, InWords, Strict, Text
from shopkeeper.mail import offers
from shopkeeper.mail.offers import Grant

MOST_AT_ONCE = 500
MOST_IN_STOCK = 100_000_000
_A_CODE = InWords("is a code of up to 64 characters without spaces")
Code = Annotated[str, StringConstraints(pattern=r"^[^\s/#]{1,64}$"), _A_CODE]


Currency = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$"), InWords("is three capitals, such as EUR")]


class Valid(Strict):
    """From an instant on, and until another, when it is over; or for so many `days` from when it is granted."""

    since: Annotated[Instant | None, Field(alias="from")] = None
    until: Instant | None = None
    days: Annotated[int, Field(ge=1, le=3650)] | None = None

    @model_validator(mode="after")
    def _one_end(self) -> "Valid":
        if self.until and self.days:
            raise ValueError("ends at an instant or after so many days")
        return self


class Offer(Strict):
    """`value` is what a letter says of it, such as "10 % off"; beside it a `percent`, or an `amount` in minor units of
    a `currency`, for templates that reckon with it. It has one `code` for all, or with `pool` one for each customer it
    is granted to, of those that are loaded; or none. It is granted as often as `stock` says, or as there are codes. Who
    is granted it is not written to any more with an offer that it `supersedes`."""

    name: Text | None = None
    value: Text
    percent: Annotated[float, Field(gt=0, le=100)] | None = None
    amount: Annotated[int, Field(ge=1, le=10**12)] | None = None
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$"), InWords("is three capitals, e.g. EUR")] | None = (
        None
    )
    code: Code | None = None
    pool: bool | None = None
    valid: Valid | None = None
    stock: Annotated[int, Field(ge=1, le=MOST_IN_STOCK)] | None = None
    supersedes: Annotated[tuple[Id, ...], Field(max_length=20)] | None = None


class Counts(TypedDict):
    """`left` is null where there is no end of it. `codes` are those that were loaded in all."""

    granted: int
    redeemed: int
    left: int | None
    codes: int


class Codes(Strict):
    codes: Annotated[tuple[Code, ...], Field(min_length=1, max_length=MOST_AT_ONCE)]


class Loaded(TypedDict):
    """Those that were there already are left as they are, whether or not they have been granted."""

    added: int
    already: int


class GrantView(TypedDict):
    """`offer` is `<id>#<version>`. What was redeemed without having been granted has no `granted_at`."""

    offer: str
    activity: str
    occurrence: str
    code: str | None
    granted_at: str | None
    valid_until: str | None
    redeemed_at: str | None
    order: str | None


class Grants(TypedDict):
    items: list[GrantView]


def _faults(call: Call, wanted: Offer) -> Iterator[tuple[str, str]]:
    if wanted.code and wanted.pool:
        yield "pool", "is for codes of which each is given once, and there is one for all"
    if wanted.pool and wanted.stock:
        yield "stock", "is as many as there are codes"
    if bool(wanted.amount) != bool(wanted.currency):
        yield "currency", "and amount are said together"
    if wanted.code and (owner := call.aws.offers.owner(wanted.code)) not in ("", call.path["id"]):
        yield "code", f"is one of offer {owner}"
    for place, each in enumerate(wanted.supersedes or ()):
        yield from missing(call, "offer", each, f"supersedes.{place}")


def _make(call: Call, wanted: Offer, offer_id: str, _: int) -> Made:
    return Made(also=[call.aws.offers.claim(offer_id, wanted.code)] if wanted.code else ())


def _more(call: Call, version: Version) -> Mapping[str, Any]:
    said = offers.read(version.content)
    counts = call.aws.offers.counts(version.id)
    most = counts["codes"] if said.pool else said.stock
    left = max(most - counts["granted"], 0) if said.pool or said.stock else None
    return {"counts": Counts(granted=counts["granted"], redeemed=counts["redeemed"], left=left, codes=counts["codes"])}


KIND = Kind("offer", "offers", Offer, check=_faults, make=_make, more=_more, shape={"counts": Counts})
room = KIND.room("What customers are granted, each once.")


def _code_faults(call: Call, wanted: Codes) -> Iterator[tuple[str, str]]:
    for place, code in enumerate(wanted.codes):
        if (owner := call.aws.offers.owner(code)) not in ("", call.path["id"]):
            yield f"codes.{place}", f"is one of offer {owner}"


@room.post("/v1/offers/{id}/codes", groups=(roles.MARKETER, roles.ADMIN), check=_code_faults)
def load_codes(call: Call, wanted: Codes) -> Loaded:
    """Load codes into the pool of an offer: each is granted to one customer."""
    found(call.aws.definitions.number("offer", call.path["id"]) or None, "offer")
    added = call.aws.offers.load(call.path["id"], wanted.codes)
    return {"added": added, "already": len(wanted.codes) - added}


@room.get("/v1/customers/{customer}/grants", groups=roles.GROUPS)
def read_grants(call: Call) -> Grants:
    """All that a customer was granted and has redeemed, by offer."""
    family = customers.by_name(call, call.path["customer"]).family
    return {"items": [_shown(each) for each in sorted(call.aws.offers.of(family), key=lambda its: its.key)]}


def _shown(grant: Grant) -> GrantView:
    return {
        "offer": grant.name,
        "activity": grant.activity,
        "occurrence": grant.occurrence,
        "code": grant.code or None,
        "granted_at": grant.granted_at or None,
        "valid_until": grant.valid_until or None,
        "redeemed_at": grant.redeemed_at or None,
        "order": grant.order or None,
    }
