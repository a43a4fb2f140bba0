"""The interpreter's leaves about what happened, over a customer's `events`."""

from math import inf

from bench.segments_theirs_days import EPOCH, bounds, compare, day_of, first_of, period_of, start, stay, stay_of_day


def event(rule, customer, of="measure"):
    return customer["events"].get(rule[of]["event"])


def count(rule, customer, now, zone):
    found, window, cmp, n = event(rule, customer), rule["window"], rule["cmp"], rule["n"]
    if window == "ever":
        return compare(cmp, found["count"] if found else 0, n), inf
    if "last_month" in window.values() or "to" in window.get("between", {}):
        return by_days(rule, found, now, zone, lambda tile: tile["count"], n)
    if not found:
        return compare(cmp, 0, n), inf
    low, high = bounds(window, now, zone)
    coming = min((stay(window, at, zone)[0] for at in found["tail"] if at >= high), default=inf)
    within = [at for at in found["tail"] if low <= at < high]
    for edge in {"ge": (n,), "le": (n + 1,), "eq": (n + 1, n)}[cmp]:
        if 0 < edge <= len(within):
            return compare(cmp, len(within), n), min(coming, stay(window, within[edge - 1], zone)[1])
    return compare(cmp, len(within), n), coming


def total(rule, customer, now, zone):
    found, currency, bound = event(rule, customer), rule["currency"], round(float(rule["x"]) * 100)
    if rule["window"] == "ever":
        return compare(rule["cmp"], found["totals"].get(currency, 0) if found else 0, bound), inf
    return by_days(rule, found, now, zone, lambda tile: tile.get(currency, 0), bound)


def by_days(rule, found, now, zone, weigh, bound):
    steps, value = [], 0
    for day, tile in found.get("days", {}).items() if found else ():
        enter, leave = stay_of_day(rule["window"], int(day) + EPOCH, zone)
        if leave > now and enter != leave:
            if enter <= now:
                value += weigh(tile)
            else:
                steps.append((enter, weigh(tile)))
            steps.append((leave, -weigh(tile)))
    truth = compare(rule["cmp"], value, bound)
    by_instant = {}
    for at, weight in steps:
        by_instant[at] = by_instant.get(at, 0) + weight
    for at in sorted(by_instant):
        value += by_instant[at]
        if compare(rule["cmp"], value, bound) != truth:
            return truth, at
    return truth, inf


def stays(found, now):
    """Whether one of these lasts now, and until when; else when the first of them begins."""
    lasting = [leave for enter, leave in found if enter <= now < leave]
    if lasting:
        return True, max(lasting)
    return False, min((enter for enter, _ in found if enter > now), default=inf)


def first(rule, customer, now, zone):
    found = event(rule, customer)
    return stays([stay(rule["window"], found["first"], zone)] if found else [], now)


def newest(found):
    return found["tail"] if found else []


def sequence(rule, customer, now, zone):
    before, after = (newest(event(rule, customer, of))[:16] for of in "ab")
    within = rule["within"]["seconds"] * 1000
    followers = [at for at in after if any(each < at < each + within for each in before)]
    found = ((at, stay(rule["window"], at, zone)) for at in followers)
    return stays([(max(at, enter), leave) for at, (enter, leave) in found], now)


def abandoned(rule, customer, now, _zone):
    did, without = newest(event(rule, customer, "did")), newest(event(rule, customer, "without"))
    coming = min((at for at in [*did, *without] if at > now), default=inf)
    last = next((at for at in did if at <= now), None)
    if last is None or any(last <= at <= now for at in without):
        return False, coming
    due = last + rule["grace"]["seconds"] * 1000
    return due <= now, coming if due <= now else min(coming, due)


def regular(rule, customer, now, zone):
    found, unit = event(rule, customer), rule["unit"]
    today = period_of(day_of(now, zone), unit)
    active = {period_of(int(day) + EPOCH, unit) for day in (found or {}).get("days", ())}
    truth = sum(today - ago in active for ago in range(rule["of_last"])) >= rule["at_least"]
    for ahead in range(1, rule["of_last"] + 1):
        later = sum(today + ahead - ago in active for ago in range(rule["of_last"])) >= rule["at_least"]
        if later != truth:
            return truth, start(first_of(today + ahead, unit), zone)
    return truth, inf
