"""Undo a merge: tell apart what two customers were told since they were one. Pure; `store.parter` carries it out.

The log of a merge says what both were before. Each row folded since belongs to whoever its subject was, as if nobody
had ever been merged. So the living customer is taken to pieces, one for itself and one for each who came, and put
together again without the one who is to go. Before that, all pieces together must be what the living customer is: if a
row is missing, nobody can say whose part it was, and nothing is done.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from shopkeeper.customer import document, merging, rebuilding, rows
from shopkeeper.customer.consents import Consent
from shopkeeper.customer.document import Customer, Parting, Stored
from shopkeeper.customer.fold import Candidate, Folding
from shopkeeper.customer.identity import Known
from shopkeeper.customer.instants import from_ms, to_ms
from shopkeeper.customer.measures import Rules
from shopkeeper.customer.merging import Log
from shopkeeper.customer.rebuilding import FOLDED
from shopkeeper.customer.retelling import Retelling
from shopkeeper.customer.rows import Row
from shopkeeper.customer.standing import Stand

INCOMPLETE, TOO_MUCH = "incomplete", "too_much"
# What stands in a document besides what rows make of it. Which identities do depends on when it is asked.
BESIDES = ("identities", "scores", "merged_into", "merged", "partings", "standing", "moved", "updated_at")


class NotParted(Exception):
    """`reason`: incomplete (rows are missing that this rests on), too_much (to be read in one call)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Past:
    """All that is known of how a living customer came to be what it is.

    `logs` are those of all its merges by id, also of those that were undone, and of those that these went `through`.
    `rows` are all that may be its own, and `known` holds what is stored of their subjects and of whoever they state.
    """

    living: Customer
    logs: Mapping[str, Log]
    rows: Sequence[Row]
    known: Mapping[str, Known]
    rules: Rules = Rules()  # noqa: RUF009 - it cannot change.


@dataclass(frozen=True, slots=True)
class Unmerging:
    """To be written at once or not at all. `log` says that it was undone, and what was agreed in between."""

    gone: Stored
    into: Stored
    log: Log

    @property
    def owed(self) -> tuple[str, ...]:
        """Who lacks registered measures by this: they are counted of each anew. It is written along."""
        return self.gone.customer_id, self.into.customer_id


@dataclass(frozen=True, slots=True)
class _Piece:
    """One who came, or the customer itself: what it was at the start, and what was folded after that version."""

    family: frozenset[str]
    folding: Folding
    after: int


def unmerging(past: Past, log: Log, tombstone: Customer, by: str, now_ms: int, stand: Stand) -> Unmerging:
    """`log` is that of a merge straight into the living customer, whose `pending` owes no row. Raises NotParted."""
    living, gone_id = past.living, log.entry.gone
    base = _base(past, log)
    since = [each for each in _direct(past) if each.version >= base.version and _stands(each, living)]
    pieces = _pieces(past, base, since)
    agreed = _agreed(past, {each.entry.id for each in since})
    _check(living, pieces.values(), agreed.values())
    theirs = pieces.pop(gone_id)
    others = {merge: said for merge, said in agreed.items() if merge != log.entry.id}
    gone = _revived(theirs, log, tombstone, now_ms)
    rest = _whole(pieces[living.customer_id].folding, pieces.values(), others.values())
    into = _left(past, theirs.family, rest, log, now_ms)
    stale = _stale(living.document.consents, into.document.consents)
    entry = replace(log.entry, undone_at=from_ms(now_ms), undone_by=by)
    undone = replace(log, entry=entry, undone_version=into.version, stale=stale, through=_through(past, log))
    back = stand(tombstone, gone, now_ms, "merge")
    left = stand(living, into, now_ms, "merge")
    return Unmerging(document.store(back), document.store(left), undone)


def _direct(past: Past) -> list[Log]:
    """The merges straight into the customer, oldest first."""
    mine = (each for each in past.logs.values() if each.entry.into == past.living.customer_id)
    return sorted(mine, key=lambda each: each.version)


def _stands(log: Log, living: Customer) -> bool:
    return living.document.merged.get(log.entry.gone) == log.entry.id


def _base(past: Past, log: Log) -> Log:
    """The latest log, up to this one, of a time when nobody was part of the customer who is not any more.

    Raises NotParted.
    """
    merged = past.living.document.merged.items()
    before = [each for each in _direct(past) if each.version <= log.version]
    found = (each for each in reversed(before) if document.load(each.into).document.merged.items() <= merged)
    if (base := next(found, None)) is None:
        raise NotParted(INCOMPLETE)
    return base


def _pieces(past: Past, base: Log, since: Iterable[Log]) -> dict[str, _Piece]:
    """By customer, with all rows folded into each."""
    pieces = {past.living.customer_id: _piece(base.into, base, past.rules)}
    pieces |= {each.entry.gone: _piece(each.gone, each, past.rules) for each in since}
    told = Retelling(past.rows, lambda row: (_position(row, past), row.version), past.known)
    for row in told.in_turn():
        whose = told.owner(row)
        piece = next((each for each in pieces.values() if whose in each.family), None)
        if piece and not merging.merge_of(row) and _position(row, past) > piece.after:
            piece.folding.add(_candidate(row, piece, told, past))
    return {id_: _made_good(id_, piece, past) for id_, piece in pieces.items()}


