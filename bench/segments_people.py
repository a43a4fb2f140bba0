"""Customers of a shop with up to 400 days behind them, whose items are of about 1 KB. The same seed gives the same."""

import random
from zoneinfo import ZoneInfo

from shopkeeper import ids
from shopkeeper.customer.document import Customer, Document, Scores
from shopkeeper.customer.fold import Candidate, Folding
from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.interaction import Interaction, raw
from shopkeeper.customer.measures import Rules
from shopkeeper.customer.orders import NOTHING, Past, id_of

NOW = 1_790_000_000_000
ZONE = ZoneInfo("Europe/Berlin")
DAY = 86_400_000
_PLACES = (
    ("DE", "Ulm", "Europe/Berlin", "de-DE"),
    ("US", "New York", "America/New_York", "en-US"),
    ("FR", "Lyon", "Europe/Paris", "fr-FR"),
    ("JP", "Osaka", "Asia/Tokyo", "ja-JP"),
)
_DEEDS = (
    *("Page Viewed",) * 9,
    *("Product Viewed",) * 12,
    *("Product Added",) * 4,
    *("Checkout Started",) * 2,
    *("Order Completed",) * 3,
    *("Email Opened",) * 4,
    "Email Link Clicked",
    "Products Searched",
)


def people(count: int, seed: int = 7) -> list[Customer]:
    chance = random.Random(seed)
    return [_person(number, chance) for number in range(count)]


def lived_on(customer: Customer, chance: random.Random, now: int = NOW) -> Customer:
    """One more interaction has come, at this instant."""
    own = Interaction(
        subject="user:x",
        message_id=f"{chance.getrandbits(64):016x}",
        at=from_ms(now),
        received_at=from_ms(now),
        source="collect",
        trusted=True,
        **_deed(chance),
    )
    return _folded(customer, [own], customer.document.scores)


def _person(number: int, chance: random.Random) -> Customer:
    subject, place = f"user:{100_000 + number}", chance.choice(_PLACES)
    joined = NOW - int(chance.uniform(1, 400) * DAY)
    told = [_about(number, chance, place), *_consents(chance), *_listed(chance)]
    told += [_deed(chance) for _ in range(min(160, int(chance.lognormvariate(3.1, 0.8))))]
    moments = [joined, *sorted(int(chance.triangular(joined, NOW, NOW)) for _ in told[1:])]
    history = [
        Interaction(
            subject=subject,
            message_id=f"{chance.getrandbits(64):016x}",
            at=from_ms(at),
            received_at=from_ms(at),
            source="collect",
            trusted=True,
            ids={"user": subject[5:]},
            raw_context=raw({"country": place[0], "zone": place[2], "device_class": "mobile"}),
            **said,
        )
        for at, said in zip(moments, told, strict=True)
    ]
    scores = Scores(*(chance.randint(1, 5) for _ in "rfm"), "2026-09-20") if chance.random() < 0.8 else None
    return _folded(Customer(ids.customer_id(subject)), history, scores)


def _folded(before: Customer, history: list[Interaction], scores: Scores | None) -> Customer:
    folding = Folding(before.document, before.measures, before.registered, Rules(ZONE))
    for each in history:
        folding.add(Candidate(each, (each.subject,), past=Past(each.subject) if id_of(each) else NOTHING))
    document: Document = folding.document(NOW)
    counted = folding.counted()
    return Customer(
        before.customer_id, before.version + 1, _scored(document, scores), counted.events, registered=counted.registered
    )


def _scored(document: Document, scores: Scores | None) -> Document:
    return Document(**{name: getattr(document, name) for name in document.__struct_fields__} | {"scores": scores})


def _about(number: int, chance: random.Random, place: tuple[str, ...]) -> dict:
    traits = {
        "email": f"jo.{number}@example.com",
        "firstName": chance.choice(("Jo", "Kim", "Alex", "Sam")),
        "lastName": f"Doe {number}",
        "plan": chance.choice(("free", "silver", "gold", "Platinum")),
        "birthday": f"{chance.randint(1950, 2005)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
        "address": {"country": place[0], "city": place[1], "postal_code": f"{chance.randint(10_000, 99_999)}"},
        "language": place[3],
        "visits": chance.randint(1, 90),
        "interests": chance.sample(["jazz", "soul", "garden", "cooking", "sailing", "chess"], 3),
        "newsletter": chance.random() < 0.5,
    }
    if chance.random() < 0.3:
        traits["renewal"] = from_ms(NOW + int(chance.uniform(-60, 60) * DAY))
    if chance.random() < 0.2:
        traits["timezone"] = place[2]
    return {"type": "identify", "raw_traits": raw(traits)}


def _consents(chance: random.Random):
    for topic in ("newsletter", "offers"):
        if chance.random() < 0.6:
            said = {"topic": topic, "is": chance.choice(("in", "in", "out")), "basis": "double opt-in"}
            yield {"type": "track", "name": "Consent Changed", "raw_properties": raw(said)}


def _listed(chance: random.Random):
    for name, share in (("staff", 0.02), ("vip", 0.1)):
        if chance.random() < share:
            yield {"type": "track", "name": "List Entered", "raw_properties": raw({"list": name})}


def _deed(chance: random.Random) -> dict:
    name = chance.choice(_DEEDS)
    if name != "Order Completed":
        return {"type": "track", "name": name, "raw_properties": raw({"product_id": f"sku-{chance.randrange(10_000)}"})}
    order = {"order_id": f"A-{chance.getrandbits(40)}", "total": chance.randrange(500, 19_999) / 100, "currency": "EUR"}
    return {"type": "track", "name": name, "raw_properties": raw(order)}
