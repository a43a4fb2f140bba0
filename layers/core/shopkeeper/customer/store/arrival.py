"""Store a batch of interactions: find out whose each one is, then write customer by customer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from shopkeeper import clock
from shopkeeper.customer import interaction, rows
from shopkeeper.customer.fold import Candidate
from shopkeeper.customer.identity import KINDS, NOBODY, kind_of
from shopkeeper.customer.interaction import MAX_MESSAGE_ID_BYTES, MAX_SUBJECT_BYTES, NOTHING, Interaction, raw
from shopkeeper.customer.retractions import target_of
from shopkeeper.customer.rows import Key, Row
from shopkeeper.customer.store import keeping
from shopkeeper.customer.store.keeping import Places
from shopkeeper.customer.store.people import People, Person
from shopkeeper.customer.store.ports import Interactions, Links, NotTaken, Sent
from shopkeeper.customer.store.rounds import Rounds
from shopkeeper.customer.unjudged import bare, is_unjudged

SUBJECTS = frozenset({*KINDS, "customer", "send", "content"})
_OBJECT = ord("{")
_INSTANT_LENGTH = len("2026-11-21T09:30:00.250Z")


class NoInteraction(ValueError):
    """A message that cannot be stored, now or ever."""


def read(body: str) -> Interaction:
    """Raises NoInteraction. The doors check what people send; this checks that no door let through what has no row."""
    try:
        read = interaction.decode(body)
        _check(read)
    except ValueError as problem:
        raise NoInteraction(str(problem)) from problem
    return read


def _check(read: Interaction) -> None:
    kind, _, name = read.subject.partition(":")
    if kind not in SUBJECTS or not name or len(read.subject.encode()) > MAX_SUBJECT_BYTES:
        raise NoInteraction("subject: of no known kind, nameless, or too long")
    if not 1 <= len(read.message_id.encode()) <= MAX_MESSAGE_ID_BYTES:
        raise NoInteraction("message_id: empty or too long")
    for instant in (read.at, read.received_at):
        clock.from_text(instant)
        if len(instant) != _INSTANT_LENGTH:  # Instants are compared as text.
            raise NoInteraction("at, received_at: not written as `clock.to_text` writes them")
    _check_parts(read)


def _check_parts(read: Interaction) -> None:
    for kind, name in read.ids.items():
        # They become keys too, and a read of many keys fails for all of them if one is too long.
        if len(kind.encode()) + len(":") + len(name.encode()) > MAX_SUBJECT_BYTES:
            raise NoInteraction("ids: too long")
    for part in (read.raw_properties, read.raw_traits, read.raw_context):
        if part is not NOTHING and memoryview(part)[0] != _OBJECT:
            raise NoInteraction("properties, traits, context: not objects")


@dataclass(frozen=True, slots=True)
class Sorted:
    """By message: what is about somebody, as it is to be stored; rows that belong to nobody; and hits of which it is
    not settled who made them."""

    personal: Mapping[str, Interaction]
    loose: Mapping[str, Row]
    unjudged: Mapping[str, Interaction]


class Store:
    def __init__(
        self, interactions: Interactions, places: Places, links: Links, people: People, rounds: Rounds
    ) -> None:
        self._interactions = interactions
        self._places, self._sends = places, places.sends
        self._links = links
        self._people = people
        self._rounds = rounds

    def store(self, batch: Mapping[str, Interaction]) -> dict[str, str]:
        """Takes interactions by message; gives the messages that must come again, each with the reason."""
        failed = {message: "unreadable" for message, each in batch.items() if _is_unreadable(each)}
        batch = {message: each for message, each in batch.items() if message not in failed}
        found = self._sort_out(batch)
        failed |= self._put_loose(found.loose)
        firsts = _first_of_each(found.personal.values())
        people, unsettled = self._people.settle(firsts.values())
        candidates = [_candidate(firsts[key], person) for key, person in people.items()]
        nobodys = [each for each in candidates if each.customer_id == NOBODY]
        known = [each for each in candidates if each.customer_id != NOBODY]
        # What is taken back is stored before, if both came together.
        unserved = self._rounds.store(each for each in known if not target_of(each.interaction))
        unserved |= self._rounds.store(each for each in known if target_of(each.interaction))
        unserved |= self._rounds.lay_aside(nobodys) | unsettled
        failed |= {message: unserved[each.key] for message, each in found.personal.items() if each.key in unserved}
        return failed

    def _sort_out(self, batch: Mapping[str, Interaction]) -> Sorted:
        """What waits for a verdict is kept on the way."""
        sent, led_to = self._sends.sent(_sends_of(batch.values())), self._led_to(batch.values())
        found = sort_out(batch, sent, led_to)
        refused = keeping.keep(found.unjudged, self._places)
        return replace(found, personal={**found.personal, **sort_out(refused, sent, led_to).personal})

    def _led_to(self, batch: Iterable[Interaction]) -> dict[str, Sequence[str]]:
        """By content version, where the links lead of which some were followed."""
        clicked = {each.properties.get("content") for each in batch if _is_hit(each) and "link" in each.properties}
        return {ref: self._links.links(ref) for ref in clicked if isinstance(ref, str) and ref}

    def _put_loose(self, loose: Mapping[str, Row]) -> dict[str, str]:
        by_key = {row.key: row for row in loose.values()}
        try:
            if by_key:
                self._interactions.put(by_key.values())
        except NotTaken as problem:
            return {message: "row not taken" for message, row in loose.items() if row.key in problem.keys}
        return {}


def _is_unreadable(each: Interaction) -> bool:
    """What is about nobody becomes a row as it is, whatever it says."""
    return kind_of(each.subject) != "content" and not each.is_readable


def _candidate(each: Interaction, person: Person) -> Candidate:
    return Candidate(each, person.identities, person.formerly, person.customer_id)


def sort_out(batch: Mapping[str, Interaction], sent: Mapping[str, Sent], led_to: Mapping[str, Sequence[str]]) -> Sorted:
    """`sent` holds each send that is known, `led_to` where the links of a content version lead.

    A hit that nobody checked, or on a send that nobody knows, is kept under its send and can still be counted later.
    """
    personal, loose, unjudged = {}, {}, {}
    for message, each in batch.items():
        kind, _, name = each.subject.partition(":")
        if kind == "content":
            loose[message] = rows.row_of(each)
        elif kind == "send" and each.properties.get("unverified"):
            loose[message] = rows.row_of(bare(each), unfolded="unverified")
        elif kind == "send" and name not in sent:
            loose[message] = rows.row_of(bare(each), unfolded="unknown_send")
        elif kind == "send" and is_unjudged(each):
            unjudged[message] = each
        else:
            personal[message] = _addressed(each, sent[name], led_to) if kind == "send" else each
    return Sorted(personal, loose, unjudged)


def _addressed(hit: Interaction, sent: Sent, led_to: Mapping[str, Sequence[str]]) -> Interaction:
    """With the letter that it is about. The row keeps all of it, so it is the same however often it is told."""
    about = {"activity": sent.activity, "step": sent.step, "occurrence": sent.occurrence, "url": _url(hit, led_to)}
    known = {name: text for name, text in about.items() if text}
    said = raw({**hit.properties, **known})
    return msgspec.structs.replace(bare(hit), subject=f"customer:{sent.customer_id}", raw_properties=said)


def _url(hit: Interaction, led_to: Mapping[str, Sequence[str]]) -> str:
    """As the letter has it: of a link made for one person alone it is the address that all others get."""
    link, links = hit.properties.get("link"), led_to.get(str(hit.properties.get("content")), ())
    return links[link] if isinstance(link, int) and 0 <= link < len(links) else ""


def _is_hit(each: Interaction) -> bool:
    return kind_of(each.subject) == "send"


def _sends_of(interactions: Iterable[Interaction]) -> set[str]:
    return {each.subject.removeprefix("send:") for each in interactions if _is_hit(each)}


def _first_of_each(interactions: Iterable[Interaction]) -> dict[Key, Interaction]:
    firsts: dict[Key, Interaction] = {}
    for each in sorted(interactions, key=lambda each: each.received_at):
        firsts.setdefault(each.key, each)
    return firsts
