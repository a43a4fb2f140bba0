"""Where a customer stands in the decision to buy: the first phase whose rule holds.

Phases and their rules are data that a shop may change. Those it starts with follow the steps that the literature tells
apart, from not knowing the shop over looking and choosing to buying, buying again and staying away (Lavidge and
Steiner, 1961; Engel, Kollat and Blackwell, 1968). Their numbers are those of a shop whose customers buy a few times a
year.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, tzinfo
from typing import Any, NamedTuple

from shopkeeper.customer.document import Customer
from shopkeeper.segment import rule
from shopkeeper.segment.evaluate import Program, compile_rule

_DAY = 24 * 60 * 60


class Phase(NamedTuple):
    """`program` is None for everybody whom no phase before it fits."""

    id: str
    program: Program | None


def compiled(said: Sequence[Mapping[str, Any]], zone: tzinfo = UTC) -> tuple[Phase, ...]:
    """Of what is kept: `id` and `when`, where there is one, with all that it names. `zone` is that of the workspace."""
    return tuple(Phase(each["id"], _program(each.get("when"), zone)) for each in said)


def _program(when: Any, zone: tzinfo) -> Program | None:
    return compile_rule(rule.kept(json.dumps(when)), zone) if when else None


def phase_of(customer: Customer, now: int, phases: Sequence[Phase]) -> str:
    """The id of the first that fits, empty if none does. `now` is in milliseconds since 1970."""
    fitting = (each.id for each in phases if each.program is None or each.program.evaluate(customer, now).truth)
    return next(fitting, "")


def _did(event: str, n: int = 1, days: int = 0) -> dict[str, Any]:
    """At least `n` times, ever or within so many days until now."""
    window = {"rolling": {"seconds": days * _DAY}} if days else "ever"
    return {"op": "count", "measure": {"event": event}, "window": window, "cmp": "ge", "n": n}


def _any(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"op": "any", "of": list(rules)}


def _all(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"op": "all", "of": list(rules)}


def _not(its: dict[str, Any]) -> dict[str, Any]:
    return {"op": "not", "rule": its}


_ORDER = "Order Completed"
_CHOSEN = ("Product Added", "Cart Viewed", "Checkout Started", "Payment Info Entered", "Configuration Saved")
_LOOKED_INTO = ("Products Searched", "Product Added to Wishlist", "Configuration Updated", "Form Completed")
_NOTICED = ("Page Viewed", "Screen Viewed", "Product Viewed", "Email Opened", "Email Link Clicked")

DEFAULT: tuple[Mapping[str, Any], ...] = (
    {
        "id": "deciding",
        "name": "Has something in the cart, and has not ordered",
        "when": _all(_any(*(_did(each, days=7) for each in _CHOSEN)), _not(_did(_ORDER, days=7))),
    },
    {"id": "repeat", "name": "Buys again", "when": _all(_did(_ORDER, 2), _did(_ORDER, days=180))},
    {"id": "customer", "name": "Has bought for the first time", "when": _did(_ORDER, days=180)},
    {"id": "lapsing", "name": "Has not bought for half a year", "when": _did(_ORDER, days=365)},
    {"id": "lapsed", "name": "Has not bought for a year", "when": _did(_ORDER)},
    {
        "id": "considering",
        "name": "Looks into what there is",
        "when": _any(
            _did("Product Viewed", 2, days=30),
            _did("Page Viewed", 3, days=30),
            *(_did(each, days=30) for each in _LOOKED_INTO),
        ),
    },
    {"id": "aware", "name": "Has seen the shop or a letter", "when": _any(*(_did(each) for each in _NOTICED))},
    {"id": "unaware", "name": "Has not been seen yet"},
)
