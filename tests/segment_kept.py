"""Customers as they are kept, many at once: with whatever may stand in documents and measures, whether or not it goes
together, around an instant at which it is asked. Some are ordinary, and some are such as columns leave to others."""

from datetime import tzinfo
from functools import cache
from typing import NamedTuple

from msgspec.structs import replace

from shopkeeper.customer import document
from shopkeeper.customer.consents import Consent
from shopkeeper.customer.document import Customer, Document, Scores
from shopkeeper.customer.lists import Stay
from shopkeeper.customer.measures import Measure, Tile
from shopkeeper.customer.measures.measure import Newest
from shopkeeper.customer.words import Word
from shopkeeper.segment import calendar
from tests.segment_asked import DAY, text
from tests.segment_lives import DAYS_AWAY, HOURS, dates_around

LONG_AGO = [-90, -170, -360, -398, -500]
CURRENCIES = ["USD", "EUR", "JPY"]
UNITS = [0, 100, 500, 600, 2050, 33_34]
PLAIN = [7, 7.0, 1, 1.0, True, False, 0, -2.5, 10**30, "7", "1", "Köln", "KO\u0308LN", "  köln ", "Bonn", "bo", "SE"]
SAID = [*PLAIN[:6], "Bonn", "bo", 3, 8]
TIMES = [0, 1, 1, 2, 3, 3, 6, 15, 16, 17, 24]
BLANK = ["", "  ", None, [], {}]
TOPICS = ["news", "offers", "*"]
LISTS = ["vip", "staff"]
COUNTRIES = ["DE", "de ", "FR", "Bayern", ""]


class Around(NamedTuple):
    """The base is in milliseconds since 1970, the zone the workspace's; customers are in zones of all these names.
    `events` and `ids` are measures that they may have."""

    base: int
    zone: tzinfo
    zones: tuple
    events: tuple
    ids: tuple


def values(random):
    """Of a trait: text, numbers, truths, nothing, and lists and objects of them."""
    match random.randrange(12):
        case 0 | 1 | 2 | 3 | 4:
            return random.choice(PLAIN)
        case 5:
            return random.choice(BLANK)
        case 6 | 7:
            return [random.choice(PLAIN + BLANK) for _ in range(random.randrange(4))]
        case 8:
            return [[random.choice(PLAIN)], random.choice(PLAIN), [[random.choice(PLAIN)], []]]
        case 9:
            return {"city": random.choice(PLAIN), "x": random.choice(PLAIN)}
        case 10:
            return [{"city": random.choice(PLAIN + BLANK)}, {"x": 1}, random.choice(PLAIN)]
    return {"city": [random.choice(PLAIN), {"x": random.choice(PLAIN)}]}


def traits(random, around):
    found = {name: values(random) for name in ("city", "age", "home", "x.y") if random.random() < 0.6}
    if random.random() < 0.7:
        found["day"] = dates(random, around.base)
    if random.random() < 0.3:
        found[random.choice(["timezone", "timeZone", "time_zone"])] = random.choice(
            [*around.zones, "Nowhere/Here", 7, None]
        )
    if random.random() < 0.3:
        found[random.choice(["country", "address_country", "region", "address"])] = random.choice(
            [*COUNTRIES, ["DE", "FR"], {"country": random.choice(COUNTRIES), "city": "Bonn"}]
        )
    if random.random() < 0.3:
        found["location"] = random.choice(["Berlin", {"lat": 52, "lon": 13.4}, {"lat": 53, "lng": 10}])
    if random.random() < 0.3:
        found["email"] = random.choice(["jo@x.example", "no address"])
    return found


def dates(random, base):
    odd = ["0001-01-01", "9999-12-31", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "9999-12-30T12:00:00"]
    near = [text(base + by * DAY * 1000)[:10] for by in (-7, -1, 0, 1, 2, 35)]
    of = odd if random.random() < 0.2 else [*dates_around(base), *near, *near, 7, None]
    found = [random.choice(of) for _ in range(random.choice([1, 1, 3]))]
    return found[0] if len(found) == 1 else found


@cache
def before(base):
    found = (
        base + int((day * 24 + hour) * DAY / 24 * 1000) + by
        for day in DAYS_AWAY + LONG_AGO
        for hour in HOURS
        for by in (-1, 0, 1)
    )
    return [at for at in found if at <= base]


def measure(random, around, *, refunded=False):
    tail = tuple(sorted(random.choices(before(around.base), k=random.choice(TIMES)), reverse=True))
    if not tail:
        return Measure()
    older = random.choice([0, 0, 1, 50]) if len(tail) > 6 else 0
    currencies = random.sample(CURRENCIES, random.randrange(3))
    return Measure(
        len(tail) + older,
        tail[-1] - (random.choice([0, 1, DAY * 1000, 10**11]) if older else 0),
        tail,
        {each: random.choice(UNITS) * random.randrange(40) for each in currencies},
        {each: random.randrange(len(tail) + older + 1) for each in currencies},
        0,
        tiles(random, tail, currencies, around.zone, refunded=refunded),
        Newest("m1", tuple(random.choice(SAID) for _ in range(random.randrange(3)))),
    )


