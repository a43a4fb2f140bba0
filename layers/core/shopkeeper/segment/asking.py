"""What each leaf asks of a customer, as a line of the function that all rules become."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from shopkeeper.customer import comparing, habits
from shopkeeper.customer.asked import Scalar
from shopkeeper.customer.measures.registered import Registered
from shopkeeper.segment import counts, dates, facts
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
from shopkeeper.segment.leaves.values import Measure
from shopkeeper.segment.rule import All, AnyOf
from shopkeeper.segment.spans import days, span

if TYPE_CHECKING:
    from shopkeeper.segment.writing import Term, Writer

_SIGNS = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<", "eq": "=="}


def _measure(w: "Writer", measure: Measure, registered: Registered | None = None) -> str:
    if registered is not None:
        w.reads.registered[registered.id] = registered
        return w.name(f"registered {registered.id}", lambda: f"customer.registered.get({w.bind(registered.id)})")
    w.reads.events.add(measure.event)
    all_of_them = w.name("measures", lambda: "customer.measures")
    return w.name(f"measure {measure.event}", lambda: f"{all_of_them}.get({w.bind(measure.event)})")


def _tail(w: "Writer", measure: Measure) -> str:
    its = _measure(w, measure, measure.registered())
    return w.name(f"tail {its}", lambda: f"{its}.tail if {its} else ()")


def _document(w: "Writer") -> str:
    return w.name("document", lambda: "customer.document")


def _call(w: "Writer", function: Callable[..., Any], *names: str) -> str:
    return f"{w.bind(function)}({', '.join(names)})"


def _count(w: "Writer", leaf: Count) -> "Term":
    its = _measure(w, leaf.measure, leaf.registered)
    if isinstance(leaf.window, str):
        number = w.name(f"count {its}", lambda: f"{its}.count if {its} else 0")
        return w.lasting(f"{number} {_SIGNS[leaf.cmp]} {leaf.n}")
    if leaf.by_days:
        test = counts.summed(days(leaf.window, w.zone), w.zone, leaf.cmp, leaf.n, counts.of_count)
        return w.timed(_call(w, test, its, "now"))
    return w.timed(_call(w, counts.counted(span(leaf.window, w.zone), leaf.cmp, leaf.n), _tail(w, leaf.measure), "now"))


def _total(w: "Writer", leaf: Total) -> "Term":
    if leaf.parts:
        return _made_of(w, leaf)
    its, currency = _measure(w, leaf.measure, leaf.registered), leaf.currency or ""
    if leaf.fn == "avg":
        return w.lasting(_call(w, counts.averaged(currency, leaf.cmp, leaf.bound), its))
    if isinstance(leaf.window, str):
        units = w.name(f"total {currency} {its}", lambda: f"{its}.totals.get({w.bind(currency)}, 0) if {its} else 0")
        return w.lasting(f"{units} {_SIGNS[leaf.cmp]} {leaf.bound}")
    window, weigh = days(leaf.window, w.zone), counts.of_currency(currency) if leaf.fn == "sum" else counts.of_one
    return w.timed(_call(w, counts.summed(window, w.zone, leaf.cmp, leaf.bound, weigh), its, "now"))


def _first(w: "Writer", leaf: First) -> "Term":
    its = _measure(w, leaf.measure, leaf.registered)
    return w.timed(_call(w, counts.first(span(leaf.window, w.zone)), its, "now"))


def _last(w: "Writer", leaf: Last) -> "Term":
    its = _measure(w, leaf.measure, leaf.registered)
    found = w.name(f"newest {its}", lambda: _call(w, counts.newest, its))
    return _compared(w, found, leaf.cmp, leaf.value, leaf.values)


def _sequence(w: "Writer", leaf: Sequence) -> "Term":
    test = counts.followed(span(leaf.window, w.zone), leaf.within.milliseconds)
    return w.timed(_call(w, test, _tail(w, leaf.a), _tail(w, leaf.b), "now"))


def _abandoned(w: "Writer", leaf: Abandoned) -> "Term":
    test = counts.abandoned(leaf.grace.milliseconds)
    return w.timed(_call(w, test, _tail(w, leaf.did), _tail(w, leaf.without), "now"))


def _regular(w: "Writer", leaf: Regular) -> "Term":
    its = _measure(w, leaf.measure, leaf.registered)
    return w.timed(_call(w, counts.regular(leaf.unit, leaf.of_last, leaf.at_least, w.zone), its, "now"))


def _trait(w: "Writer", leaf: Trait) -> "Term":
    return _compared(w, _values(w, leaf.path), leaf.cmp, leaf.value, leaf.values)


def _values(w: "Writer", path: str) -> str:
    w.reads.traits.add(path.partition(".")[0])
    names, document = tuple(path.split(".")), _document(w)
    traits = w.name("traits", lambda: f"{document}.traits")
    return w.name(f"trait {path}", lambda: f"tuple({w.bind(comparing.found)}({traits}, {w.bind(names)}))")


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
    return w.lasting(f"any(map({w.bind(comparing.fit(cmp, value, ()))}, {found}))")


def _zone(w: "Writer") -> str:
    w.reads.traits.update(habits.STATED_ZONE)
    w.reads.others.add("words")
    document = _document(w)
    return w.name("zone", lambda: _call(w, dates.zone_of, document, w.bind(w.zone)))


def _date(w: "Writer", leaf: Date) -> "Term":
    return w.timed(_call(w, dates.compared(leaf), _values(w, leaf.path), _zone(w), "now"))


def _anniversary(w: "Writer", leaf: Anniversary) -> "Term":
    return w.timed(_call(w, dates.anniversary(leaf.within_days), _values(w, leaf.path), _zone(w), "now"))


def _profile_age(w: "Writer", leaf: ProfileAge) -> "Term":
    w.reads.others.update(("measures", "identities", "told", "consents", "lists"))
    return w.timed(_call(w, dates.aged(leaf.cmp, leaf.span.milliseconds), "customer", "now"))


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
        said = w.name("consent over e-mail", lambda: _call(w, facts.allowed_over, consents))
    else:
        topic = leaf.topic
        w.reads.topics.update((topic, "*"))
        said = w.name(f"consent to {topic}", lambda: _call(w, facts.allowed, consents, w.bind(topic)))
    return w.lasting(f"{said} == {w.bind(leaf.is_)}")


def _reachable(w: "Writer", _leaf: Reachable) -> "Term":
    w.reads.traits.add("email")
    w.reads.others.update(("identities", "told", "words"))
    return w.lasting(_call(w, facts.reachable, _document(w)))


def _place(w: "Writer", leaf: Place) -> "Term":
    kind = next(name for name in ("country", "region", "city") if getattr(leaf, name))
    w.reads.traits.update(way[0] for way in facts.PLACES[kind])
    w.reads.others.add("words")
    document = _document(w)
    found = w.name(f"place {kind}", lambda: _call(w, facts.places, document, w.bind(kind)))
    return _compared(w, found, "in", None, getattr(leaf, kind))


def _near(w: "Writer", leaf: Near) -> "Term":
    w.reads.traits.add("location")
    return w.lasting(_call(w, facts.near(leaf.lat, leaf.lon, leaf.km), f"{_document(w)}.traits"))


def _rfm(w: "Writer", leaf: Rfm) -> "Term":
    w.reads.others.add("scores")
    document = _document(w)
    found = w.name(f"rfm {leaf.dim}", lambda: _call(w, facts.scored, f"{document}.scores", w.bind(leaf.dim)))
    return _compared(w, found, leaf.cmp, leaf.value, leaf.values)


def _bucket(w: "Writer", leaf: Bucket) -> "Term":
    share = w.name(f"share {leaf.salt}", lambda: _call(w, facts.share, w.bind(leaf.salt), "customer.customer_id"))
    return w.lasting(f"{leaf.from_bp} <= {share} < {leaf.to_bp}")


def _made_of(w: "Writer", leaf: Engaged | Outcome | Total) -> "Term":
    """What the leaves say that it is short for."""
    return w.term(All(op="all", of=leaf.parts) if leaf.is_all else AnyOf(op="any", of=leaf.parts))


WRITERS: Mapping[type, Callable[["Writer", Any], "Term"]] = {
    Abandoned: _abandoned,
    Anniversary: _anniversary,
    Bucket: _bucket,
    Consent: _consent,
    Count: _count,
    Date: _date,
    Engaged: _made_of,
    First: _first,
    InList: _in_list,
    Last: _last,
    InSegment: lambda w, leaf: w.segment(f"{leaf.id}@{leaf.version}" if leaf.version else leaf.id),
    Near: _near,
    Outcome: _made_of,
    Place: _place,
    ProfileAge: _profile_age,
    Reachable: _reachable,
    Regular: _regular,
    Rfm: _rfm,
    Sequence: _sequence,
    Total: _total,
    Trait: _trait,
}
