"""A look at a rule before it is kept: for how many it holds, for whom, and what it costs."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from typing_extensions import TypedDict

from shopkeeper import zones
from shopkeeper.api import masking, segment_rules, untold
from shopkeeper.api.calls import Call
from shopkeeper.api.roles import ADMIN, MARKETER
from shopkeeper.api.segment_explain import room
from shopkeeper.api.segment_rules import Kept
from shopkeeper.api.untold import FieldWarning
from shopkeeper.clock import Clock
from shopkeeper.consent.pages import masked
from shopkeeper.customer.document import Customer
from shopkeeper.customer.instants import ms_of
from shopkeeper.customer.requests import Strict
from shopkeeper.segment import preview, references
from shopkeeper.segment.estimates import Size
from shopkeeper.segment.explaining import Explainer
from shopkeeper.segment.preview import Price
from shopkeeper.segment.said import Said

__all__ = ["room"]
LOOKS_FOR = timedelta(seconds=12)
"""What is begun then is still ended: the gateway waits for half a minute."""
_NAMES = (("first_name", "last_name"), ("firstName", "lastName"), ("name",))


class ToPreview(Strict):
    rule: Said


class Sampled(TypedDict):
    """`name` and `email` are masked, and empty where they are not known. `why` is one line, masked as well."""

    customer_id: str
    name: str
    email: str
    why: str


class Preview(TypedDict):
    """Nothing of it can be told while there are `uncounted` measures that the rule takes. `warnings` are of events that
    nobody ever told."""

    size: Size | None
    sample: list[Sampled]
    price: Price | None
    uncounted: list[str]
    warnings: list[FieldWarning]


@room.post("/v1/segments/preview", groups=(MARKETER, ADMIN))
def preview_rule(call: Call, wanted: ToPreview) -> Preview:
    """Look for how many customers a rule holds, see some of them, and what it would cost to keep it true.

    The rule is checked as at publishing; nothing is kept of it. Where there is no time to ask all customers, those of
    slices that are drawn at random stand for all.
    """
    kept = Kept(call)
    rule = segment_rules.checked(call, wanted.rule, kept)
    warnings = untold.warnings(call, {"rule": wanted.rule})
    missing = list(segment_rules.uncounted(call, references.inlined(rule, kept.look)))
    if missing:
        return {"size": None, "sample": [], "price": None, "uncounted": missing, "warnings": warnings}
    explainer, now = Explainer(rule, kept.look, zones.zone(call.aws.zone)), ms_of(call.now)
    draw = Random(call.request_id)  # noqa: S311 - a sample, no secret.
    looked = preview.look(call.aws.customers, explainer, now, draw, _spent(call))
    sample = [_sampled(explainer, each, now) for each in looked.sample]
    return {"size": looked.size, "sample": sample, "price": looked.price, "uncounted": [], "warnings": warnings}


def _spent(call: Call) -> Callable[[], bool]:
    now = Clock().now
    return lambda: not call.now <= now() < call.now + LOOKS_FOR


def _sampled(explainer: Explainer, customer: Customer, now: int) -> Sampled:
    addresses = (each.removeprefix("email:") for each in sorted(customer.document.identities) if each[:6] == "email:")
    return {
        "customer_id": customer.customer_id,
        "name": _name(customer.document.traits),
        "email": masked(next(addresses, "")),
        "why": explainer.line(customer, now, masking.value),
    }


def _name(traits: dict[str, Any]) -> str:
    """J••• D•••"""
    told = ([traits.get(each) for each in names] for names in _NAMES)
    parts = next((found for names in told if (found := [each for each in names if isinstance(each, str) and each])), [])
    return " ".join(masking.word(each.strip()) for each in parts if each.strip())
