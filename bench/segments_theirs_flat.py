"""The same with boto3 for rules over facts that stand in a profile: an item without tails and days, and an interpreter
that says who is in, stops where a group is settled, and knows nothing of instants at which that changes."""

from functools import lru_cache

from bench import segments_theirs as theirs
from bench.segments_theirs_days import compare
from bench.segments_theirs_known import folded


def laid_out(customer):
    events = {name: _event(each) for name, each in customer.measures.items()}
    return theirs.laid_out(customer) | {"events": events}


def _event(each):
    kept = {"count": each.count, "first": each.first, "last": each.last}
    return kept | ({"totals": dict(each.totals)} if each.totals else {})


def evaluate(rules, customer, now, _zone):
    """Which of them hold, as bits."""
    bits = 0
    for place, rule in enumerate(rules):
        if holds(rule, customer, now):
            bits |= 1 << place
    return bits


def holds(rule, customer, now):
    op = rule["op"]
    if op == "all":
        return all(holds(each, customer, now) for each in rule["of"])
    if op == "any":
        return any(holds(each, customer, now) for each in rule["of"])
    if op == "not":
        return not holds(rule["rule"], customer, now)
    return LEAVES[op](rule, customer, now)


def trait(rule, customer, _now):
    cmp, said = rule["cmp"], customer["traits"]
    for name in rule["path"].split("."):
        said = said.get(name) if said else None
    if cmp == "exists":
        return said not in (None, "")
    if cmp in ("ne", "not_in"):
        return not one_of(said, rule["values"] if cmp == "not_in" else [rule["value"]])
    if cmp in ("eq", "in"):
        return one_of(said, rule["values"] if cmp == "in" else [rule["value"]])
    return said is not None and compare(cmp, said, rule["value"])


def one_of(said, wanted):
    if isinstance(said, list):
        return any(one_of(each, wanted) for each in said)
    if isinstance(said, str):
        return any(folded(said) == folded(each) for each in wanted)
    return said in wanted


def count(rule, customer, now):
    found = customer["events"].get(rule["measure"]["event"])
    if rule["window"] == "ever":
        return compare(rule["cmp"], found["count"] if found else 0, rule["n"])
    return bool(found) and now - rule["window"]["rolling"]["seconds"] * 1000 < found["last"]


def total(rule, customer, _now):
    found = customer["events"].get(rule["measure"]["event"])
    units = found["totals"].get(rule["currency"], 0) if found else 0
    return compare(rule["cmp"], units, minor_units(rule["x"]))


@lru_cache
def minor_units(x):
    return round(float(x) * 100)


def consent(rule, customer, _now):
    said = customer["consents"]
    if "*" in said and said["*"]["is"] == "out":
        return rule["is"] == "out"
    own = said.get(rule["topic"])
    return own is not None and own["is"] == rule["is"]


def in_list(rule, customer, _now):
    stay = customer["lists"].get(rule["id"])
    return stay is not None and stay["is_on"]


LEAVES = {"consent": consent, "count": count, "in_list": in_list, "total": total, "trait": trait}
