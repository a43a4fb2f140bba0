"""Telling two customers apart again: from what was kept of both, and from every single row since."""

import pytest

from shopkeeper.customer import founders, merging, parting, rows
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.fold import Candidate, Folding
from shopkeeper.customer.identity import Change, Known, Move
from shopkeeper.customer.merging import Why
from shopkeeper.customer.parting import NotParted, Past
from shopkeeper.customer.rebuilding import FOLDED
from shopkeeper.customer.rows import row_of
from tests.interactions import identified, said
from tests.standing_world import nowhere

NOW = 1_772_366_400_000
PHONE, JO = "anon:phone", "user:jo"
KNOWN = {PHONE: Known((Move("", "c1", "", PHONE),), into=JO), JO: Known((Move("", "c2", "", JO),))}


def merged():
    """The log, the one who stayed, and the tombstone."""
    made = merging.merging(
        told("c1", said(PHONE, "m1")), told("c2", said(JO, "m1")), (PHONE, JO), Why("me"), NOW, nowhere
    )
    living, gone = (parting.document.load(each) for each in (made.into, made.gone))
    return made.log, living, gone


def told(customer_id, *interactions, since=None):
    start = since or Customer(customer_id)
    folding = Folding(start.document, start.measures)
    for each in interactions:
        folding.add(Candidate(each, (each.subject,)))
    return Customer(customer_id, start.version + 1, folding.document(NOW), folding.measures)


def past(log, living, *interactions, version=None):
    after = told("c2", *interactions, since=living)
    version = version or after.version
    found = [row_of(each, customer_id="c2", version=version) for each in interactions]
    return Past(after, {log.entry.id: log}, found, KNOWN)


def test_every_part_of_a_document_is_told_apart_or_known_not_to_come_from_rows():
    assert {*Document.__struct_fields__} == {*FOLDED, *parting.BESIDES}


def test_what_came_since_goes_to_whose_it_was():
    log, living, tombstone = merged()
    everything = past(log, living, said(PHONE, "m2"), identified(JO, "m3", {"city": "Ulm"}), said(PHONE, "m4"))

    made = parting.unmerging(everything, log, tombstone, "me", NOW + 1, nowhere)

    gone, into = (parting.document.load(each) for each in (made.gone, made.into))
    assert (gone.measures["Product Viewed"].count, into.measures["Product Viewed"].count) == (3, 1)
    assert (gone.document.traits, into.document.traits) == ({}, {"city": "Ulm"})
    assert (gone.version, into.version) == (tombstone.version + 1, everything.living.version + 1)
    assert (gone.document.identities.keys(), into.document.identities.keys()) == ({PHONE}, {JO})
    assert (into.family, gone.family) == ({"c2"}, {"c1"})
    assert gone.document.partings[log.entry.id].customer_id == "c2"
    assert into.document.partings[log.entry.id].customer_id == "c1"
    assert (made.log.entry.undone_by, made.log.undone_version) == ("me", into.version)


def test_without_every_single_row_nothing_is_done():
    log, living, tombstone = merged()
    everything = past(log, living, said(PHONE, "m2"), said(JO, "m3"))
    lacking = Past(everything.living, everything.logs, everything.rows[:1], KNOWN)

    with pytest.raises(NotParted, match="incomplete"):
        parting.unmerging(lacking, log, tombstone, "me", NOW + 1, nowhere)


def test_of_whom_nothing_was_ever_told_it_is_still_known_who_that_is():
    """A visitor who turned out to be somebody before a word of theirs was stored: one may merge them by hand again."""
    made = merging.merging(Customer("c1"), told("c2", said(JO, "m1")), (PHONE, JO), Why("me"), NOW, nowhere)
    living, tombstone = (parting.document.load(each) for each in (made.into, made.gone))

    parted = parting.unmerging(past(made.log, living), made.log, tombstone, "me", NOW + 1, nowhere)

    assert parting.document.load(parted.gone).document.identities == {PHONE: NOW}


def test_rows_that_never_counted_and_rows_from_before_are_no_part_of_it():
    log, living, tombstone = merged()
    everything = past(log, living, said(PHONE, "m2"))
    before = row_of(said(JO, "m1"), customer_id="c2", version=1)
    refused = row_of(said(PHONE, "m9"), customer_id="c2", unfolded="document_full")
    later = row_of(said(PHONE, "m10"), customer_id="c2", version=everything.living.version + 1)
    more = Past(everything.living, everything.logs, [*everything.rows, before, refused, later], KNOWN)

    assert parting.unmerging(more, log, tombstone, "me", NOW + 1, nowhere) == (
        parting.unmerging(everything, log, tombstone, "me", NOW + 1, nowhere)
    )


def test_what_was_said_can_be_told_again_from_its_row():
    each = said(JO, "m1", properties={"a": 1}, said_at="2026-03-01T11:00:00.000Z", origin="k", context={"ip": "x"})

    assert rows.interaction_of(row_of(each, customer_id="c1", version=3)) == each


def known(phone_user="", jo_user="", jo="anon:tab", **more):
    return {
        "anon:phone": Known((Move("", "c1", "", "anon:phone"),), user=phone_user, into=more.get("into", "")),
        "anon:tab": Known((Move("", "c2", "", "anon:tab"),), user=jo_user),
        "user:jo": Known((Move("", "c1", "", "anon:phone"),)),
        "user:al": Known((Move("", "c2", "", "anon:tab"),)),
    }


def after(changes):
    return {change.identity: (change.after.user, change.after.into) for change in changes}


def test_a_user_goes_along_and_comes_back():
    there = known(phone_user="user:jo")
    changes = founders.gone_into("anon:phone", "anon:tab", there)
    assert after(changes) == {"anon:phone": ("user:jo", "anon:tab"), "anon:tab": ("user:jo", "")}

    merged = there | {change.identity: change.after for change in changes}
    assert after(founders.parted("anon:phone", "anon:tab", {"c1"}, merged)) == {
        "anon:phone": ("user:jo", ""),
        "anon:tab": ("", ""),
    }


def test_where_there_is_a_user_nobody_takes_their_place():
    changes = founders.gone_into("anon:phone", "anon:tab", known(phone_user="user:jo", jo_user="user:al"))

    assert [(change.identity, change.before.user) for change in changes] == [("anon:phone", "user:jo")]


@pytest.mark.parametrize(
    ("joined", "left"),
    [("user:jo", {"anon:phone": ("user:jo", ""), "anon:tab": ("", "")}), ("user:al", {"anon:phone": ("", "")})],
    ids=["where the one gone was", "where they both were"],
)
def test_who_joined_in_the_meantime_stays_where_they_joined(joined, left):
    both = known(jo_user=joined, into="anon:tab")

    assert founders.users(["anon:tab"], {"anon:tab": both["anon:tab"]}) == {joined}
    changes = founders.parted("anon:phone", "anon:tab", {"c1"}, both)
    assert after(changes) == left
    assert all(isinstance(change, Change) and change.before == both[change.identity] for change in changes)


def test_the_founder_is_found_where_an_identity_says_how_it_came_to_the_customer():
    assert founders.founder_of("c1", {"user:jo": known()["user:jo"]}) == "anon:phone"
    assert founders.founder_of("c9", known()) == ""
