"""Two customers become one: what is written then. Pure; `store.merger` carries it out.

All that the one said is absorbed by the other, and a tombstone that says where it went takes its place. No row and no
identity is moved: whose something is, is whose its subject was when it was received, and then where that customer went.
What both were is kept in a log, so that the merge can be undone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

from msgspec.structs import replace

from shopkeeper import ids
from shopkeeper.customer import consents, document
from shopkeeper.customer.consents import Consent
from shopkeeper.customer.document import Customer, Document, Stored
from shopkeeper.customer.fold import Candidate, Folding
from shopkeeper.customer.identity import kind_of
from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.interaction import Interaction, Source, raw
from shopkeeper.customer.rows import Row, row_of
from shopkeeper.customer.standing import Stand

SOURCE: Source = "merge"
APART, TOO_MANY, TOO_LARGE = "apart", "too_many", "too_large"
MOST_MERGED = 50  # Who has had more pasts than this is no person, but an id that a program gives to everybody.
_TOLD_BY = "merge"
LARGEST_LOG = 380_000  # bytes; an item has room for 400 KB in all
_LONGEST_TOPIC = 200  # bytes; a longer one is named by its digest


class NotMerged(Exception):
    """These two are not to become one, now or ever. `apart_since` is an instant, text, where somebody has parted them.

    `reason`: apart, too_many (were merged into one), too_large (to be one document, or a log).
    """

    def __init__(self, reason: str, apart_since: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.apart_since = apart_since


@dataclass(frozen=True, slots=True)
class Why:
    """`by` is who asked for it; empty where the two turned out to be one person by what was received at `cause`."""

    by: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """Which customer went into which, when and why; and if that was undone, when and by whom, else ""."""

    id: str
    gone: str
    into: str
    at: str
    why: Why
    undone_at: str = ""
    undone_by: str = ""


@dataclass(frozen=True, slots=True)
class Log:
    """Both customers as they were, without `pending`; the merge wrote the next version of each. `founders` are the
    identities that the one gone and the other one are named after.

    Where it was undone, that wrote the version `undone_version` of the one that was merged into; and `stale` is what
    that one was thought to have said about topics until then, and had not. `through` are the merges by which both went
    on to others in between, and came back: nothing else tells what was folded there.
    """

    entry: Entry
    gone: Stored
    into: Stored
    founders: tuple[str, str]
    undone_version: int = 0
    stale: Mapping[str, Consent] = field(default_factory=dict)
    through: tuple[str, ...] = ()

    @property
    def version(self) -> int:
        """Of the customer that was merged into, from which on it was both."""
        return self.into.version + 1


@dataclass(frozen=True, slots=True)
class Merging:
    """To be written at once or not at all, each customer in the place of the version before; then the rows.

    `owed` are customers who lack a measure by this that one of the two had; that is written along.
    """

    gone: Stored
    into: Stored
    log: Log
    rows: tuple[Row, ...]
    owed: tuple[str, ...] = ()


def merge_id(gone: Customer) -> str:
    """No customer goes twice from one version."""
    return ids.digest("merge", gone.customer_id, str(gone.version))


def merge_of(row: Row) -> str:
    """The merge that told this, empty where none did."""
    prefix, _, rest = row.message_id.partition("/")
    return rest.partition("/")[0] if prefix == _TOLD_BY and kind_of(row.subject) == "customer" else ""


def check_not_parted(gone: Customer, into: Customer) -> None:
    """Whom somebody has parted are not brought together by what anybody sends. Raises NotMerged."""
    parted = [
        parting.at
        for one, other in ((gone, into), (into, gone))
        for parting in one.document.partings.values()
        if parting.customer_id in other.family
    ]
    if parted:
        raise NotMerged(APART, from_ms(max(parted)))


def merging(gone: Customer, into: Customer, founders: tuple[str, str], why: Why, now_ms: int, stand: Stand) -> Merging:
    """The rows that `pending` of either owes have been put. Raises NotMerged."""
    merge, now = merge_id(gone), from_ms(now_ms)
    said = list(_agreed(gone.document.consents, into.document.consents, into.customer_id, merge, now))
    one = joined(into, gone, merge)
    folding = Folding(one.document, one.measures, one.registered)
    for each in said:
        folding.add(Candidate(each))
    version = into.version + 1
    rows = tuple(row_of(each, customer_id=into.customer_id, version=version, folded_at=now) for each in said)
    counted = folding.counted()
    whole = Customer(
        into.customer_id, version, folding.document(now_ms), counted.events, rows, registered=counted.registered
    )
    whole = stand(into, whole, now_ms, "merge")
    tombstone = Document(merged_into=into.customer_id, updated_at=now_ms)
    left = stand(gone, Customer(gone.customer_id, gone.version + 1, tombstone), now_ms, "merge")
    made = Merging(
        gone=document.store(left),
        into=document.store(whole),
        log=Log(Entry(merge, gone.customer_id, into.customer_id, now, why), _kept(gone), _kept(into), founders),
        rows=whole.pending,
        owed=(into.customer_id,) if gone.registered.keys() != into.registered.keys() else (),
    )
    _check_measure(made, len(whole.document.merged))
    return made


def _kept(customer: Customer) -> Stored:
    return document.store(replace(customer, pending=()))


def joined(into: Customer, gone: Customer, merge: str) -> Customer:
    """`into`, as if it had been told from the beginning all that either was."""
    folding = Folding(into.document, into.measures, into.registered)
    folding.absorb(gone.document, gone.measures, gone.registered)
    counted = folding.counted()
    whole = replace(
        folding.document(max(into.document.updated_at, gone.document.updated_at)),
        merged={**into.document.merged, **gone.document.merged, gone.customer_id: merge},
        partings=into.document.partings | gone.document.partings,
    )
    return replace(into, document=whole, measures=counted.events, registered=counted.registered)


def _check_measure(made: Merging, merged: int) -> None:
    if merged > MOST_MERGED:
        raise NotMerged(TOO_MANY)
    if made.into.size > document.LARGEST or made.log.gone.size + made.log.into.size > LARGEST_LOG:
        raise NotMerged(TOO_LARGE)


def _agreed(
    gone: Mapping[str, Consent], into: Mapping[str, Consent], customer_id: str, merge: str, at: str
) -> Iterable[Interaction]:
    """What holds of each topic about which the two differ: `out` from now on, if either said so.

    An `in` of which the other knows nothing stands as it was said. That of the one who goes is told again as such; that
    of the one who stays is known there, and would outlast, told by this merge, the parting from whoever gave it.
    """
    for topic in sorted({*gone, *into}):
        held = [side[topic] for side in (gone, into) if topic in side]
        out = next((each for each in held if each.is_ == "out"), None)
        if len({each.is_ for each in held}) == len(held) and (out or topic in gone):
            stands = held[0] if out is None else replace(out, source=SOURCE)
            yield _restated(topic, stands, at if out else from_ms(held[0].at), customer_id, merge, at)


def _restated(topic: str, held: Consent, at: str, customer_id: str, merge: str, now: str) -> Interaction:
    name = topic if len(topic.encode()) <= _LONGEST_TOPIC else ids.digest(topic)
    said = {"topic": topic, "is": held.is_, "basis": held.basis, "wording": held.wording}
    return Interaction(
        subject=f"customer:{customer_id}",
        message_id=f"{_TOLD_BY}/{merge}/{name}",
        type="track",
        name=consents.CHANGED,
        at=at,
        received_at=now,
        source=cast(Source, held.source),
        trusted=True,
        raw_properties=raw({name: value for name, value in said.items() if value}),
    )
