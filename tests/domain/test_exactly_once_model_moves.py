"""Two documents: a device moves from one customer to another while its messages are in flight, in every interleaving.

One message of a device is received at some instant and delivered twice; a cause moves the device from customer "old" to
customer "new", or into quarantine: then it is nobody's, and its message gets a row and no part in any document. Whoever
resolves the device needs the same answer for both deliveries. What the model says of identities stands in
`shopkeeper.customer.identity`.
"""

from typing import NamedTuple

import pytest

from tests.exploring import explore

LAST_TICK = 3
NOT_YET = -1
UNDATED = None


class Rules(NamedTuple):
    """How it is done; each field turned over is a mutant that must be caught."""

    by: str = "received"  # or "processing": the instant by which a message's customer is found
    since: str = "dated"  # or "clock before": written at once; "cause": from when the cause was received
    dates_first: bool = True
    strictly_later: bool = True
    quarantines: bool = False


class Document(NamedTuple):
    version: int = 0
    pending: bool = False


class Actor(NamedTuple):
    """`clock` is an instant read before the step in which it is used."""

    role: str
    step: str = "start"
    customer: str = ""
    version: int = 0
    clock: int = 0
    folded_before: bool = False


class World(NamedTuple):
    actors: tuple
    crashes: int
    now: int = 0
    received: int = NOT_YET
    move: tuple = ()  # (), (UNDATED,) once announced, or (the instant it holds from,)
    documents: tuple = (("new", Document()), ("old", Document()))
    folds: int = 0
    row: bool = False


def resolve(world, instant):
    dated = world.move and world.move[0] is not UNDATED
    return "new" if dated and world.move[0] <= instant else "old"


def start(world, actor, rules):
    """Read the identity. A move without date is dated before anything else, from a clock read after seeing it."""
    if world.move == (UNDATED,) and (rules.dates_first or actor.role == "mover"):
        return world, actor._replace(step="date", clock=world.now)
    if actor.role == "mover":
        return (world, Actor("mover", "done")) if world.move else (world, actor._replace(step="move", clock=world.now))
    instant = world.received if rules.by == "received" else world.now
    return world, actor._replace(step="read document", customer=resolve(world, instant))


def move(world, actor, rules):
    if world.move:
        return world, Actor(actor.role)
    moves = {"dated": UNDATED, "clock before": actor.clock + 1, "cause": 0}
    return world._replace(move=(moves[rules.since],)), Actor(actor.role)


def date(world, actor, rules):
    dated = world._replace(move=(actor.clock + rules.strictly_later,)) if world.move == (UNDATED,) else world
    return dated, Actor(actor.role)


def read_document(world, actor, rules):
    document = dict(world.documents)[actor.customer]
    return world, actor._replace(step="read rows", version=document.version, folded_before=document.pending)


def read_rows(world, actor, rules):
    return world, actor._replace(step="write", folded_before=actor.folded_before or world.row)


def write(world, actor, rules):
    documents = dict(world.documents)
    if actor.folded_before or (rules.quarantines and actor.customer == "new"):
        return world, Actor(actor.role, "put")
    if documents[actor.customer].version != actor.version:
        return world, Actor(actor.role)
    documents[actor.customer] = Document(actor.version + 1, pending=True)
    return world._replace(documents=tuple(sorted(documents.items())), folds=world.folds + 1), Actor(actor.role, "put")


def put(world, actor, rules):
    return world._replace(row=True), Actor(actor.role, "done")


STEPS = {
    "start": start,
    "move": move,
    "date": date,
    "read document": read_document,
    "read rows": read_rows,
    "write": write,
    "put": put,
}


def turns(rules):
    def of(world):
        if world.now < LAST_TICK:
            yield world._replace(now=world.now + 1)
        if world.received == NOT_YET:
            yield world._replace(received=world.now)
        for index, actor in enumerate(world.actors):
            if actor.step == "done" or (actor.role == "store" and world.received == NOT_YET):
                continue
            before, after = world.actors[:index], world.actors[index + 1 :]
            following, stepped = STEPS[actor.step](world, actor, rules)
            yield following._replace(actors=(*before, stepped, *after))
            if world.crashes and actor.step != "start":
                yield world._replace(actors=(*before, Actor(actor.role), *after), crashes=world.crashes - 1)

    return of


def wrong(rules):
    def of(world):
        if world.folds > 1:
            return "counted twice"
        if not any(actor == Actor("store", "done") for actor in world.actors):
            return ""
        is_nobodys = rules.quarantines and resolve(world, world.received) == "new"
        if is_nobodys and world.folds:
            return "counted, and nobody's"
        return "" if world.row and (world.folds or is_nobodys) else "acknowledged, and not counted"

    return of


def walk(*roles, crashes=1, **rules):
    ruled = Rules(**rules)
    return explore(World(tuple(Actor(role) for role in roles), crashes), turns(ruled), wrong(ruled))


@pytest.mark.parametrize("quarantines", [False, True], ids=["to somebody", "to nobody"])
@pytest.mark.parametrize(
    "roles", [("store", "store", "mover"), ("store", "mover", "mover")], ids=["delivered twice", "moved by two"]
)
def test_a_message_in_flight_while_its_device_moves_is_counted_once(roles, quarantines):
    found = walk(*roles, quarantines=quarantines)

    assert found.wrong == ""
    assert found.states > 5000


MUTANTS = [
    pytest.param({"by": "processing"}, id="resolved by the time of processing"),
    pytest.param({"since": "cause"}, id="moved from when the cause was received"),
    pytest.param({"since": "clock before"}, id="the clock read before the move was announced"),
    pytest.param({"dates_first": False}, id="resolved through a move without date"),
    pytest.param({"strictly_later": False}, id="moved from the very instant of the clock"),
]


@pytest.mark.parametrize("mutant", MUTANTS)
def test_each_rule_of_moving_is_needed(mutant):
    assert walk("store", "store", "mover", **mutant).wrong == "counted twice"


@pytest.mark.parametrize("mutant", MUTANTS)
def test_each_rule_of_moving_is_needed_on_the_way_to_nobody(mutant):
    assert walk("store", "store", "mover", quarantines=True, **mutant).wrong in (
        "counted, and nobody's",
        "acknowledged, and not counted",
    )


@pytest.mark.prove
@pytest.mark.parametrize("quarantines", [False, True], ids=["to somebody", "to nobody"])
def test_so_it_is_with_two_movers_and_more_crashes(quarantines):
    assert walk("store", "store", "mover", "mover", crashes=1, quarantines=quarantines).wrong == ""
    assert walk("store", "store", "mover", crashes=3, quarantines=quarantines).wrong == ""
