"""One order told by two interactions, of one customer or of two, counts once. A model, in every interleaving.

Before the document is written, the order is claimed by putting a row if there is none; it names the interaction that
counts. What a web page says, with a key that anybody can read, claims nothing and counts nowhere: so it cannot stand in
the way of what the shop itself says. What the model says of claims stands in `shopkeeper.customer.store.arrival`.
"""

from typing import NamedTuple

import pytest

from tests.exploring import explore


class Rules(NamedTuple):
    """How it is done; each field turned over is a mutant that must be caught."""

    claims: bool = True
    knows_its_own_claim: bool = True
    claims_before_document: bool = True
    on_trust_alone: bool = True
    trust_needed_to_claim: bool = True


class Worker(NamedTuple):
    key: str
    customer: str
    trusted: bool = True
    step: str = "claim"
    counts: bool = True
    version: int = 0
    done: bool = False


class World(NamedTuple):
    workers: tuple
    crashes: int
    claim: str = ""
    documents: frozenset = frozenset()  # (customer, version, keys in pending), one for each customer
    rows: frozenset = frozenset()
    counted: tuple = ()  # by whose word, as often as it was


def claim(world, worker, rules):
    if not worker.trusted and rules.on_trust_alone:
        held = world.claim if rules.trust_needed_to_claim else world.claim or worker.key
        return world._replace(claim=held), worker._replace(step="read document", counts=False)
    held = world.claim or worker.key
    counts = not rules.claims or (held == worker.key if rules.knows_its_own_claim else not world.claim)
    return world._replace(claim=held), worker._replace(step="read document", counts=counts)


def document_of(world, customer):
    return next((each for each in world.documents if each[0] == customer), (customer, 0, frozenset()))


def read_document(world, worker, rules):
    _, version, pending = document_of(world, worker.customer)
    late = not rules.claims_before_document and worker.trusted
    counts = world.claim in ("", worker.key) if late else worker.counts
    done = worker.key in pending
    return world, worker._replace(step="read rows", version=version, done=done, counts=counts)


def read_rows(world, worker, rules):
    return world, worker._replace(step="write", done=worker.done or worker.key in world.rows)


def write(world, worker, rules):
    held = document_of(world, worker.customer)
    _, version, pending = held
    if worker.done:
        return world, worker._replace(step="put")
    if version != worker.version:
        return world, Worker(worker.key, worker.customer, worker.trusted)
    written = (worker.customer, version + 1, (pending - world.rows) | {worker.key})
    counted = (*world.counted, worker.trusted) if worker.counts else world.counted
    following = world._replace(documents=world.documents - {held} | {written}, counted=counted)
    return following, worker._replace(step="put")


def put(world, worker, rules):
    held = world.claim if rules.claims_before_document else world.claim or worker.key
    return world._replace(rows=world.rows | {worker.key}, claim=held), worker._replace(step="acknowledged")


STEPS = {"claim": claim, "read document": read_document, "read rows": read_rows, "write": write, "put": put}


def turns(rules):
    first = "claim" if rules.claims_before_document else "read document"

    def of(world):
        for index, worker in enumerate(world.workers):
            if worker.step == "acknowledged":
                continue
            step = first if worker.step == "claim" else worker.step
            before, after = world.workers[:index], world.workers[index + 1 :]
            following, stepped = STEPS[step](world, worker, rules)
            yield following._replace(workers=(*before, stepped, *after))
            if world.crashes:
                again = Worker(worker.key, worker.customer, worker.trusted)
                yield world._replace(workers=(*before, again, *after), crashes=world.crashes - 1)

    return of


def wrong(world):
    if not all(world.counted):
        return "counted on the word of a page"
    if len(world.counted) > 1:
        return "counted twice"
    finished = all(worker.step == "acknowledged" for worker in world.workers)
    is_told = any(worker.trusted for worker in world.workers)
    return "all acknowledged, and not counted" if finished and is_told and not world.counted else ""


def walk(*workers, crashes=2, **rules):
    return explore(World(tuple(Worker(*each) for each in workers), crashes), turns(Rules(**rules)), wrong)


ONE_CUSTOMER = [("browser", "jo"), ("server", "jo"), ("server", "jo")]
TWO_CUSTOMERS = [("browser", "visitor"), ("server", "jo"), ("browser", "visitor")]
A_PAGE_AND_THE_SHOP = [("page", "visitor", False), ("server", "jo"), ("page", "visitor", False)]
A_PAGE_OF_HERS = [("page", "jo", False), ("server", "jo"), ("till", "jo")]
A_PAGE_ALONE = [("page", "visitor", False), ("page", "jo", False), ("page", "visitor", False)]


@pytest.mark.parametrize(
    "told",
    [ONE_CUSTOMER, TWO_CUSTOMERS, A_PAGE_AND_THE_SHOP, A_PAGE_OF_HERS, A_PAGE_ALONE],
    ids=["one customer", "two customers", "a page and the shop", "a page of hers", "a page alone"],
)
def test_an_order_counts_once_however_often_the_shop_tells_it_and_whatever_a_page_says(told):
    found = walk(*told)

    assert found.wrong == ""
    assert found.states > 1000


@pytest.mark.parametrize(
    ("mutant", "fault"),
    [
        ({"claims": False}, "counted twice"),
        ({"knows_its_own_claim": False}, "all acknowledged, and not counted"),
        ({"claims_before_document": False}, "counted twice"),
    ],
)
def test_each_rule_of_claiming_is_needed(mutant, fault):
    assert walk(*TWO_CUSTOMERS, **mutant).wrong == fault


@pytest.mark.parametrize(
    ("mutant", "fault"),
    [
        ({"on_trust_alone": False}, "counted on the word of a page"),
        ({"trust_needed_to_claim": False}, "all acknowledged, and not counted"),
    ],
)
def test_a_page_must_neither_count_nor_claim(mutant, fault):
    assert walk(*A_PAGE_AND_THE_SHOP, **mutant).wrong == fault


@pytest.mark.prove
@pytest.mark.parametrize("told", [[*TWO_CUSTOMERS, ("till", "jo")], [*A_PAGE_AND_THE_SHOP, ("till", "visitor")]])
def test_so_it_is_with_four_at_once(told):
    assert walk(*told, crashes=1).wrong == ""
