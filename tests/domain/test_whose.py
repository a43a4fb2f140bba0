"""Whose a row is does not depend on which document it was folded into."""

import pytest

from shopkeeper.customer import whose
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.identity import NOBODY, Known, Move
from shopkeeper.customer.rows import row_of
from tests.interactions import said

EARLY, NOON, LATE = (f"2026-03-01T{hour}:00:00.000Z" for hour in ("11", "12", "13"))
PHONE = Known((Move("", "c1", "", "anon:phone"), Move(NOON, "c2", EARLY, "user:al"), Move(LATE, NOBODY, NOON, "")))
KNOWN = {"anon:phone": PHONE, "email:jo@example.com": Known((Move("", "c1", "", "anon:phone"),))}


def row(subject, received_at=NOON):
    return row_of(said(subject, "m", received_at=received_at, ids={}), customer_id="c9", version=4)


@pytest.mark.parametrize(
    ("told", "customer"),
    [
        (row("anon:phone", EARLY), "c1"),
        (row("anon:phone", NOON), "c2"),
        (row("anon:phone", LATE), NOBODY),
        (row("email:JO@Example.com"), "c1"),
        (row("customer:c3"), "c3"),
        (row("user:never seen"), "c9"),
    ],
    ids=["before it moved", "afterwards", "in quarantine", "as sent", "our own fact", "unknown"],
)
def test_a_row_is_whose_its_subject_was_when_it_was_received(told, customer):
    assert whose.owner(told, KNOWN) == customer


def test_what_belongs_to_whoever_was_merged_into_a_customer_belongs_to_it():
    living = Customer("c7", 3, Document(merged={"c1": "m1"}))
    is_theirs = whose.belongs_to(living, KNOWN)

    assert is_theirs(row("anon:phone", EARLY))
    assert not is_theirs(row("anon:phone", NOON))
    assert not is_theirs(row("anon:phone", LATE))
    assert is_theirs(row("customer:c7"))
    assert is_theirs(row("customer:c1"))


def test_rows_are_looked_for_under_all_identities_and_our_own_facts_of_all_who_were_merged():
    seen = Customer("c7", 1, Document(identities={"user:jo": 1, "email:Jo@example.com": 2}, merged={"c1": "m1"}))

    subjects = whose.subjects_of(seen)

    assert subjects == ["customer:c1", "customer:c7", "user:jo", "email:Jo@example.com"]
    assert whose.identities_of(subjects) == {"user:jo", "email:jo@example.com"}
