"""What one would write for the same with boto3: items laid out naturally, and an interpreter that walks a rule's JSON.

Items are maps and lists of DynamoDB's own types, read as `Table.scan` reads them. They hold what the rules ask for, and
leave out what else a customer's document has. Windows, dates and flips mean what `docs/segments.md` says they mean.
Where there was a choice, the faster one was taken: what depends on a day, a text or a date alone is remembered.
"""

import base64
import json
from math import inf

import botocore.session
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.parsers import create_parser

from bench import segments_theirs_happened as happened
from bench import segments_theirs_known as known

_WRITE, _READ = TypeSerializer(), TypeDeserializer()
_service = botocore.session.Session().get_service_model("dynamodb")
_parser = create_parser("json")
_shapes = {name: _service.operation_model(name).output_shape for name in ("Scan", "BatchGetItem")}


LEAVES = {
    "abandoned": happened.abandoned,
    "anniversary": known.anniversary,
    "bucket": known.bucket,
    "consent": known.consent,
    "count": happened.count,
    "date": known.dated,
    "first": happened.first,
    "in_list": known.in_list,
    "place": known.place,
    "regular": happened.regular,
    "rfm": known.rfm,
    "sequence": happened.sequence,
    "total": happened.total,
    "trait": known.trait,
}


def item(customer):
    """Of one of our customers."""
    return written(laid_out(customer))


def written(laid_out):
    return {name: _WRITE.serialize(value) for name, value in laid_out.items()}


def laid_out(customer):
    told, scores = customer.document, customer.document.scores
    return {
        "customer_id": customer.customer_id,
        "version": customer.version,
        "traits": told.traits,
        "consents": {topic: {"is": each.is_, "at": each.at} for topic, each in told.consents.items()},
        "lists": {name: {"at": each.at, "is_on": each.is_on} for name, each in told.lists.items()},
        "seen": {name: {"at": each.at, "value": each.value} for name, each in told.words.get("seen", {}).items()},
        "scores": {"r": scores.r, "f": scores.f, "m": scores.m} if scores else {},
        "events": {name: _event(each) for name, each in customer.measures.items()},
    }


def _event(each):
    kept = {"count": each.count, "first": each.first, "tail": list(each.tail)}
    if each.tiles:
        days = {str(day): {"count": tile.count, **tile.totals} for day, tile in each.tiles.items()}
        kept |= {"totals": dict(each.totals), "days": days}
    return kept


def read(body):
    """The customers of one page, from what the wire brought."""
    return [{name: _READ.deserialize(value) for name, value in each.items()} for each in parsed(body, "Scan")["Items"]]


def parsed(body, operation):
    """As botocore reads it."""
    return _parser.parse({"body": body, "status_code": 200, "headers": {}}, _shapes[operation])


def body(said):
    """As DynamoDB answers."""
    return json.dumps(said, separators=(",", ":"), default=lambda raw: base64.b64encode(raw).decode()).encode()


def evaluate(rules, customer, now, zone):
    """Which of them hold, as bits, and when the first of them may flip; None is never."""
    verdicts = [holds(rule, customer, now, zone) for rule in rules]
    bits = sum(1 << place for place, (truth, _) in enumerate(verdicts) if truth)
    flips_at = min(at for _, at in verdicts)
    return bits, None if flips_at == inf else int(flips_at)


def holds(rule, customer, now, zone):
    """The truth, and the instant before which it lasts."""
    op = rule["op"]
    if op == "not":
        truth, flips_at = holds(rule["rule"], customer, now, zone)
        return not truth, flips_at
    if op in ("all", "any", "at_least"):
        return group(rule, [holds(each, customer, now, zone) for each in rule["of"]])
    return LEAVES[op](rule, customer, now, zone)


def group(rule, verdicts):
    k = {"all": len(verdicts), "any": 1}.get(rule["op"]) or rule["k"]
    true = [flips_at for truth, flips_at in verdicts if truth]
    if len(true) >= k:
        return True, sorted(true)[len(true) - k]
    return False, sorted(flips_at for truth, flips_at in verdicts if not truth)[k - len(true) - 1]
