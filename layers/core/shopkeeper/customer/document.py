"""The customer's document: what everything about a customer is decided from, and how it is kept.

It is kept as four attributes behind one version: the document as JSON text, the measures packed, and `pending`,
the interactions that the last write folded, with everything their rows need.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Any

import msgspec

from shopkeeper.customer import measures, rows, things
from shopkeeper.customer.access import Arrival
from shopkeeper.customer.consents import Consent
from shopkeeper.customer.instants import from_ms, to_ms
from shopkeeper.customer.lists import Stay
from shopkeeper.customer.measures import Measure
from shopkeeper.customer.rows import Row
from shopkeeper.customer.standing import Standing
from shopkeeper.customer.words import Families

SCHEMA = 4
LARGEST = 350_000  # bytes of all attributes
LARGEST_FOR_CONSENTS = 400_000
"""What states a consent is folded into a full document too. DynamoDB takes 409,600 bytes, names of attributes counted;
the interaction itself, of up to 32 KB, waits in `pending` beside what it adds."""

# From the schema it is filed under to the next one, over the decoded JSON.
UPCASTS: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
    1: lambda document: document,  # 2 brought `lists`, which code that knows only 1 would drop.
    2: lambda document: document,  # 3 brought merges: code that knows only 2 would write into a tombstone.
    3: lambda document: document,  # 4 brought segments: code that knows only 3 would leave them as they were.
}


class Unreadable(ValueError):
    """What is stored is damaged, or was written by a version of the code that this one does not know."""


Telling = tuple[int, str]


class Parting(msgspec.Struct, frozen=True, array_like=True):
    """A merge was undone: with whom, and when, in milliseconds since 1970."""

    customer_id: str
    at: int


NO_FIFTH = 0


class Scores(msgspec.Struct, frozen=True, array_like=True):
    """In which fifth of all customers one is, 5 being best, by the count of a UTC day; see `rfm`.

    `m` may be NO_FIFTH.
    """

    r: int
    f: int
    m: int
    day: str

    @property
    def cell(self) -> str:
        return f"{self.r}{self.f}{self.m if self.m != NO_FIFTH else '-'}"


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """Instants are milliseconds since 1970.

    `identities` holds each identity seen of the customer with its newest `at`, the newest few of them;
    `told` which message told each trait: its instant and the end of its id, also where it took the trait away, which
    then is none of the `traits`; `updated_at` is when the document was last written. `words` are those on things of
    known kinds, see `known`; the arrivals are the first and the last of all visits to the shop.

    `merged_into` is where a customer went, of whom nothing else stands here any more. `merged` holds who came here so,
    through however many others, each with the id of its merge; `partings` are merges that were undone, by their ids.

    `moved` is what the last write changed of the Members table: in which part the customer is from then on, or is not.
    """

    identities: dict[str, int] = {}
    traits: dict[str, Any] = {}
    told: dict[str, Telling] = {}
    consents: dict[str, Consent] = {}
    lists: dict[str, Stay] = {}
    words: Families = {}
    first_arrival: Arrival | None = None
    last_arrival: Arrival | None = None
    scores: Scores | None = None
    merged_into: str = ""
    merged: dict[str, str] = {}
    partings: dict[str, Parting] = {}
    standing: Standing | None = None
    moved: dict[str, bool] = {}
    updated_at: int = 0


class Customer(msgspec.Struct, frozen=True):
    """Version 0 is a customer of whom nothing is stored yet. Registered measures are by their ids.

    `due_at` is when the clock looks at the customer again, in milliseconds since 1970, at a full second; 0 is never.
    """

    customer_id: str
    version: int = 0
    document: Document = Document()
    measures: Mapping[str, Measure] = {}
    pending: tuple[Row, ...] = ()
    registered: Mapping[str, Measure] = {}
    due_at: int = 0

    @property
    def family(self) -> frozenset[str]:
        """The customer and all who were merged into it: whatever belongs to one of them belongs to it."""
        return frozenset({self.customer_id, *self.document.merged})


class Stored(msgspec.Struct, frozen=True, gc=False):
    """A customer as the table keeps it. `due_at` is text, empty for never."""

    customer_id: str
    version: int
    document: str
    measures: bytes
    pending: str
    schema: int = SCHEMA
    due_at: str = ""

    @property
    def size(self) -> int:
        return len(self.document.encode()) + len(self.measures) + len(self.pending.encode())


class _Kept(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The JSON text. `told` follows the sorted names of the traits and points into `tellings`: one call tells many.

    A trait that was taken away is null.
    """

    identities: dict[str, int] = {}
    traits: dict[str, Any] = {}
    told: list[int] = []
    tellings: list[Telling] = []
    consents: dict[str, Consent] = {}
    lists: dict[str, Stay] = {}
    words: Families = {}
    first_arrival: Arrival | None = None
    last_arrival: Arrival | None = None
    scores: Scores | None = None
    merged_into: str = ""
    merged: dict[str, str] = {}
    partings: dict[str, Parting] = {}
    standing: Standing | None = None
    moved: dict[str, bool] = {}
    updated_at: int = 0


