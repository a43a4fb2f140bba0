"""How a marketer's builder writes conditions."""

ORDERED, VIEWED, ADDED = "Order Completed", "Product Viewed", "Product Added"
CLICKED, OPENED, CHECKOUT, PAGE = "Email Link Clicked", "Email Opened", "Checkout Started", "Page Viewed"
HOUR, DAY = 3600, 86_400


def all_of(*of):
    return {"op": "all", "of": list(of)}


def any_of(*of):
    return {"op": "any", "of": list(of)}


def no(rule):
    return {"op": "not", "rule": rule}


def few(k, *of):
    return {"op": "at_least", "k": k, "of": list(of)}


def count(event, cmp, n, window):
    return {"op": "count", "measure": {"event": event}, "window": window, "cmp": cmp, "n": n}


def spent(cmp, x, window):
    asked = {"op": "total", "measure": {"event": ORDERED}, "currency": "EUR", "fn": "sum"}
    return asked | {"window": window, "cmp": cmp, "x": x}


def trait(path, cmp, *values):
    asked = {"op": "trait", "path": path, "cmp": cmp}
    return asked | ({"values": list(values)} if cmp in ("in", "not_in") else {"value": values[0]} if values else {})


def lately(days):
    return {"rolling": {"seconds": days * DAY}}


def days(n):
    return {"days": {"n": n}}


def date(path, cmp, **ref):
    return {"op": "date", "path": path, "cmp": cmp, "ref": ref}


def on_list(name):
    return {"op": "in_list", "id": name}


def said(topic, is_="in"):
    return {"op": "consent", "topic": topic, "is": is_}


def cart(hours):
    return {
        "op": "abandoned",
        "did": {"event": ADDED},
        "without": {"event": ORDERED},
        "grace": {"seconds": hours * HOUR},
    }


def born(days):
    return {"op": "anniversary", "path": "birthday", "within_days": days}


def place(*countries):
    return {"op": "place", "country": list(countries)}


def rfm(dim, cmp, value):
    return {"op": "rfm", "dim": dim, "cmp": cmp, "value": value}


STAFF, EVER = on_list("staff"), "ever"
SUBSCRIBED = {"op": "trait", "path": "newsletter", "cmp": "eq", "value": True}
