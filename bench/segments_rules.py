"""Twenty segments of a shop, of about five conditions each, as a marketer's builder writes them."""

ORDERED, VIEWED, ADDED = "Order Completed", "Product Viewed", "Product Added"
CLICKED, OPENED, CHECKOUT, PAGE = "Email Link Clicked", "Email Opened", "Checkout Started", "Page Viewed"
HOUR, DAY = 3600, 86_400


def _all(*of):
    return {"op": "all", "of": list(of)}


def _any(*of):
    return {"op": "any", "of": list(of)}


def _no(rule):
    return {"op": "not", "rule": rule}


def _few(k, *of):
    return {"op": "at_least", "k": k, "of": list(of)}


def _count(event, cmp, n, window):
    return {"op": "count", "measure": {"event": event}, "window": window, "cmp": cmp, "n": n}


def _spent(cmp, x, window):
    asked = {"op": "total", "measure": {"event": ORDERED}, "currency": "EUR", "fn": "sum"}
    return asked | {"window": window, "cmp": cmp, "x": x}


def _trait(path, cmp, *values):
    asked = {"op": "trait", "path": path, "cmp": cmp}
    return asked | ({"values": list(values)} if cmp in ("in", "not_in") else {"value": values[0]} if values else {})


def _lately(days):
    return {"rolling": {"seconds": days * DAY}}


def _days(n):
    return {"days": {"n": n}}


def _date(path, cmp, **ref):
    return {"op": "date", "path": path, "cmp": cmp, "ref": ref}


def _on(name):
    return {"op": "in_list", "id": name}


def _said(topic, is_="in"):
    return {"op": "consent", "topic": topic, "is": is_}


def _cart(hours):
    return {
        "op": "abandoned",
        "did": {"event": ADDED},
        "without": {"event": ORDERED},
        "grace": {"seconds": hours * HOUR},
    }


def _born(days):
    return {"op": "anniversary", "path": "birthday", "within_days": days}


def _place(*countries):
    return {"op": "place", "country": list(countries)}


def _rfm(dim, cmp, value):
    return {"op": "rfm", "dim": dim, "cmp": cmp, "value": value}


_STAFF, _EVER = _on("staff"), "ever"
_SUBSCRIBED = {"op": "trait", "path": "newsletter", "cmp": "eq", "value": True}

