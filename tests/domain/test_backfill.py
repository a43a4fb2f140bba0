"""What is newly asked for is counted of every customer in the end, as if it had always been asked for."""

from contextlib import contextmanager
from datetime import timedelta

import pytest

from shopkeeper.customer import backfilling, parting
from shopkeeper.customer.measures import Registered, Rules
from shopkeeper.customer.store import backfill, decide
from shopkeeper.customer.store.rounds import Rounds
from tests import store_fakes
from tests.measure_lives import first_wrong


def test_every_living_customer_has_each_measure_and_it_says_what_was_said():
    assert first_wrong(40) is None


@pytest.mark.prove
def test_so_it_is_in_many_lives():
    assert first_wrong(2500) is None


def _unasked(look):
    """Instead, something is made up that is never counted."""

    def looked(rounds, candidates, unclear):
        asks, rounds._rules = rounds._rules, lambda _: None
        found = look(rounds, candidates, unclear)
        rounds._rules = asks
        held = {id_ for customer in found.loaded.values() for id_ in customer.registered}
        remembered = rounds._rules(frozenset())
        unknown = {id_: Registered(event="Nothing") for id_ in held - remembered.registered.keys()}
        return found._replace(rules=Rules(remembered.zone, {**remembered.registered, **unknown}))

    return looked


def _careless(fill, customer_id, rules):
    """Counts, and writes over whatever somebody wrote meanwhile."""
    (customer,) = backfill.read(fill._customers, customer_id)
    if wanted := backfill.lacking(customer, rules):
        counted = {**customer.registered, **fill._counted(customer, rules.only(wanted))}
        held = fill._customers.tables.customers[customer_id]
        customer = backfill.replace(customer, version=held.version + 1, registered=counted)
        fill._customers.save(backfill.document.store(customer))


def _from_now_on(fill, customer, rules):
    return dict.fromkeys(rules.registered, backfill.Measure())


def _begun_by_anybody(customer, rules):
    begun = dict.fromkeys(rules.registered, backfill.Measure())
    return backfill.replace(customer, registered=begun | dict(customer.registered))


def _owing_nothing(write):
    def written(merges, writing, changes):
        owed = dict(merges.tables.owed)
        write(merges, writing, changes)
        merges.tables.owed = owed if not writing.log.entry.undone_at else merges.tables.owed

    return written


MUTANTS = {
    "a writer neither asks for what it does not know nor leaves it out": (Rounds, "_look", _unasked(Rounds._look)),
    "the walk does not wait for who remembers": (backfilling, "WAIT", timedelta(0)),
    "a merge owes nothing": (store_fakes.FakeMerges, "_write", _owing_nothing(store_fakes.FakeMerges._write)),
    "the undoing of a merge owes nothing": (parting.Unmerging, "owed", ()),
    "what is written meanwhile is overwritten": (backfill.Backfill, "_fill", _careless),
    "it is counted from now on": (backfill.Backfill, "_counted", _from_now_on),
    "a writer begins in the middle": (decide, "_counting", _begun_by_anybody),
}


@contextmanager
def with_wrong(where, name, wrong):
    right = vars(where)[name]
    setattr(where, name, wrong)
    try:
        yield
    finally:
        setattr(where, name, right)


@pytest.mark.parametrize("name", MUTANTS)
def test_what_would_leave_somebody_out_is_noticed(name):
    with with_wrong(*MUTANTS[name]):
        assert first_wrong(5)