_KEPT_AS_IT_IS = tuple(name for name in Document.__struct_fields__ if name not in ("traits", "told"))

_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(_Kept)
_as_it_is = attrgetter(*_KEPT_AS_IT_IS)


def store(customer: Customer) -> Stored:
    return Stored(
        customer_id=customer.customer_id,
        version=customer.version,
        document=to_json(customer.document),
        measures=measures.pack(customer.measures, customer.registered),
        pending=rows.to_json(customer.pending),
        due_at=from_ms(customer.due_at) if customer.due_at else "",
    )


def load(stored: Stored) -> Customer:
    """Raises Unreadable."""
    try:
        events, registered = measures.unpack(stored.measures)
        return Customer(
            customer_id=stored.customer_id,
            version=stored.version,
            document=from_json(stored.document, stored.schema),
            measures=events,
            registered=registered,
            pending=rows.from_json(stored.pending),
            due_at=to_ms(stored.due_at) if stored.due_at else 0,
        )
    except (ValueError, IndexError) as problem:
        raise Unreadable(f"customer {stored.customer_id}: {problem}") from problem


def living(page: Iterable[Stored]) -> Iterator[Customer]:
    """Without who was merged into somebody else, and without what cannot be read, which is noticed elsewhere."""
    for stored in page:
        try:
            customer = load(stored)
        except Unreadable:
            continue
        if not customer.document.merged_into:
            yield customer


def to_json(document: Document) -> str:
    tellings = sorted(set(document.told.values()))
    places = {telling: place for place, telling in enumerate(tellings)}
    kept = _Kept(
        traits=dict.fromkeys(document.told) | document.traits,
        told=[places[document.told[name]] for name in sorted(document.told)],
        tellings=tellings,
        **{name: getattr(document, name) for name in _KEPT_AS_IT_IS},
    )
    return _encoder.encode(kept).decode()


def from_json(text: str, schema: int = SCHEMA) -> Document:
    """Raises ValueError."""
    kept = _decoder.decode(text) if schema == SCHEMA else msgspec.convert(_upcast(text, schema), _Kept)
    tellings = map(kept.tellings.__getitem__, kept.told)
    told = dict(zip(sorted(kept.traits), tellings, strict=True))
    traits = kept.traits
    if None in traits.values():
        traits = {name: value for name, value in traits.items() if value is not None}
    same = dict(zip(_KEPT_AS_IT_IS, _as_it_is(kept), strict=True))
    return Document(traits=traits, told=told, **same | {"words": things.spread(kept.words)})


def _upcast(text: str, schema: int) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.json.decode(text)
    while schema != SCHEMA:
        if schema not in UPCASTS:
            raise ValueError(f"document of schema {schema}")
        document, schema = UPCASTS[schema](document), schema + 1
    return document
