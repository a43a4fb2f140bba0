"""Two documents that become one and two again, while messages of both are stored: a model, in every interleaving.

Message "a" is customer A's and "b" is customer B's. A is merged into B, and that is undone. Wherever a store, the merge
or its undoing has come to, another one may run, or the process may die. At each moment a message counts at most once,
and with nobody but whoever its customer is then. What the model says of each step stands in the modules of
`shopkeeper.customer.store`: `rounds` for the stores, `merger` for the merge, `parter` for its undoing.
"""

from functools import cache
from typing import NamedTuple

import pytest

from tests.exploring import explore

NONE = frozenset()
OWNER = {"a": "A", "b": "B", "c": "A"}


class Rules(NamedTuple):
    """How it is done; each field turned over is a mutant that must be caught."""

    gone_unchanged: bool = True
    into_unchanged: bool = True
    settles_gone: bool = True
    settles_into: bool = True
    follows_anew: bool = True
    asks_the_living: bool = True
    parts_unchanged: bool = True
    parts_settled: bool = True
    parts_document_before_rows: bool = True


class Row(NamedTuple):
    message: str
    folded_in: str
    version: int


class Document(NamedTuple):
    """`counted` holds each message once for each time it was folded."""

    version: int = 0
    pending: frozenset = NONE
    counted: tuple = ()
    merged_into: str = ""
    has_merged: bool = False


class Actor(NamedTuple):
    """What it has read so far: a document or two, and rows."""

    role: str  # "merger", "parter", or the message that a store has to store
    step: str = "start"
    home: str = ""
    read: tuple = ()
    rows: frozenset = NONE


class Log(NamedTuple):
    gone: tuple
    into: tuple
    version: int


class World(NamedTuple):
    actors: tuple
    crashes: int
    a: Document = Document()
    b: Document = Document()
    rows: frozenset = NONE
    log: Log | None = None


def document(world, customer):
    return world.a if customer == "A" else world.b


def written(world, customer, changed):
    return world._replace(**{customer.lower(): changed})


def stored(world):
    return {row.message for row in world.rows}


def owed(documents, rows):
    return frozenset(row for each in documents for row in each.pending if row.message not in {r.message for r in rows})


def store(world, actor, rules):
    match actor.step:
        case "start":
            home = OWNER[actor.role]
            read = document(world, home)
            step = "follow" if read.merged_into else "read rows"
            yield world, actor._replace(step=step, home=home, read=(read,))
        case "follow":
            if world.b.has_merged or not rules.asks_the_living:
                yield world, actor._replace(step="read rows", home="B", read=(world.b,))
            else:
                yield world, Actor(actor.role)
        case "read rows":
            yield world, actor._replace(step="settle", rows=world.rows)
        case "settle":
            put = owed(actor.read, actor.rows)
            yield world._replace(rows=world.rows | put), actor._replace(step="write", rows=actor.rows | put)
        case "write":
            yield write(world, actor, rules)
        case "put":
            yield world._replace(rows=world.rows | actor.rows), Actor(actor.role, "done")


def write(world, actor, rules):
    (read,) = actor.read
    if actor.role in {row.message for row in actor.rows | read.pending}:
        return world, Actor(actor.role, "done")
    stands = document(world, actor.home)
    if stands.version != read.version:
        again = Actor(actor.role) if rules.follows_anew else actor._replace(step="read rows", read=(stands,))
        return world, again
    row = Row(actor.role, actor.home, read.version + 1)
    changed = read._replace(
        version=row.version, pending=frozenset({row}), counted=tuple(sorted((*read.counted, actor.role)))
    )
    return written(world, actor.home, changed), actor._replace(step="put", rows=frozenset({row}))


def merge(world, actor, rules):
    match actor.step:
        case "start":
            done = bool(world.a.merged_into)
            yield world, Actor("merger", "done") if done else actor._replace(step="read other", read=(world.a,))
        case "read other":
            yield world, actor._replace(step="read rows", read=(*actor.read, world.b))
        case "read rows":
            yield world, actor._replace(step="settle", rows=world.rows)
        case "settle":
            settled = [rules.settles_gone, rules.settles_into]
            put = owed([each for each, is_settled in zip(actor.read, settled, strict=True) if is_settled], actor.rows)
            yield world._replace(rows=world.rows | put), actor._replace(step="write")
        case "write":
            yield unite(world, actor, rules)


def unite(world, actor, rules):
    gone, into = actor.read
    if rules.gone_unchanged and gone.version != world.a.version:
        return world, Actor("merger")
    if rules.into_unchanged and into.version != world.b.version:
        return world, Actor("merger")
    log = Log(gone.counted, into.counted, into.version + 1)
    one = Document(log.version, NONE, tuple(sorted((*gone.counted, *into.counted))), has_merged=True)
    tombstone = Document(gone.version + 1, merged_into="B")
    return world._replace(a=tombstone, b=one, log=log), Actor("merger", "done")