def tiles(random, tail, currencies, zone, *, refunded):
    days = {calendar.day(at, zone) for at in tail}
    days |= {min(days) - random.randrange(1, 80) for _ in range(random.randrange(6))}
    units = [*UNITS, -700, -100] if refunded else UNITS
    sums = {day: {each: random.choice(units) for each in currencies} for day in sorted(days)}
    return {day: Tile(random.choice([1, 1, 2, 9]), {c: u for c, u in its.items() if u}) for day, its in sums.items()}


def ordinary(random, around, *, refunded=False):
    """Of whom nothing is dated after the base."""
    happened = {name: measure(random, around, refunded=refunded) for name in around.events if random.random() < 0.8}
    counted = {id_: measure(random, around, refunded=refunded) for id_ in around.ids if random.random() < 0.8}
    at, told = around.base - random.randrange(90) * DAY * 1000, traits(random, around)
    return Customer(
        f"{random.getrandbits(128):032x}",
        1,
        Document(
            identities={"user:jo": at},
            traits={name: each for name, each in told.items() if each is not None},
            told=dict.fromkeys(told, (at - random.randrange(10**9), "m1")),
            consents={t: Consent(is_=random.choice(["in", "out"]), at=at, source="api") for t in some(random, TOPICS)},
            lists={each: Stay(at, random.random() < 0.6) for each in some(random, LISTS)},
            words=seen(random, at, around.zones),
            scores=Scores(random.randrange(1, 6), random.randrange(1, 6), random.randrange(6), "2026-02-01")
            if random.random() < 0.7
            else None,
        ),
        {name: each for name, each in happened.items() if each.count},
        registered=counted,
    )


def some(random, names):
    return [each for each in names if random.random() < 0.5]


def seen(random, at, zones):
    said = {"country": COUNTRIES, "region": COUNTRIES, "city": ["Bonn", "Köln"], "zone": [*zones, "nowhere"]}
    return {"seen": {name: Word(at, "m1", random.choice(said[name])) for name in some(random, said)}}


def ahead(random, around):
    """Clocks differ, and some send what is to come."""
    by = random.choice([1, 1000, DAY * 500, DAY * 1000, 9 * DAY * 1000])

    def moved(measure):
        tail = (around.base + by, *measure.tail[1:])
        tiles = measure.tiles | ({calendar.day(tail[0], around.zone): Tile(1)} if random.random() < 0.5 else {})
        return replace(measure, tail=tail, first=min(measure.first, *tail), tiles=tiles) if measure.count else measure

    its = ordinary(random, around)
    return replace(
        its,
        measures={name: moved(each) for name, each in its.measures.items()},
        registered={id_: moved(each) for id_, each in its.registered.items()},
    )


def damaged(random, stored):
    """So that nobody can say anything of it."""
    ways = [
        {"schema": random.choice([1, 2, 5])},
        {"document": stored.document[: random.randrange(len(stored.document))]},
        {"document": '{"standing":7}'},
        {"document": '{"told":[7],"traits":{"city":"Bonn"}}'},
        {"document": '{"traits":[]}'},
        {"measures": b"\x03\xc1"},
        {"measures": b"\x09" + stored.measures[1:]},
        {"due_at": "soon"},
    ]
    return replace(stored, **random.choice(ways))


def odd(random, stored):
    """Something is damaged or of before, which one may see or not, as it is asked for or not."""
    place = random.randrange(1, len(stored.measures))
    flipped = stored.measures[place] ^ (1 << random.randrange(8))
    ways = [
        {"measures": stored.measures[:place]},
        {"measures": stored.measures[:place] + bytes([flipped]) + stored.measures[place + 1 :]},
        {"document": '{"lists":{"nobody":null},"consents":{"nothing":7}}'},
        {"document": '{"traits":{"city":"\\ud800"}}'},
        {"schema": 3},
    ]
    return replace(stored, **random.choice(ways))


KINDS = {
    "ordinary": lambda random, around: document.store(ordinary(random, around)),
    "refunded": lambda random, around: document.store(ordinary(random, around, refunded=True)),
    "ahead": lambda random, around: document.store(ahead(random, around)),
    "merged": lambda random, around: document.store(
        replace(ordinary(random, around), document=Document(merged_into="d" * 32))
    ),
    "damaged": lambda random, around: damaged(random, document.store(ordinary(random, around))),
    "odd": lambda random, around: odd(random, document.store(ordinary(random, around))),
    "nobody": lambda random, _around: document.store(Customer(f"{random.getrandbits(128):032x}", 1)),
}
OFTEN = ["ordinary"] * 6 + ["refunded", "ahead", "ahead", "merged", "damaged", "odd", "nobody"]


def page(random, around, many):
    """Each with its kind."""
    kinds = random.choices(OFTEN, k=many)
    return kinds, [KINDS[kind](random, around) for kind in kinds]
