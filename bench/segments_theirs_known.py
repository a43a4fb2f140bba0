"""The interpreter's leaves about what is known of a customer: traits, dates, consents, lists, places, scores."""

import hashlib
import unicodedata
from datetime import date, datetime
from functools import lru_cache
from math import inf
from zoneinfo import ZoneInfo

from bench.segments_theirs_days import compare, day_of, start


@lru_cache(maxsize=65_536)
def folded(text):
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).strip().casefold())


def values(said, names):
    """All that stands at the end of the way; what is blank is no value."""
    if isinstance(said, list):
        return [found for each in said for found in values(each, names)]
    if names:
        return values(said[names[0]], names[1:]) if isinstance(said, dict) and names[0] in said else []
    if isinstance(said, str):
        said = folded(said)
    return [] if said in ("", None) else [said]


def trait(rule, customer, _now, _zone):
    found = values(customer["traits"], rule["path"].split("."))
    return fits(rule["cmp"], found, rule), inf


def fits(cmp, found, rule):
    if cmp == "exists":
        return bool(found)
    if cmp in ("ne", "not_in"):
        return not fits({"ne": "eq", "not_in": "in"}[cmp], found, rule)
    wanted = rule["values"] if cmp == "in" else [rule["value"]]
    return any(fit(cmp, each, folded(one) if isinstance(one, str) else one) for each in found for one in wanted)


def fit(cmp, value, wanted):
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    if isinstance(value, str) != isinstance(wanted, str):
        return False
    if cmp == "contains":
        return wanted in value
    if cmp == "starts":
        return value.startswith(wanted)
    if cmp == "ends":
        return value.endswith(wanted)
    return compare("eq" if cmp == "in" else cmp, value, wanted)


def own_zone(customer, workspace):
    said = [customer["traits"].get(name) for name in ("timezone", "timeZone", "time_zone")]
    said.append(customer["seen"].get("zone", {}).get("value"))
    return next((ZoneInfo(name) for name in said if name), workspace)


@lru_cache(maxsize=65_536)
def parsed(text):
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return None


def dated(rule, customer, now, zone):
    own, ref, cmp = own_zone(customer, zone), rule["ref"], rule["cmp"]
    said = parsed(customer["traits"].get(rule["path"], ""))
    if said is None:
        return False, inf
    if "now" in ref:
        return with_now(cmp, ref["now"] * 1000, said, own, now)
    return with_day(cmp, (ref["today"].get("years", 0), ref["today"].get("days", 0)), said, own, now)


def with_now(cmp, ahead, said, zone, now):
    at = int(said.timestamp() * 1000) if isinstance(said, datetime) else start(said.toordinal(), zone)
    if cmp == "before":
        return at < now + ahead, inf if at < now + ahead else at - ahead + 1
    return at > now + ahead, at - ahead if at > now + ahead else inf


def with_day(cmp, by, said, zone, now):
    """`before` and `after` a day so far from today."""
    day = said.astimezone(zone).toordinal() if isinstance(said, datetime) else said.toordinal()
    today = day_of(now, zone)
    is_past = day < shifted(today, *by) if cmp == "before" else day <= shifted(today, *by)
    if is_past:
        return cmp == "before", inf
    early, late = today, today + (day - shifted(today, *by)) + 800
    while late - early > 1:
        middle = (early + late) // 2
        passed = day < shifted(middle, *by) if cmp == "before" else day <= shifted(middle, *by)
        early, late = (early, middle) if passed else (middle, late)
    return cmp == "after", start(late, zone)


@lru_cache(maxsize=65_536)
def shifted(day, years, days):
    its = date.fromordinal(day)
    year = its.year + years
    try:
        return its.replace(year=year).toordinal() + days
    except ValueError:
        return its.replace(year=year, day=28).toordinal() + days


def anniversary(rule, customer, now, zone):
    said = parsed(customer["traits"].get(rule["path"], ""))
    if said is None:
        return False, inf
    own = own_zone(customer, zone)
    today, day = day_of(now, own), said.toordinal()
    this_year = date.fromordinal(today).year - date.fromordinal(day).year
    coming = next(its for its in (shifted(day, this_year + n, 0) for n in range(2)) if its >= today)
    if coming - today <= rule["within_days"]:
        return True, start(coming + 1, own)
    return False, start(coming - rule["within_days"], own)


def consent(rule, customer, _now, _zone):
    said = customer["consents"]
    if said.get("*", {}).get("is") == "out":
        return rule["is"] == "out", inf
    return said.get(rule["topic"], {}).get("is") == rule["is"], inf


def in_list(rule, customer, _now, _zone):
    return customer["lists"].get(rule["id"], {}).get("is_on", False), inf


def place(rule, customer, _now, _zone):
    traits, seen = customer["traits"], customer["seen"].get("country")
    found = values(traits, ("address", "country")) + values(traits, ("country",))
    found = found or (values(seen["value"], ()) if seen else [])
    return fits("in", found, {"values": rule["country"]}), inf


def rfm(rule, customer, _now, _zone):
    scores = customer["scores"]
    return bool(scores) and compare(rule["cmp"], scores[rule["dim"]], rule["value"]), inf


def bucket(rule, customer, _now, _zone):
    drawn = hashlib.sha256(f"{rule['salt']}:{customer['customer_id']}".encode()).digest()
    return rule["from_bp"] <= int.from_bytes(drawn[:8], "big") % 10_000 < rule["to_bp"], inf
