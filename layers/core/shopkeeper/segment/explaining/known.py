"""Leaves about what is known of a customer: traits, lists, consents, places, scores, chance."""

from collections.abc import Iterable, Mapping
from typing import Any

from shopkeeper.customer import addresses, comparing, consents, known
from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.lists import Stay
from shopkeeper.segment import facts, leaves
from shopkeeper.segment.explaining import happenings, traits, wording
from shopkeeper.segment.explaining.counted import kept, seen
from shopkeeper.segment.explaining.telling import Sight, Told

_DIMS: Mapping[str, str] = {
    "r": "the fifth by recency",
    "f": "the fifth by frequency",
    "m": "the fifth by money",
    "cell": "the cell of fifths",
}


def trait(sight: Sight, leaf: leaves.Trait) -> Told:
    shown = traits.shown(sight, leaf.path)
    asked = happenings.comparison(leaf.path, leaf.cmp, leaf.value, leaf.values)
    return Told(
        asks=asked,
        says=f"{leaf.path} is {sight.values(leaf.path, shown)}" if shown else f"{leaf.path} is not known",
        seen={"values": shown},
        needs=f"asked for: {asked}",
        news=f"another {leaf.path}",
    )


def last(sight: Sight, leaf: leaves.Last) -> Told:
    its, what = kept(sight, leaf.measure, leaf.registered), happenings.of(leaf.measure)
    asked = f"{leaf.prop} of the newest {what.one}{what.narrowed}"
    shown = list(its.newest.values) if its and its.newest else []
    says = f"{asked} is {sight.values(leaf.prop, shown) if shown else 'not known'}"
    if its is None or not its.count:
        says = f"{what.did_not}{what.narrowed}"
    return Told(
        asks=happenings.comparison(asked, leaf.cmp, leaf.value, leaf.values),
        says=says + (f", from {sight.day(its.last)}" if its and its.count else ""),
        seen=seen(leaf.measure.event, values=shown, at=from_ms(its.last) if its and its.count else ""),
        needs=f"asked for: {happenings.comparison(leaf.prop, leaf.cmp, leaf.value, leaf.values)}",
        news=f"one more {what.one}",
    )


def in_list(sight: Sight, leaf: leaves.InList) -> Told:
    stay = sight.customer.document.lists.get(leaf.id)
    return Told(
        asks=f"is on the list {leaf.id}",
        says=_on_list(sight, leaf.id, stay),
        seen={"is_on": stay.is_on, "at": from_ms(stay.at)} if stay else {"is_on": False},
        needs=f"a place on the list {leaf.id} is needed",
        news=f"being put on the list {leaf.id}, or taken off it",
    )


def _on_list(sight: Sight, list_id: str, stay: Stay | None) -> str:
    if stay is None:
        return f"was never on the list {list_id}"
    return f"{'is on' if stay.is_on else 'is off'} the list {list_id} since {sight.day(stay.at)}"


def consent(sight: Sight, leaf: leaves.Consent) -> Told:
    said = sight.customer.document.consents
    if leaf.topic is None:
        return _over(said, leaf.is_)
    topic = _topic(leaf.topic)
    decides = next((each for each in _deciding(said, leaf.topic)), None)
    asks = f"said {'yes' if leaf.is_ == 'in' else 'no'} to {topic}"
    if decides is None:
        return Told(asks, f"never said anything on {topic}", {}, "a word is needed", f"what is said on {topic}")
    about, word = decides
    told = _topic(about)
    seen = {"topic": about, "is": word.is_, "at": from_ms(word.at), "source": word.source}
    says = f"said {'yes' if word.is_ == 'in' else 'no'} to {told} on {sight.day(word.at)}"
    return Told(asks, says, seen, f"a {'yes' if leaf.is_ == 'in' else 'no'} is needed", f"what is said on {topic}")


