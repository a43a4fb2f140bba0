"""What each leaf asks of a customer, as a line of the function that all rules become."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from shopkeeper.customer import comparing, habits
from shopkeeper.customer.asked import Scalar
from shopkeeper.segment import counts, dates, facts, happened
from shopkeeper.segment.leaves import (
    Abandoned,
    Anniversary,
    Bucket,
    Consent,
    Count,
    Date,
    Engaged,
    First,
    InList,
    InSegment,
    Last,
    Near,
    Outcome,
    Place,
    ProfileAge,
    Reachable,
    Regular,
    Rfm,
    Sequence,
    Total,
    Trait,
)
from shopkeeper.segment.rule import All, AnyOf, Group, Not

if TYPE_CHECKING:
    from shopkeeper.segment.terms import Term
    from shopkeeper.segment.writing import Writer


_ORDERED = {
    "lt": "{0} < {1}",
    "le": "{0} <= {1}",
    "gt": "{0} > {1}",
    "ge": "{0} >= {1}",
    "contains": "{1} in {0}",
    "starts": "{0}.startswith({1})",
    "ends": "{0}.endswith({1})",
}


def _document(w: "Writer") -> str:
    return w.name("document", lambda: "customer.document")


def _last(w: "Writer", leaf: Last) -> "Term":
    its = happened.measure(w, leaf.measure, leaf.registered)
    found = w.name(f"newest {its}", lambda: happened.call(w, counts.newest, its))
    return _compared(w, found, leaf.cmp, leaf.value, leaf.values)


def _trait(w: "Writer", leaf: Trait) -> "Term":
    return _compared(w, _values(w, leaf.path), leaf.cmp, leaf.value, leaf.values)


def _values(w: "Writer", path: str) -> str:
    w.reads.traits.add(path.partition(".")[0])
    names, document = tuple(path.split(".")), _document(w)
    traits = w.name("traits", lambda: f"{document}.traits")
    if len(names) == 1:
        return w.name(f"trait {path}", lambda: f"{w.bind(comparing.of)}({traits}.get({w.bind(path)}))")
    return w.name(f"trait {path}", lambda: f"{w.bind(comparing.values)}({traits}, {w.bind(names)})")


def _compared(
    w: "Writer", found: str, cmp: str, value: Scalar | None, values: tuple[Scalar, ...] | None = None
) -> "Term":
    if cmp == "exists":
        return w.lasting(f"{found} != ()")
    if cmp in ("eq", "ne"):
        return w.lasting(f"{w.bind(comparing.comparable(value))} {'in' if cmp == 'eq' else 'not in'} {found}")
    if cmp in ("in", "not_in"):
        wanted = frozenset(comparing.comparable(each) for each in values or ())
        return w.lasting(f"{'not ' * (cmp == 'in')}{w.bind(wanted)}.isdisjoint({found})")
    kind, bound = comparing.comparable(value)
    one = f"{found}[0][0] == {kind!r} and {_ORDERED[cmp].format(f'{found}[0][1]', w.bind(bound))}"
    return w.lasting(f"{one} if len({found}) == 1 else any(map({w.bind(comparing.fit(cmp, value, ()))}, {found}))")


def _zone(w: "Writer") -> str:
    w.reads.traits.update(habits.STATED_ZONE)
    w.reads.others.add("words")
    document = _document(w)
    return w.name("zone", lambda: happened.call(w, dates.zone_of, document, w.bind(w.zone)))


def _date(w: "Writer", leaf: Date) -> "Term":
    return w.timed(happened.call(w, dates.compared(leaf), _values(w, leaf.path), _zone(w), "now"))


def _anniversary(w: "Writer", leaf: Anniversary) -> "Term":
    return w.timed(happened.call(w, dates.anniversary(leaf.within_days), _values(w, leaf.path), _zone(w), "now"))


def _profile_age(w: "Writer", leaf: ProfileAge) -> "Term":
    w.reads.others.update(("measures", "identities", "told", "consents", "lists"))
    return w.timed(happened.call(w, dates.aged(leaf.cmp, leaf.span.milliseconds), "customer", "now"))


def _in_list(w: "Writer", leaf: InList) -> "Term":
    w.reads.lists.add(leaf.id)
    document = _document(w)
    lists = w.name("lists", lambda: f"{document}.lists")
    stay = w.name(f"list {leaf.id}", lambda: f"{lists}.get({w.bind(leaf.id)})")
    return w.lasting(f"{stay} is not None and {stay}.is_on")


def _consent(w: "Writer", leaf: Consent) -> "Term":
    document = _document(w)
    consents = w.name("consents", lambda: f"{document}.consents")
    if leaf.topic is None:
        w.reads.others.add("consents")
        said = w.name("consent over e-mail", lambda: happened.call(w, facts.allowed_over, consents))
    else:
        topic = leaf.topic
        w.reads.topics.update((topic, "*"))
        said = w.name(f"consent to {topic}", lambda: happened.call(w, facts.allowed, consents, w.bind(topic)))
    return w.lasting(f"{said} == {w.bind(leaf.is_)}")


def _reachable(w: "Writer", _leaf: Reachable) -> "Term":
    w.reads.traits.add("email")
    w.reads.others.update(("identities", "told", "words"))
    return w.lasting(happened.call(w, facts.reachable, _document(w)))


def _place(w: "Writer", leaf: Place) -> "Term":
    kind = next(name for name in ("country", "region", "city") if getattr(leaf, name))
    w.reads.traits.update(way[0] for way in facts.PLACES[kind])
    w.reads.others.add("words")
    document = _document(w)
    found = w.name(f"place {kind}", lambda: happened.call(w, facts.places, document, w.bind(kind)))
    return _compared(w, found, "in", None, getattr(leaf, kind))


def _near(w: "Writer", leaf: Near) -> "Term":
    w.reads.traits.add("location")
    return w.lasting(happened.call(w, facts.near(leaf.lat, leaf.lon, leaf.km), f"{_document(w)}.traits"))


def _rfm(w: "Writer", leaf: Rfm) -> "Term":
    w.reads.others.add("scores")
    document = _document(w)
    scores = w.name("scores", lambda: f"{document}.scores")
    kind = "text" if leaf.dim == "cell" else "number"
    found = w.name(f"rfm {leaf.dim}", lambda: f"(({kind!r}, {scores}.{leaf.dim}),) if {scores} else ()")
    return _compared(w, found, leaf.cmp, leaf.value, leaf.values)


def _bucket(w: "Writer", leaf: Bucket) -> "Term":
    share = w.name(f"share {leaf.salt}", lambda: happened.call(w, facts.shares(leaf.salt), "customer.customer_id"))
    return w.lasting(f"{leaf.from_bp} <= {share} < {leaf.to_bp}")


def _made_of(w: "Writer", leaf: Engaged | Outcome | Total) -> "Term":
    """What the leaves say that it is short for."""
    return w.term(All(op="all", of=leaf.parts) if leaf.is_all else AnyOf(op="any", of=leaf.parts))


def effort(rule: Any) -> int:
    """In which order the rules of a group are best asked: what may settle it for little comes first."""
    if isinstance(rule, Not):
        return effort(rule.rule)
    if isinstance(rule, Group):
        return max(map(effort, rule.of))
    if type(rule) in _EFFORTS:
        return _EFFORTS[type(rule)]
    if getattr(rule, "window", "ever") != "ever":
        return 3 if isinstance(rule, Count) and not rule.by_days else 4
    return 1


_EFFORTS: Mapping[type, int] = {
    **dict.fromkeys((InList, Consent, Rfm), 0),
    **dict.fromkeys((Bucket, Near), 2),
    **dict.fromkeys((Abandoned, Anniversary, Date, ProfileAge, Regular, Sequence), 5),
}

WRITERS: Mapping[type, Callable[["Writer", Any], "Term"]] = {
    Abandoned: happened.abandoned,
    Anniversary: _anniversary,
    Bucket: _bucket,
    Consent: _consent,
    Count: happened.count,
    Date: _date,
    Engaged: _made_of,
    First: happened.first,
    InList: _in_list,
    Last: _last,
    InSegment: lambda w, leaf: w.segment(leaf),
    Near: _near,
    Outcome: _made_of,
    Place: _place,
    ProfileAge: _profile_age,
    Reachable: _reachable,
    Regular: happened.regular,
    Rfm: _rfm,
    Sequence: happened.sequence,
    Total: lambda w, leaf: _made_of(w, leaf) if leaf.parts else happened.total(w, leaf),
    Trait: _trait,
}
