"""What one would write for the same with pydantic, boto3's TypeSerializer and gzip: a batch, and what is put of it.

It keeps of a customer all that ours keeps of what the batch says, in plain dictionaries, and reads off an interaction
what it says by the same rules (`known`, `access`): they are the shop's, whatever the libraries. Where there was a
choice, the faster one was taken: a row is serialized once and stands so in `pending` too, `pending` is not taken apart
when it is read, and however much a customer did is one write.
"""

import gzip
import json
from decimal import Decimal
from typing import Any, Literal

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from pydantic import AwareDatetime, BaseModel, Field

from shopkeeper.customer import access, known

_READ, _WRITE = TypeDeserializer(), TypeSerializer()
_KEPT_FOR = 90 * 24 * 60 * 60
_DAY = 24 * 60 * 60 * 1000
_TAIL = 24
_NEVER = (-1, "")
_VIEWS = {"page": "Page Viewed", "screen": "Screen Viewed"}


class Message(BaseModel):
    """The interaction once more, as strict as ours about what becomes a key or an instant."""

    subject: str = Field(min_length=3, max_length=512, pattern="^(user|email|anon|customer|send|content):.")
    message_id: str = Field(min_length=1, max_length=255)
    type: Literal["track", "identify", "page", "screen", "group", "alias"]
    at: AwareDatetime
    received_at: AwareDatetime
    source: Literal["collect", "import", "tracking", "feedback", "recipient", "api", "merge"]
    name: str = ""
    said_at: str = ""
    origin: str = ""
    trusted: bool = False
    ids: dict[str, str] = {}
    properties: dict[str, Any] = {}
    traits: dict[str, Any] = {}
    context: dict[str, Any] = {}

    @property
    def key(self):
        return self.subject, self.message_id


def stored(batch, held, now):
    """The items of customers, of rows, and of what orders leave beside their rows; and the archive."""
    people, items, traces = {}, [], []
    for each in _models(batch):
        customer = people.get(each.subject)
        if customer is None:
            customer = people[each.subject] = _customer(each.subject, held)
        if each.key in customer["known"]:
            continue
        order = each.properties.get("order_id", "") if each.name == "Order Completed" else ""
        folded = {"customer_id": each.subject, "version": customer["told"]["version"], "folded_at": now}
        row = _row(each, folded | ({"order": order, "order_owner": each.subject} if order else {}))
        _fold(customer["told"], each)
        customer["pending"].append({"M": row})
        items.append(row)
        if order:
            traces.append(_trace(each, order))
    return [_put(each, now) for each in people.values()], items, traces, _archive(batch)


def rows(batch):
    """What is nobody's: the items of rows, and the archive."""
    return [_row(each, {}) for each in _models(batch)], _archive(batch)


def _models(batch):
    models = {}
    for body in batch:
        model = Message.model_validate_json(body)
        models.setdefault(model.key, model)
    return models.values()


def _archive(batch):
    return gzip.compress("\n".join(batch).encode())


def _item(said):
    return {name: _WRITE.serialize(value) for name, value in said.items()}


def _row(each, more):
    said = json.loads(each.model_dump_json(exclude_defaults=True), parse_float=Decimal) | more | {"schema": 1}
    if not each.name.startswith("Order "):
        said["expires_at"] = int(each.received_at.timestamp()) + _KEPT_FOR
    return _item(said)


def _trace(each, order):
    said = each.properties
    amount, currency = Decimal(str(said["total"])), said["currency"]
    fact = {"name": each.name, "at": _ms(each.at), "subject": each.subject, "message_id": each.message_id}
    return _item(
        {
            "subject": f"orders:{each.subject}",
            "message_id": f"{order}/{each.subject}/{each.message_id}",
            "order": order,
            "fact": fact | {"amount": amount, "currency": currency},
            "schema": 1,
        }
    )


def _customer(subject, held):
    """What is told of it, with the version that is to be written, the keys it has folded, and the rows it will owe."""
    item = held.get(subject)
    if item is None:
        told = {"customer_id": subject, "version": 1, "schema": 3, "identities": {}, "traits": {}, "told": {}}
        told |= {"words": {}, "first_arrival": None, "last_arrival": None, "events": {}}
        return {"told": told, "known": set(), "pending": []}
    told = {name: _READ.deserialize(value) for name, value in item.items() if name != "pending"}
    told["version"] += 1
    rows = (row["M"] for row in item["pending"]["L"])
    return {"told": told, "known": {(row["subject"]["S"], row["message_id"]["S"]) for row in rows}, "pending": []}


def _put(customer, now):
    return _item(customer["told"] | {"updated_at": now}) | {"pending": {"L": customer["pending"]}}


def _ms(instant):
    return int(instant.timestamp() * 1000)


def _fold(customer, each):
    at, by = _ms(each.at), each.message_id[-12:]
    seen = customer["identities"]
    seen[each.subject] = max(at, seen.get(each.subject, at))
    for trait, value in each.traits.items():
        if (at, by) > tuple(customer["told"].get(trait, _NEVER)):
            customer["traits"][trait], customer["told"][trait] = _decimal(value), [at, by]
    for said in known.stated(each):
        words = customer["words"].setdefault(said.family, {})
        if (at, by) > tuple(words.get(said.name, _NEVER)[:2]):
            words[said.name] = [at, by, said.value]
            if len(words) > 20:
                del words[min(words, key=lambda name: (words[name][0], name))]
    _arrive(customer, access.arrival(each, at, by))
    if name := _VIEWS.get(each.type) or (each.name if each.type == "track" else ""):
        _count(customer["events"], name, at, each.properties)


def _decimal(value):
    return Decimal(str(value)) if isinstance(value, float) else value


def _arrive(customer, arrival):
    if arrival is not None:
        told, first, last = list(arrival.rank), customer["first_arrival"], customer["last_arrival"]
        customer["first_arrival"] = told if first is None else min(first, told)
        customer["last_arrival"] = told if last is None else max(last, told)


def _count(events, name, at, said):
    held = events.setdefault(name, {"count": 0, "first": at, "tail": [], "totals": {}, "priced": {}, "days": {}})
    held["count"] += 1
    held["first"] = min(at, held["first"])
    held["tail"] = sorted([*held["tail"], at], reverse=True)[:_TAIL]
    if name == "Order Completed":
        cents, currency = round(Decimal(str(said["total"])) * 100), said["currency"]
        held["totals"][currency] = held["totals"].get(currency, 0) + cents
        held["priced"][currency] = held["priced"].get(currency, 0) + 1
        day = held["days"].setdefault(str(at // _DAY), {"count": 0, "totals": {}})
        day["count"] += 1
        day["totals"][currency] = day["totals"].get(currency, 0) + cents
