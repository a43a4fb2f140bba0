"""What the measures of a customer have to say, worked out from the bare list of what was said, straight and slow.

Nothing of shopkeeper is used here. An interaction is whatever has subject, message_id, type, name, at, source, trusted,
properties and context. Instants are text here, and sorted as such.
"""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

ABOUT_ORDERS = ("Order Completed", "Order Updated", "Order Refunded", "Order Cancelled")
TAIL, TILES = 24, 400  # So many of the newest instants and days are kept.
SMALLEST = {"USD": 100, "EUR": 100, "JPY": 1, "XXX": 100}


def expected(told, zone="UTC"):
    """By name of event: how often, the first, the newest TAIL, per currency how many and how much, how many without an
    amount, and the newest TILES days. Each key once; an order counts once."""
    happened, counted = defaultdict(list), what_counts(told)
    for each in counted:
        if each.type == "page":
            happened["Page Viewed"].append(each.at)
        elif each.name != "Order Completed":
            happened[each.name].append(each.at)
    found = {name: summary([(at, None) for at in instants]) for name, instants in happened.items()}
    completed = [state for facts in orders(counted).values() if (state := order(facts))]
    if completed:
        found["Order Completed"] = summary(completed, zone)
    return found


def expected_of(told, event, holds, what="", zone=None):
    """Of those that `holds` picks by their properties, with the sum of the property `what`; days if a zone is given."""
    counted, happened = what_counts(told), []
    if event == "Order Completed":
        for facts in orders(counted).values():
            said, state = properties(facts), order(facts)
            if state and holds(said):
                price = state[1] if what == "total" else plain(said, what)
                happened.append((state[0], price if what else None))
    else:
        kept = [each for each in counted if each.type == "track" and each.name == event and holds(each.properties)]
        happened = [(each.at, plain(each.properties, what) if what else None) for each in kept]
    return summary(happened, zone)


def newest_of(told, event, holds, what):
    """Of those that `holds` picks, what the newest said; of two of one instant that one whose id ends highest."""
    kept = [each for each in what_counts(told) if each.type == "track" and each.name == event]
    newest = max((each for each in kept if holds(each.properties)), key=lambda each: (each.at, each.message_id[-12:]))
    return newest.properties[what]


def plain(said, what):
    """A number under the currency it comes with, else under none, in hundredths; () where it is no number."""
    currency = currency_in(said) or "XXX"
    try:
        return currency, units(Decimal(str(said.get(what))), currency)
    except ArithmeticError:
        return ()


def properties(facts):
    """Of each the latest that a completion or an update states."""
    told = sorted(facts, key=lambda each: (each.at, each.received_at, each.subject, each.message_id))
    merged = {}
    for each in told:
        if each.name in ("Order Completed", "Order Updated"):
            merged |= {name: value for name, value in each.properties.items() if value is not None}
    return merged


def what_counts(told):
    told = list({(each.subject, each.message_id): each for each in told}.values())
    gone = retracted(told)
    return [each for each in told if (each.subject, each.message_id) not in gone and is_counted(each)]


def retracted(told):
    keys = set()
    for each in told:
        if each.type == "track" and each.name == "Interaction Retracted" and each.trusted:
            target, subject = each.properties.get("message_id"), each.properties.get("subject", each.subject)
            if isinstance(target, str) and target and subject == each.subject and target != each.message_id:
                keys.add((each.subject, target))
    return keys


def is_counted(each):
    if each.type == "page":
        return each.context.get("device_class") != "machine"
    if each.type != "track" or not each.name or each.name == "Interaction Retracted":
        return False
    if each.subject.startswith("customer:") and each.message_id.startswith("merge/"):
        return False
    if each.source == "tracking" and each.properties.get("class") == "machine":
        return False
    return each.trusted or each.name not in ABOUT_ORDERS


def orders(counted):
    """By order: what was said of it. What names no order is one of its own if it completes one, else about nothing."""
    found = defaultdict(list)
    for each in counted:
        if each.name in ABOUT_ORDERS:
            named = each.properties.get("order_id")
            if named is not None:
                found["id", str(named)].append(each)
            elif each.name == "Order Completed":
                found["key", each.subject, each.message_id].append(each)
    return found


def order(facts):
    """When it counts from, and (currency, minor units) or () if unpriced; None if it does not count."""
    facts = sorted(facts, key=lambda each: (each.at, each.received_at, each.subject, each.message_id))
    stands, since, amount, currency = False, None, None, None
    for each in facts:
        if each.name == "Order Completed":
            since = since or each.at
        if each.name in ("Order Completed", "Order Updated"):
            amount = money_in(each.properties) if money_in(each.properties) is not None else amount
            currency = currency_in(each.properties) or currency
    last_of = {name: max((each.at for each in facts if each.name == name), default="") for name in ABOUT_ORDERS}
    stands = since and last_of["Order Completed"] > last_of["Order Cancelled"]
    if not stands:
        return None
    if amount is None or currency is None:
        return since, ()
    whole = units(amount, currency)
    back = 0
    for each in facts:
        if each.name == "Order Refunded" and currency_in(each.properties) in (None, currency):
            stated = money_in(each.properties)
            back += whole if stated is None else abs(units(stated, currency))
    return since, (currency, max(0, whole - back) if whole >= 0 else whole)


def money_in(said):
    for name in ("total", "revenue", "value"):
        if said.get(name) is not None:
            try:
                return Decimal(str(said[name]))
            except ArithmeticError:
                return None
    return None


def currency_in(said):
    text = str(said.get("currency") or "").upper()
    return text if text in SMALLEST else None


def units(amount, currency):
    return int((amount * SMALLEST[currency]).to_integral_value())


def summary(happened, zone=None):
    """`happened` holds instants, each with its price: () if it should have had one, None if not."""
    instants = sorted((at for at, _ in happened), reverse=True)
    sums, unpriced, days = defaultdict(list), 0, defaultdict(list)
    for at, price in happened:
        if zone:
            days[day(at, zone)].append(price)
        unpriced += price == ()
        if price:
            sums[price[0]].append(price[1])
    newest = sorted(days, reverse=True)[:TILES]
    return {
        "count": len(instants),
        "first": instants[-1] if instants else "1970-01-01T00:00:00.000Z",
        "tail": instants[:TAIL],
        "totals": {currency: (len(each), sum(each)) for currency, each in sums.items()},
        "unpriced": unpriced,
        "days": {day: (len(days[day]), totals(days[day])) for day in newest},
    }


def totals(prices):
    summed = defaultdict(int)
    for price in prices:
        if price:
            summed[price[0]] += price[1]
    return {currency: units for currency, units in summed.items() if units}


def day(at, zone):
    return (datetime.fromisoformat(at).astimezone(ZoneInfo(zone)).date() - date(1970, 1, 1)).days
