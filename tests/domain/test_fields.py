"""The field dictionary: counts are exact, and no example is a single customer's word."""

import json
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer import document, fields
from shopkeeper.customer.document import Customer, Document, Stored
from shopkeeper.customer.fields import COMMON, Counting

CITIES = st.sampled_from(["Ulm", "Bonn", "Kiel", "Jena", "Gera", "Hof", "Suhl", "Trier"])
TRAITS = st.fixed_dictionaries({}, optional={"city": CITIES, "size": st.integers(40, 42), "vip": st.booleans()})


class Kept:
    def __init__(self):
        self.dictionary = None

    def keep(self, dictionary):
        self.dictionary = dictionary


def stored(number, traits, **more):
    told = dict.fromkeys(traits, (0, "m"))
    return document.store(Customer(f"c{number}", 1, Document(traits=traits, told=told, **more)))


def counted(people, slices=2, pages=2):
    """Each slice sees every so manieth customer, a few at a time, and what it gathers goes through JSON."""
    kept = Kept()
    work, gathered = Counting(kept), []
    for part in range(slices):
        held, mine = {}, people[part::slices]
        for place in range(0, len(mine), pages):
            held = json.loads(json.dumps(work.see("2026-03-01", mine[place : place + pages], held)))
        gathered.append(held)
    assert work.finish("2026-03-01", gathered)
    return kept.dictionary


@given(st.lists(TRAITS, max_size=40))
def test_each_trait_is_counted_once_for_each_customer_who_has_it(people):
    found = counted([stored(number, traits) for number, traits in enumerate(people)])
    assert (found.customers, found.counted_on) == (len(people), "2026-03-01")
    assert {name: field.count for name, field in found.fields.items()} == Counter(
        name for each in people for name in each
    )


@given(st.lists(TRAITS, max_size=60))
def test_an_example_is_shared_by_several_customers(people):
    found = counted([stored(number, traits) for number, traits in enumerate(people)])
    for name, field in found.fields.items():
        for example in field.examples:
            assert sum(each.get(name) == example for each in people) >= COMMON


def test_what_most_customers_say_is_an_example_and_what_one_says_is_not():
    people = [{"city": "Ulm", "email": f"{number}@shop.example"} for number in range(30)]
    found = counted([stored(number, traits) for number, traits in enumerate(people)]).fields
    assert (found["city"].examples, found["email"].examples) == (("Ulm",), ())


def test_who_was_merged_or_cannot_be_read_is_left_out():
    people = [stored(1, {}, merged_into="c2"), Stored("c3", 1, "{", b"", "[]"), stored(2, {"size": 40})]
    assert counted(people).customers == 1


def test_a_dictionary_stays_small():
    people = [stored(number, {f"trait {number:04}": number}) for number in range(fields.MOST_FIELDS + 5)]
    assert len(counted(people, slices=1, pages=50).fields) == fields.MOST_FIELDS