def _piece(stored: Stored, log: Log, rules: Rules) -> _Piece:
    start = document.load(stored)
    return _Piece(start.family, Folding(start.document, start.measures, rules=rules), log.version)


def _made_good(customer_id: str, piece: _Piece, past: Past) -> _Piece:
    """With the measures that only rows can tell, since something was taken back, as they are told by them."""
    counted, living = piece.folding.counted(), past.living
    if not counted.lossy:
        return piece
    told = [row for row in past.rows if row.customer_id != living.customer_id or row.version <= living.version]
    version = max(row.version for row in told)  # Whoever came may have been written oftener than the living one.
    held = Customer(customer_id, version, piece.folding.document(0), counted.events)
    whole = rebuilding.rebuilt(held, told, past.known, past.rules)
    measures = rebuilding.refilled(held, counted.lossy, whole).measures
    return replace(piece, folding=Folding(held.document, measures, rules=past.rules))


def _position(row: Row, past: Past) -> int:
    """In which version of the customer a row was folded; what was folded while it was part of another one, in that of
    its tombstone. 0 where it never was, or has been since the customer was read."""
    living = past.living
    is_later = row.customer_id == living.customer_id and row.version > living.version
    return 0 if row.unfolded or is_later else _version(row, living.customer_id, past.logs.values())


def _version(row: Row, customer_id: str, logs: Iterable[Log]) -> int:
    """The same of any customer. Whom it was part of may have been part of a third one then, and so on."""
    if row.customer_id == customer_id:
        return row.version
    others = [each for each in logs if each.entry.into != customer_id]
    away = (each for each in others if each.entry.gone == customer_id)
    stays = (each for each in away if each.version < _version(row, each.entry.into, others) < each.undone_version)
    return next((each.gone.version + 1 for each in stays), 0)


def _candidate(row: Row, piece: _Piece, told: Retelling, past: Past) -> Candidate:
    return told.candidate(row, piece.family, lambda other: _position(other, past) <= piece.after)


def _agreed(past: Past, standing: Collection[str]) -> dict[str, list[Candidate]]:
    """What was told about topics by merges that stand, by merge."""
    told: dict[str, list[Candidate]] = {merge: [] for merge in standing}
    for row in past.rows:
        if (merge := merging.merge_of(row)) in told:
            told[merge].append(Candidate(rows.interaction_of(row)))
    return told


def _check(living: Customer, pieces: Iterable[_Piece], agreed: Iterable[Sequence[Candidate]]) -> None:
    """Raises NotParted unless all pieces make the customer."""
    whole = _whole(Folding(document.Document(), {}), pieces, agreed)
    made = whole.document(0)
    same = all(getattr(made, name) == getattr(living.document, name) for name in FOLDED)
    if not same or whole.measures != living.measures:
        raise NotParted(INCOMPLETE)


def _whole(folding: Folding, pieces: Iterable[_Piece], agreed: Iterable[Sequence[Candidate]]) -> Folding:
    for piece in pieces:
        if piece.folding is not folding:
            folding.absorb(piece.folding.document(0), piece.folding.measures)
    for each in agreed:
        for candidate in each:
            folding.add(candidate)
    return folding


def _revived(piece: _Piece, log: Log, tombstone: Customer, now_ms: int) -> Customer:
    made = piece.folding.document(now_ms)
    partings = made.partings | {log.entry.id: Parting(log.entry.into, now_ms)}
    # Of whom nothing was folded, nothing else would say any more how it came to be.
    identities = made.identities or {log.founders[0]: to_ms(log.entry.at)}
    whole = msgspec.structs.replace(made, partings=partings, identities=identities)
    return Customer(tombstone.customer_id, tombstone.version + 1, whole, piece.folding.measures)


def _left(past: Past, gone: Collection[str], rest: Folding, log: Log, now_ms: int) -> Customer:
    """The customer without those who go: `merged` and `partings` are about who is still there."""
    living = past.living
    here = living.family - set(gone)
    partings = {id_: each for id_, each in living.document.partings.items() if _is_about(here, past.logs[id_])}
    whole = msgspec.structs.replace(
        rest.document(now_ms),
        merged={id_: merge for id_, merge in living.document.merged.items() if id_ not in gone},
        partings=partings | {log.entry.id: Parting(log.entry.gone, now_ms)},
    )
    return Customer(living.customer_id, living.version + 1, whole, rest.measures)


def _is_about(family: Collection[str], log: Log) -> bool:
    return log.entry.gone in family or log.entry.into in family


def _through(past: Past, log: Log) -> tuple[str, ...]:
    """By which merges the living customer was part of others, since that of this log."""
    away = (each for each in past.logs.values() if each.entry.gone == past.living.customer_id)
    return tuple(sorted(each.entry.id for each in away if each.gone.version >= log.version))


def _stale(before: Mapping[str, Consent], after: Mapping[str, Consent]) -> dict[str, Consent]:
    """What the living one was thought to have said about a topic, and has not."""
    return {topic: held for topic, held in before.items() if after.get(topic) != held}
