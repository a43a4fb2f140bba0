"""The meaning of a rule, told once more without the evaluator: over the raw list of interactions, straight and slow.

Nothing of shopkeeper is used here. What counts as the same text is written out by hand.
"""

from decimal import Decimal

from tests import segment_letters as letters
from tests import segment_oracle_times as times

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


def holds(rule, told, now=0, zone="UTC"):
    """`rule` is JSON, `told` the interactions of one customer, each folded once; `zone` is the workspace's."""
    match rule["op"]:
        case "all":
            return all(holds(each, told, now, zone) for each in rule["of"])
        case "any":
            return any(holds(each, told, now, zone) for each in rule["of"])
        case "at_least":
            return sum(holds(each, told, now, zone) for each in rule["of"]) >= rule["k"]
        case "not":
            return not holds(rule["rule"], told, now, zone)
    return LEAVES[rule["op"]](rule, told, now, zone)


def count(rule, told, now, zone):
    return compared(rule["cmp"], times.counted(rule, happened(told, rule["measure"]), now, zone), rule["n"])


def total(rule, told, now, zone):
    if rule["window"] == "ever" and rule["fn"] == "sum":
        return compared(rule["cmp"], spent(told, rule["currency"]), Decimal(str(rule["x"])))
    found = times.totalled(rule, list(marks(told, rule)), now, zone)
    return found is not None and compared(rule["cmp"], found, Decimal(str(rule["x"])))


def last(rule, told, _now, _zone):
    """Orders of one instant are told apart by their names, all else by the ids of messages: here both end alike."""
    its = [each for each in events(told, rule["measure"]["event"]) if is_meant(each, rule["measure"])]
    newest = max(its, key=lambda each: (each.at, each.message_id), default=None)
    return trait_holds(rule, seen_at(newest.properties, rule["prop"].split(".")) if newest else [])


def sequence(rule, told, now, zone):
    return times.sequence(rule, happened(told, rule["a"]), happened(told, rule["b"]), now, zone)


def engaged(rule, told, now, zone):
    name = {"opened": "Email Opened", "clicked": "Email Link Clicked"}[rule["kind"]]
    if rule["scope"] != "any":
        told = [each for each in told if letters.of_letter(rule["scope"], each)]
    return count(rule | {"measure": {"event": name}}, told, now, zone)


def outcome(rule, told, now, zone):
    return letters.outcome(rule, [each for each in told if not by_machine(each)], now, zone)


def profile_age(rule, told, now, _zone):
    age = now - known_since(told) if told else 0
    return (age >= rule["span"]["seconds"] * 1000) == (rule["cmp"] == "ge")


LEAVES = {
    "count": count,
    "total": total,
    "last": last,
    "sequence": sequence,
    "engaged": engaged,
    "outcome": outcome,
    "profile_age": profile_age,
    "in_list": lambda rule, told, _now, _zone: is_on(told, rule["id"]),
    "trait": lambda rule, told, _now, _zone: trait_holds(rule, trait_values(told, rule["path"])),
    "first": lambda rule, told, now, zone: times.first(rule, happened(told, rule["measure"]), now, zone),
    "regular": lambda rule, told, now, zone: times.regular(rule, happened(told, rule["measure"]), now, zone),
    "abandoned": lambda rule, told, now, _zone: times.abandoned(
        rule, happened(told, rule["did"]), happened(told, rule["without"]), now
    ),
    "date": lambda rule, told, now, zone: times.dated(
        rule, trait_values(told, rule["path"]), now, own_zone(told, zone)
    ),
    "anniversary": lambda rule, told, now, zone: times.anniversary(
        rule, trait_values(told, rule["path"]), now, own_zone(told, zone)
    ),
}


def happened(told, measure):
    """The instants, of those of which all is said that is asked for."""
    its = [each for each in events(told, measure["event"]) if not by_machine(each)]
    return [times.ms(each.at) for each in its if is_meant(each, measure)]


def by_machine(each):
    """Or may have been: of what has its verdict `unknown` is said together with the rules it was judged by."""
    said = each.properties
    is_unknown = said.get("class") == "unknown" and "rules" in said
    return each.source == "tracking" and (said.get("class") == "machine" or is_unknown)


def is_meant(each, measure):
    asked = measure.get("where", [])
    if "amount" in measure and not came_to(each, measure["amount"]):
        return False
    return all(trait_holds(test, seen_at(each.properties, test["prop"].split("."))) for test in asked)


def came_to(each, amount):
    said = each.properties.get(amount["prop"])
    is_its = said is not None and each.properties.get("currency", "XXX") == amount["currency"]
    return is_its and compared(amount["cmp"], Decimal(str(said)), Decimal(str(amount["x"])))


def marks(told, rule):
    """Each instant with what it came to, by currency; what came without one came to something under XXX."""
    for each in events(told, rule["measure"]["event"]):
        if is_meant(each, rule["measure"]):
            amount = each.properties.get(rule.get("prop", "total"))
            currency = each.properties.get("currency", "XXX")
            yield times.ms(each.at), {} if amount is None else {currency: Decimal(str(amount))}


def own_zone(told, workspace):
    """As they say themselves, else where they were seen last."""
    said = latest(told, "timezone")
    seen = [each for each in told if each.context.get("zone")]
    newest = max(seen, key=lambda each: (each.at, each.message_id)).context["zone"] if seen else None
    return said or newest or workspace


def known_since(told):
    """What is counted is known from its first time on; who they are and what they say, from when it was last said."""
    said = [times.ms(each.at) for each in told]
    counted = [times.ms(each.at) for each in told if each.type == "track" and not by_machine(each)]
    names = {name for each in told for name in each.traits}
    tellers = {name: [times.ms(each.at) for each in told if name in each.traits] for name in names}
    return min([*counted, max(said), *(max(ats) for ats in tellers.values())])


def trait_values(told, path):
    first, *rest = path.split(".")
    return seen_at(latest(told, first), rest)


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
    said = [each for each in told if each.type == "identify" and name in each.traits]
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