def reachable(sight: Sight, _leaf: leaves.Reachable) -> Told:
    document = sight.customer.document
    block = addresses.block_of(document)
    says = "has an address that takes mail, as far as is known" if addresses.key_of(document) else "has no address"
    return Told(
        asks="has an address that takes mail",
        says=f"no mail goes to the address: {block.replace('_', ' ')}" if block else says,
        seen={"block": block} if block else {},
        needs="an address that takes mail is needed",
        news="another address, or a word on this one",
    )


def _over(said: Mapping[str, consents.Consent], wanted: str) -> Told:
    is_, spoken = facts.allowed_over(said), {"in": "yes", "out": "no"}
    those = [_topic(each) for each in sorted(said) if facts.allowed(said, each) == is_]
    return Told(
        asks="said yes to one topic of e-mail at least" if wanted == "in" else "said no to all e-mail they spoke of",
        says=f"said {spoken[is_]} to {wording.listed(those)}" if is_ else "never said anything on e-mail",
        seen={"is": is_, "topics": those} if is_ else {},
        needs=f"a {spoken[wanted]} is needed",
        news="what is said on e-mail",
    )


def _topic(topic: str) -> str:
    return "all marketing" if topic == consents.ALL else topic


def _deciding(said: Mapping[str, consents.Consent], topic: str) -> Iterable[tuple[str, consents.Consent]]:
    """An `out` of all goes first."""
    if consents.ALL in said and said[consents.ALL].is_ == "out":
        yield consents.ALL, said[consents.ALL]
    if topic in said:
        yield topic, said[topic]


def place(sight: Sight, leaf: leaves.Place) -> Told:
    kind = next(name for name in ("country", "region", "city") if getattr(leaf, name))
    asks = f"{kind} is {wording.listed(getattr(leaf, kind), 'or')}"
    shown, by = _whereabouts(sight, kind)
    says = f"{kind} is {wording.listed(map(str, shown))}, {by}" if shown else f"{kind} is not known"
    seen = {"values": shown, "by": by} if shown else {"values": []}
    return Told(asks, says, seen, f"asked for: {asks}", f"another {kind}")


def _whereabouts(sight: Sight, kind: str) -> tuple[list[Any], str]:
    document = sight.customer.document
    told = [each for way in facts.PLACES[kind] for each in comparing.reached(document.traits, way)]
    seen = document.words.get(known.SEEN, {}).get(kind)
    if told or seen is None:
        return told, "as told"
    return [seen.value], f"seen on {sight.day(seen.at)}"


def near(sight: Sight, leaf: leaves.Near) -> Told:
    far = facts.distance(leaf.lat, leaf.lon, sight.customer.document.traits)
    asks = f"location is at most {leaf.km:g} km from {leaf.lat:g}, {leaf.lon:g}"
    says = "location is not known" if far is None else f"location is {far:.1f} km away"
    seen = {} if far is None else {"km": round(far, 3)}
    return Told(asks, says, seen, f"at most {leaf.km:g} km are allowed", "another location")


def rfm(sight: Sight, leaf: leaves.Rfm) -> Told:
    scores, what = sight.customer.document.scores, _DIMS[leaf.dim]
    asks = happenings.comparison(what, leaf.cmp, leaf.value, leaf.values)
    value = getattr(scores, leaf.dim, None)
    return Told(
        asks=asks,
        says=f"{what} is {value}, counted on {wording.iso_day(scores.day)}"
        if scores
        else "is in no fifth: has not ordered",
        seen={leaf.dim: value, "day": scores.day} if scores else {},
        needs=f"asked for: {asks}",
        news="the count of fifths of a night",
    )


def bucket(sight: Sight, leaf: leaves.Bucket) -> Told:
    share = facts.share(leaf.salt, sight.customer.customer_id)
    wanted = f"from {leaf.from_bp / 100:g} % to below {leaf.to_bp / 100:g} %"
    asks = f"the draw of {leaf.salt} is {wanted}"
    return Told(asks, f"the draw of {leaf.salt} is {share / 100:g} %", {"share": share}, f"asked for: {wanted}")
