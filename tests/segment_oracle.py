"""The meaning of a rule, told once more without the evaluator: over the raw list of interactions, straight and slow.

Nothing of shopkeeper is used here. What counts as the same text is written out by hand.
"""

from decimal import Decimal

# Every text that a test uses, and how it compares.
FOLDED = {
    "Köln": "köln",
    "KO\u0308LN": "köln",
    "  köln ": "köln",
    "Straße": "strasse",
    "STRASSE": "strasse",
    "Bonn": "bonn",
    "bo": "bo",
    "öl": "öl",
    "SE": "se",
    "7": "7",
    "\u03b1\u0345\u0301": "\u03ac\u03b9",
    "\u1fb4": "\u03ac\u03b9",
}
BLANK = ("", "  ", None)


def holds(rule, told):
    """`rule` is JSON, `told` the interactions of one customer, each folded once."""
    match rule["op"]:
        case "all":
            return all(holds(each, told) for each in rule["of"])
        case "any":
            return any(holds(each, told) for each in rule["of"])
        case "not":
            return not holds(rule["rule"], told)
        case "count":
            return compared(rule["cmp"], len(events(told, rule["measure"]["event"])), rule["n"])
        case "total":
            return compared(rule["cmp"], spent(told, rule["currency"]), Decimal(str(rule["x"])))
        case "in_list":
            return is_on(told, rule["id"])
        case "trait":
            return trait_holds(rule, seen_at(latest(told, rule["path"].split(".")[0]), rule["path"].split(".")[1:]))


def events(told, name):
    return [each for each in told if each.type == "track" and each.name == name]


def spent(told, currency):
    orders = [each.properties for each in events(told, "Order Completed")]
    return sum(Decimal(str(each["total"])) for each in orders if each.get("currency") == currency)


def is_on(told, list_id):
    words = [each for each in told if each.properties.get("list") == list_id and each.trusted]
    words.sort(key=lambda each: (each.at, each.name == "List Left"))
    return bool(words) and words[-1].name == "List Entered"


def latest(told, name):
    said = [each for each in told if each.type == "identify" and each.traits.get(name) is not None]
    return max(said, key=lambda each: (each.at, each.message_id)).traits[name] if said else None


def seen_at(value, names):
    if isinstance(value, list):
        return [found for each in value for found in seen_at(each, names)]
    if names:
        return seen_at(value[names[0]], names[1:]) if isinstance(value, dict) and names[0] in value else []
    return [] if value in BLANK else [value]


def trait_holds(rule, values):
    cmp = rule["cmp"]
    if cmp == "exists":
        return len(values) > 0
    if cmp == "ne":
        return not trait_holds({"cmp": "eq", "value": rule["value"]}, values)
    if cmp == "not_in":
        return not trait_holds({"cmp": "in", "values": rule["values"]}, values)
    wanted = rule["values"] if cmp == "in" else [rule["value"]]
    return any(one_fits("eq" if cmp == "in" else cmp, value, each) for value in values for each in wanted)


def one_fits(cmp, value, wanted):
    if isinstance(value, str) and isinstance(wanted, str):
        value, wanted = FOLDED[value], FOLDED[wanted]
        if cmp in ("contains", "starts", "ends"):
            place = {"contains": value.find(wanted) >= 0, "starts": value[: len(wanted)] == wanted}
            return place.get(cmp, value[len(value) - len(wanted) :] == wanted if len(wanted) <= len(value) else False)
        return compared(cmp, value, wanted)
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    both_numbers = isinstance(value, int | float) and isinstance(wanted, int | float)
    return both_numbers and compared(cmp, value, wanted)


def compared(cmp, left, right):
    return {"ge": left >= right, "gt": left > right, "le": left <= right, "lt": left < right, "eq": left == right}[cmp]
