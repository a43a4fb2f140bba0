"""Rules for tests: short to write, complete as a marketer would write them."""

ORDERS = {"event": "Order Completed"}


def count(n, cmp="ge", event="Order Completed"):
    return {"op": "count", "measure": {"event": event}, "window": "ever", "cmp": cmp, "n": n}


def lately(n, seconds, cmp="ge", event="Order Completed"):
    return count(n, cmp, event) | {"window": {"rolling": {"seconds": seconds}}}


def total(x, cmp="ge", currency="USD"):
    orders = {"op": "total", "measure": ORDERS, "currency": currency, "fn": "sum", "window": "ever"}
    return orders | {"cmp": cmp, "x": x}


def trait(path, cmp, *values):
    asked = {"op": "trait", "path": path, "cmp": cmp}
    if cmp in ("in", "not_in"):
        return asked | {"values": list(values)}
    return asked | ({"value": values[0]} if values else {})


def in_list(list_id):
    return {"op": "in_list", "id": list_id}


def all_of(*rules):
    return {"op": "all", "of": list(rules)}


def any_of(*rules):
    return {"op": "any", "of": list(rules)}


def at_least(k, *rules):
    return {"op": "at_least", "of": list(rules), "k": k}


def negated(rule):
    return {"op": "not", "rule": rule}
