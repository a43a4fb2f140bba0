"""What is kept of many customers, as columns. Each is laid out when it is first asked for."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import tzinfo
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from shopkeeper import zones
from shopkeeper.customer import document, habits, known
from shopkeeper.customer.document import Customer, Scores, Stored
from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.lists import Stay
from shopkeeper.customer.measures import columns
from shopkeeper.customer.measures.columns import Column
from shopkeeper.customer.standing import Standing
from shopkeeper.customer.words import Word
from shopkeeper.segment import facts
from shopkeeper.segment.columnar import coding
from shopkeeper.segment.columnar.coding import Coded, Found
from shopkeeper.segment.columnar.parts import Part
from shopkeeper.segment.columnar.verdicts import Verdicts, lasting
from shopkeeper.segment.reads import Reads

_Made = TypeVar("_Made")


class _Said(msgspec.Struct, frozen=True, gc=False, rename={"is_": "is"}):
    """Of a consent."""

    is_: str


class _Seen(msgspec.Struct, frozen=True, gc=False):
    country: Word | None = None
    region: Word | None = None
    city: Word | None = None
    zone: Word | None = None


class _Words(msgspec.Struct, frozen=True, gc=False, rename={"seen": known.SEEN}):
    seen: _Seen = _Seen()


class Layout:
    """What is read of each customer: what rules ask, where the customer stands, and nothing else."""

    def __init__(self, reads: Reads) -> None:
        self.glance = reads.glance
        self.events, self.registered = sorted(reads.events), sorted(reads.registered)
        self.parts = {
            "traits": Part(reads.traits, Any),
            "lists": Part(reads.lists, Stay | None),
            "consents": Part(reads.topics, _Said | None, all_of_them="consents" in reads.others),
        }
        self._decode = msgspec.json.Decoder(self._struct(reads)).decode
        self._empty = self._decode("{}")

    def _struct(self, reads: Reads) -> type[msgspec.Struct]:
        fields: list[tuple[str, Any, Any]] = [
            ("standing", Standing | None, None),
            ("merged_into", str, ""),
            ("updated_at", int, 0),
            *((name, its.type, its.default) for name, its in self.parts.items()),
        ]
        if "words" in reads.others:
            fields.append(("words", _Words, _Words()))
        if "scores" in reads.others:
            fields.append(("scores", Scores | None, None))
        return msgspec.defstruct("Seen", fields, frozen=True, gc=False)

    def page(self, customers: Sequence[Stored]) -> "Page":
        """Raises nothing: who cannot be read is unusual."""
        unusual = np.array([each.schema != document.SCHEMA for each in customers], bool)
        try:
            seen, due_at = [self._decode(each.document) for each in customers], [_due_at(each) for each in customers]
        except ValueError:
            each_alone = [self._alone(each) for each in customers]
            seen, due_at = [its.seen for its in each_alone], [its.due_at for its in each_alone]
            unusual |= np.array([its.is_damaged for its in each_alone], bool)
        return Page(self, customers, seen, due_at, unusual)

    def _alone(self, customer: Stored) -> "_Alone":
        try:
            return _Alone(self._decode(customer.document), _due_at(customer), is_damaged=False)
        except ValueError:
            return _Alone(self._empty, 0, is_damaged=True)


class _Alone(NamedTuple):
    seen: Any
    due_at: int
    is_damaged: bool


def _due_at(customer: Stored) -> int:
    return to_ms(customer.due_at) if customer.due_at else 0


class Page:
    """`seen` is what was read of each document, `due_at` when the clock comes by, in milliseconds since 1970, 0 being
    never. Of who is `unusual` neither means anything."""

    def __init__(
        self,
        layout: Layout,
        customers: Sequence[Stored],
        seen: Sequence[Any],
        due_at: Sequence[int],
        unusual: NDArray[np.bool_],
    ) -> None:
        self._layout, self.customers, self.seen, self.due_at = layout, customers, seen, due_at
        self._measures = columns.read([each.measures for each in customers], layout.events, layout.registered)
        self._unusual = unusual
        self._made: dict[Hashable, Any] = {}

    def __len__(self) -> int:
        return len(self.customers)

    def once(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        if key not in self._made:
            self._made[key] = make()
        made: _Made = self._made[key]
        return made

    @property
    def unusual(self) -> NDArray[np.bool_]:
        """Known once all has been asked: some of what is damaged shows late."""
        return self._unusual | self._measures.unusual

    def alone(self, place: int) -> Customer:
        """The customer there, as the evaluator asks for it. Raises Unreadable."""
        return self.once(("alone", place), lambda: self._layout.glance(self.customers[place]))

    def event(self, name: str) -> Column:
        return self._measures.events[name]

    def registered(self, measure_id: str) -> Column:
        return self._measures.registered[measure_id]

    def trait(self, path: str) -> Coded[Found]:
        return self.once(("trait", path), lambda: coding.found(self._at(path.split("."))))

    def has(self, path: str) -> Verdicts:
        """Whether anything stands there."""
        if ("trait", path) in self._made:
            return self.trait(path).holds(bool)
        return lasting(coding.present(self._at(path.split("."))))

    def _at(self, names: Sequence[str]) -> Sequence[Any]:
        values = self._raw(names[0])
        for name in names[1:]:
            values = coding.inward(values, name)
        return values

    def _raw(self, trait: str) -> Sequence[Any]:
        return self._columns("traits")[trait]

    def _columns(self, name: str) -> Mapping[str, Sequence[Any]]:
        return self.once(("columns", name), lambda: self._layout.parts[name].columns(self._part(name)))

    def _part(self, name: str) -> list[Any]:
        return self.once(name, lambda: list(map(attrgetter(name), self.seen)))

    def is_on(self, list_id: str) -> NDArray[np.bool_]:
        stays = self._columns("lists")[list_id]
        return np.array([stay is not None and stay.is_on for stay in stays], bool)

    def said(self, topic: str) -> Coded[str]:
        """What each said of it: in, out, or nothing."""

        def make() -> Coded[str]:
            its = self._columns("consents")[topic]
            return coding.coded([each.is_ if each else "" for each in its]) if any(its) else coding.same("", len(its))

        return self.once(f"said {topic}", make)

    def score(self, dim: str) -> Coded[Found]:
        its = self._part("scores")
        return self.once(f"score {dim}", lambda: coding.found([getattr(each, dim) if each else None for each in its]))

    def share(self, salt: str) -> NDArray[np.int64]:
        """The place of each among 10,000, by this salt."""
        its = map(facts.shares(salt), map(attrgetter("customer_id"), self.customers))
        return self.once(f"share {salt}", lambda: np.fromiter(its, np.int64, len(self)))

    def place(self, kind: str) -> Coded[Found]:
        return self.once(f"place {kind}", lambda: self._place(kind))

    def _place(self, kind: str) -> Coded[Found]:
        told = [self.trait(".".join(way)) for way in facts.PLACES[kind]]
        seen = coding.found([each.value if each else None for each in self._last_seen(kind)])
        return coding.together([*told, seen]).mapped(_first_told)

    def _last_seen(self, kind: str) -> list[Word | None]:
        return [getattr(each.seen, kind) for each in self._part("words")]

    def zones(self, workspace: tzinfo) -> Coded[tzinfo]:
        """Of each their own, else the workspace's."""

        def make() -> Coded[tzinfo]:
            seen = [each.value if each else None for each in self._last_seen("zone")]
            said = [_texts(each) for each in (*map(self._raw, habits.STATED_ZONE), seen)]
            return coding.coded(list(zip(*said, strict=True))).mapped(lambda its: _zone(its, workspace))

        return self.once("zones", make)


def _first_told(said: Sequence[Found]) -> Found:
    *stated, seen = said
    told: Found = tuple(each for its in stated for each in its)
    return told or seen


def _texts(values: Sequence[Any]) -> Sequence[str]:
    kinds = set(map(type, values))
    return values if kinds <= {str, type(None)} else [value if isinstance(value, str) else "" for value in values]


def _zone(said: Sequence[str], workspace: tzinfo) -> tzinfo:
    own = habits.first_zone(said)
    return zones.zone(own) if own else workspace