def part(world, actor, rules):
    first, second = ("document", "rows") if rules.parts_document_before_rows else ("rows", "document")
    match actor.step:
        case "start" if world.log:
            yield world, look(world, actor, first)._replace(step="look again")
        case "look again":
            yield world, look(world, actor, second)._replace(step="settle")
        case "settle":
            put = owed(actor.read, actor.rows) if rules.parts_settled else NONE
            yield world._replace(rows=world.rows | put), actor._replace(step="write", rows=actor.rows | put)
        case "write":
            yield divide(world, actor, rules)


def look(world, actor, what):
    return actor._replace(read=(world.b,)) if what == "document" else actor._replace(rows=world.rows)


def divide(world, actor, rules):
    (living,) = actor.read
    if world.log is None or (rules.parts_unchanged and living.version != world.b.version):
        return world, Actor("parter")
    since = [row for row in actor.rows if row.folded_in == "B" and world.log.version < row.version <= living.version]
    a, b = (
        tuple(sorted((*before, *(row.message for row in since if OWNER[row.message] == whose))))
        for whose, before in (("A", world.log.gone), ("B", world.log.into))
    )
    parted = world._replace(
        a=Document(world.a.version + 1, counted=a), b=Document(living.version + 1, counted=b), log=None
    )
    return parted, Actor("parter", "done")


STEPS = {"merger": merge, "parter": part}


def turns(rules):
    def of(world):
        for index, actor in enumerate(world.actors):
            if actor.step == "done":
                continue
            others = world.actors[:index] + world.actors[index + 1 :]
            for following, stepped in STEPS.get(actor.role, store)(world, actor, rules):
                yield following._replace(actors=line_up(*others, stepped))
            if world.crashes and actor.step != "start":
                yield world._replace(actors=line_up(*others, Actor(actor.role)), crashes=world.crashes - 1)

    return of


def line_up(*actors):
    """Which of two equal actors is which makes no difference."""
    return tuple(sorted(actors, key=text_of))


@cache
def text_of(actor):
    return repr([sorted(part) if isinstance(part, frozenset) else part for part in actor])


def wrong(world):
    counted = [(message, home) for home in "AB" for message in document(world, home).counted]
    if len({message for message, _ in counted}) < len(counted):
        return "counted twice"
    if any(home != living(world, OWNER[message]) for message, home in counted):
        return "counted with somebody else"
    done = {actor.role for actor in world.actors if actor.step == "done"} - STEPS.keys()
    kept = stored(world) | {row.message for each in (world.a, world.b) for row in each.pending}
    if not done <= {message for message, _ in counted} & kept:
        return "acknowledged, and not counted or without a trace"
    return ""


def living(world, customer):
    return document(world, customer).merged_into or customer


def walk(*roles, crashes=1, **rules):
    start = World(line_up(*(Actor(role) for role in roles)), crashes)
    return explore(start, turns(Rules(**rules)), wrong)


TWICE = ("a", "a", "merger", "parter")
BOTH = ("a", "b", "merger", "parter")
TWO = ("a", "c", "merger", "parter")


@pytest.mark.parametrize("roles", [TWICE, BOTH, TWO], ids=["delivered twice", "of both", "two of the one who goes"])
def test_while_customers_are_merged_and_parted_each_message_counts_once_and_with_its_own(roles):
    found = walk(*roles)

    assert found.wrong == ""
    assert found.states > 3_000


@pytest.mark.parametrize(
    ("mutant", "fault"),
    [
        ({"gone_unchanged": False}, "acknowledged, and not counted or without a trace"),
        ({"into_unchanged": False}, "acknowledged, and not counted or without a trace"),
        ({"settles_gone": False}, "counted twice"),
        ({"settles_into": False}, "counted twice"),
        ({"follows_anew": False}, "counted with somebody else"),
        ({"asks_the_living": False}, "counted with somebody else"),
        ({"parts_unchanged": False}, "acknowledged, and not counted or without a trace"),
        ({"parts_settled": False}, "acknowledged, and not counted or without a trace"),
        ({"parts_document_before_rows": False}, "acknowledged, and not counted or without a trace"),
    ],
)
def test_each_rule_of_merging_and_parting_is_needed(mutant, fault):
    assert fault in {walk(*roles, **mutant).wrong for roles in (TWICE, BOTH, TWO)}


@pytest.mark.prove
@pytest.mark.parametrize(
    ("roles", "crashes"),
    [
        (("a", "a", "merger", "merger", "parter"), 1),
        (("a", "a", "b", "merger", "parter"), 1),
        (("a", "c", "merger", "parter", "merger"), 1),
        (TWICE, 3),
    ],
    ids=["merged again", "three", "merged again with two", "more crashes"],
)
def test_so_it_is_with_more_at_once(roles, crashes):
    assert walk(*roles, crashes=crashes).wrong == ""
