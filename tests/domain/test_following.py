"""Who asks for a customer gets the living one, and never one that only seemed to be."""

import pytest

from shopkeeper.customer import document, following
from shopkeeper.customer.document import Customer, Document


def living(customer_id, *merged, version=1):
    return document.store(Customer(customer_id, version, Document(merged=dict.fromkeys(merged, "m"))))


def gone(customer_id, into):
    return document.store(Customer(customer_id, 1, Document(merged_into=into)))


class Table:
    """Each read gives the next of what stood there, at last always the same."""

    def __init__(self, *stands):
        self.stands, self.reads = list(stands), 0

    def load(self, customer_ids):
        self.reads += 1
        now = self.stands.pop(0) if len(self.stands) > 1 else self.stands[0]
        return {each.customer_id: each for each in now if each.customer_id in customer_ids}


CHAIN = [gone("a", "b"), gone("b", "c"), living("c", "a", "b")]


@pytest.mark.parametrize(("asked", "reads"), [("a", 3), ("b", 2), ("c", 1)])
def test_a_customer_is_followed_to_where_it_went(asked, reads):
    table = Table(CHAIN)

    assert following.find(asked, table).customer_id == "c"
    assert table.reads == reads


def test_of_whom_nothing_is_stored_nothing_is_found():
    assert following.find("x", Table(CHAIN)) is None


def test_who_was_parted_between_two_reads_is_looked_for_again():
    """The tombstone was read before, and whom it names afterwards: that one does not know of it any more."""
    parted = [living("a", version=3), living("b", version=3)]

    found = following.find("a", Table([gone("a", "b"), living("b", "a")], parted))

    assert (found.customer_id, found.version) == ("a", 3)


def test_two_who_seem_to_have_gone_into_each_other_lead_nowhere():
    with pytest.raises(following.InMotion):
        following.find("a", Table([gone("a", "b"), gone("b", "a")]))