SEGMENTS = {
    "vip": _all(
        _count(ORDERED, "ge", 5, _EVER),
        _spent("ge", "300.00", _days(365)),
        _trait("plan", "in", "gold", "platinum"),
        _said("newsletter"),
        _no(_STAFF),
    ),
    "lapsed": _all(
        _count(ORDERED, "ge", 1, _EVER),
        _no(_count(ORDERED, "ge", 1, _lately(90))),
        _count(PAGE, "le", 2, _lately(30)),
        _no(_STAFF),
        _said("offers"),
    ),
    "regulars": _all(
        _count(ORDERED, "ge", 3, _lately(60)),
        _spent("ge", "100", _days(180)),
        _any(_trait("plan", "eq", "gold"), _rfm("f", "ge", 4)),
        _no(_STAFF),
    ),
    "abandoners": _all(
        _cart(1),
        _count(ADDED, "ge", 1, _lately(7)),
        _no(_count(ORDERED, "ge", 1, _days(3))),
        _any(_said("offers"), _SUBSCRIBED),
        _no(_STAFF),
    ),
    "window shoppers": _all(
        _count(VIEWED, "ge", 5, _lately(30)),
        _count(ORDERED, "le", 0, _lately(30)),
        _count(CHECKOUT, "eq", 0, _days(30)),
        _trait("visits", "ge", 10),
        _no(_said("offers", "out")),
    ),
    "newcomers": _all(
        {"op": "first", "measure": {"event": PAGE}, "window": _lately(30)},
        _count(ORDERED, "le", 1, _EVER),
        _trait("email", "exists"),
        _place("DE", "FR"),
        _no(_STAFF),
    ),
    "birthday soon": _all(
        _born(7),
        _date("birthday", "before", today={"years": -18}),
        _said("newsletter"),
        _any(_count(ORDERED, "ge", 1, _days(365)), _count(OPENED, "ge", 3, _lately(90))),
        _no(_STAFF),
    ),
    "renewals": _all(
        _date("renewal", "after", now=0),
        _date("renewal", "before", today={"days": 30}),
        _trait("plan", "ne", "free"),
        _no(_count(CLICKED, "ge", 1, _lately(14))),
        _no(_STAFF),
    ),
    "engaged": _few(
        3,
        _count(OPENED, "ge", 2, _lately(30)),
        _count(CLICKED, "ge", 1, _lately(30)),
        _count(PAGE, "ge", 3, _lately(14)),
        _count(ORDERED, "ge", 1, _days(30)),
        _SUBSCRIBED,
    ),
    "silent": _all(
        _count(OPENED, "le", 0, _lately(180)),
        _count(PAGE, "le", 0, _lately(90)),
        _count(ORDERED, "eq", 0, _days(90)),
        _no(_trait("plan", "eq", "platinum")),
        _any(_said("newsletter"), _said("offers")),
    ),
    "big spenders": _any(
        _all(_spent("ge", "500", _days(365)), _rfm("m", "ge", 4)),
        _all(_spent("ge", "200", {"months": {"n": 3}}), _count(ORDERED, "ge", 2, {"months": {"n": 3}})),
        _spent("ge", "1000", _EVER),
    ),
    "germans": _all(
        _place("DE"),
        _trait("address.city", "in", "Ulm", "Berlin", "Köln"),
        _trait("language", "starts", "de"),
        _count(VIEWED, "ge", 1, _days(60)),
        _no(_STAFF),
    ),
    "music lovers": _all(
        _trait("interests", "in", "jazz", "soul"),
        _trait("visits", "gt", 5),
        _count(VIEWED, "ge", 3, _lately(60)),
        _no(_said("newsletter", "out")),
        {"op": "bucket", "salt": "music", "from_bp": 0, "to_bp": 5000},
    ),
    "this month": _all(
        _count(ORDERED, "ge", 1, {"calendar": "this_month"}),
        _spent("ge", "50", {"calendar": "this_month"}),
        _no(_count(CLICKED, "ge", 1, {"calendar": "this_month"})),
        _any(_on("vip"), _trait("plan", "ne", "free")),
    ),
    "came back": _all(
        _count(ORDERED, "ge", 1, {"calendar": "last_month"}),
        _count(ORDERED, "ge", 1, _lately(7)),
        _count(VIEWED, "ge", 2, _lately(7)),
        _no(_STAFF),
        _said("offers"),
    ),
    "quick buyers": _all(
        {
            "op": "sequence",
            "a": {"event": VIEWED},
            "b": {"event": ORDERED},
            "within": {"seconds": 3 * DAY},
            "window": _lately(90),
        },
        _count(CHECKOUT, "ge", 1, _lately(90)),
        _trait("email", "ends", "@example.com"),
        _spent("lt", "400", _days(90)),
        _no(_STAFF),
    ),
    "monthly": _all(
        {"op": "regular", "measure": {"event": ORDERED}, "at_least": 2, "of_last": 4, "unit": "months"},
        _spent("ge", "60", {"weeks": {"n": 12}}),
        _any(_place("US"), _place("JP"), _rfm("r", "ge", 4)),
        _no(_count(CHECKOUT, "ge", 3, _lately(14))),
    ),
    "carts and offers": _all(
        _any(_cart(24), _count(CHECKOUT, "ge", 1, _lately(3))),
        _no(_count(ORDERED, "ge", 1, _lately(3))),
        _said("offers"),
        _trait("plan", "not_in", "free", "silver"),
        _count(OPENED, "ge", 1, _lately(60)),
    ),
    "autumn sale": _all(
        _count(ORDERED, "ge", 1, {"between": {"from": "2025-09-01", "to": "2025-12-01"}}),
        _no(_count(ORDERED, "ge", 1, {"between": {"from": "2026-09-01"}})),
        _spent("ge", "40", {"between": {"from": "2025-09-01", "to": "2025-12-01"}}),
        _trait("newsletter", "exists"),
        _no(_STAFF),
    ),
    "good friends": _few(
        2,
        _on("vip"),
        _all(_count(ORDERED, "ge", 4, _days(365)), _spent("ge", "250", _days(365))),
        _all(_rfm("r", "ge", 4), _rfm("f", "ge", 4), _trait("plan", "in", "gold", "platinum")),
        _all(_count(CLICKED, "ge", 2, _lately(180)), _count(OPENED, "ge", 4, _lately(180))),
    ),
}
