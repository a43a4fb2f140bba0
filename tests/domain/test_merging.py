"""What is written when two customers become one: nothing is lost, and of two wishes the stricter holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shopkeeper.customer import consents, document, merging
from shopkeeper.customer.document import Customer, Document, Parting
from shopkeeper.customer.fold import Candidate, Folding
from shopkeeper.customer.merging import MOST_MERGED, NotMerged, Why
from tests.domain.test_fold import folded, histories
from tests.interactions import said
from tests.standing_world import nowhere

NOW = 1_772_366_400_000
BEFORE, EARLIER = "2026-02-28T12:00:00.000Z", "2026-02-01T12:00:00.000Z"
FOUNDERS = ("anon:phone", "user:jo")
WHY = Why(cause="2026-03-01T11:59:59.000Z")


def customer(customer_id, *told, **more):
    folding = Folding(Document(), {})
    for each in told:
        folding.add(Candidate(each))
    held = Customer(customer_id, 3, folding.document(NOW - 1), folding.measures)
    return replace(held, **more)


def agreed(topic, is_, at=BEFORE, **more):
    return said(
        "user:jo", f"{topic}/{is_}", name="Consent Changed", at=at, properties={"topic": topic, "is": is_}, **more
    )


def merged(gone, into):
    return document.load(merging.merging(gone, into, FOUNDERS, WHY, NOW, nowhere).into)


@given(histories(), st.integers(0, 12))
def test_the_living_one_says_what_both_were_told_and_what_was_agreed(history, cut):
    gone, into = (Customer(name, 1, *folded(part)) for name, part in (("c1", history[:cut]), ("c2", history[cut:])))

    one = merged(gone, into)

    document_of_all, measures = folded(history, [Candidate(_said_of(row)) for row in one.pending])
    assert one.measures == measures
    assert (one.document.traits, one.document.consents, one.document.lists, one.document.identities) == (
        document_of_all.traits,
        document_of_all.consents,
        document_of_all.lists,
        document_of_all.identities,
    )


def _said_of(row):
    properties = row.said()["properties"]
    return said(row.subject, row.message_id, name=row.name, at=row.at, source=row.source, properties=properties)


@given(histories(), st.integers(0, 12))
def test_of_each_topic_the_stricter_word_holds(history, cut):
    gone, into = (Customer(name, 1, *folded(part)) for name, part in (("c1", history[:cut]), ("c2", history[cut:])))

    held = merged(gone, into).document.consents

    for topic in {*gone.document.consents, *into.document.consents}:
        words = {each.document.consents[topic].is_ for each in (gone, into) if topic in each.document.consents}
        assert held[topic].is_ == ("out" if "out" in words else "in")


@pytest.mark.parametrize("swapped", [False, True])
def test_an_earlier_out_holds_against_a_later_in_of_the_other(swapped):
    gone, into = customer("c1", agreed("news", "out", EARLIER)), customer("c2", agreed("news", "in", BEFORE))

    one = merged(into, gone) if swapped else merged(gone, into)

    (row,) = one.pending
    assert (row.subject, row.message_id) == (
        f"customer:{one.customer_id}",
        f"merge/{one.document.merged['c2' if swapped else 'c1']}/news",
    )
    assert (row.version, row.customer_id, row.source, row.at) == (4, one.customer_id, "merge", row.folded_at)
    assert one.document.consents["news"].is_ == "out"
    assert consents.stated_in(row)["news"] == one.document.consents["news"]


def test_what_is_said_after_the_merge_holds():
    one = merged(customer("c1", agreed("news", "out")), customer("c2", agreed("news", "in")))
    folding = Folding(one.document, one.measures)
    folding.add(Candidate(agreed("news", "in", "2026-03-01T12:00:01.000Z")))

    assert folding.document(0).consents["news"].is_ == "in"


def test_an_in_of_which_the_other_knows_nothing_stands_as_it_was_said():
    """From a file, it goes on to yield to whatever is said in person."""
    one = merged(customer("c1", agreed("news", "in", EARLIER, source="import")), customer("c2"))

    (row,) = one.pending
    assert (row.source, row.at) == ("import", EARLIER)
    assert (one.document.consents["news"].source, one.document.consents["news"].is_) == ("import", "in")


@pytest.mark.parametrize("words", ["in", "out"])
def test_where_both_say_the_same_nothing_is_told(words):
    one = merged(customer("c1", agreed("news", words, EARLIER)), customer("c2", agreed("news", words)))

    assert one.pending == ()


def test_a_topic_of_any_length_has_room_in_a_key():
    one = merged(customer("c1", agreed("本" * 200, "in")), customer("c2"))

    assert len(one.pending[0].message_id.encode()) <= 255


def test_the_one_gone_leaves_a_tombstone_and_both_are_logged_as_they_were():
    gone = customer("c1", said("anon:phone", "m1"), pending=())
    into = customer("c2", said("user:jo", "m1"))

    made = merging.merging(gone, into, FOUNDERS, WHY, NOW, nowhere)

    assert document.load(made.gone) == Customer("c1", 4, Document(merged_into="c2", updated_at=NOW))
    assert (document.load(made.log.gone), document.load(made.log.into)) == (gone, into)
    assert document.load(made.into).document.merged == {"c1": made.log.entry.id}


def test_whoever_was_merged_before_goes_along():
    gone = customer("c1", document=Document(merged={"c0": "m0"}, partings={"p": Parting("c9", 1)}))

    one = merged(gone, customer("c2"))

    assert one.family == {"c0", "c1", "c2"}
    assert one.document.merged["c0"] == "m0"
    assert one.document.partings == {"p": Parting("c9", 1)}


def test_who_has_had_fifty_pasts_gets_no_more():
    full = customer("c2", document=Document(merged={f"c{n}x": "m" for n in range(MOST_MERGED)}))
    with pytest.raises(NotMerged, match="too_many"):
        merged(customer("c1"), full)

    one_less = customer("c2", document=Document(merged={f"c{n}x": "m" for n in range(MOST_MERGED - 1)}))
    assert len(merged(customer("c1"), one_less).family) == MOST_MERGED + 1


def test_two_who_do_not_fit_into_one_document_or_one_log_stay_two(monkeypatch):
    two = customer("c1", said("anon:phone", "m1")), customer("c2", said("user:jo", "m1"))
    monkeypatch.setattr(merging, "LARGEST_LOG", 50)
    with pytest.raises(NotMerged, match="too_large"):
        merged(*two)
    monkeypatch.undo()
    monkeypatch.setattr(document, "LARGEST", 50)
    with pytest.raises(NotMerged, match="too_large"):
        merged(*two)


@pytest.mark.parametrize("which", ["gone", "into"])
def test_whom_somebody_has_parted_stay_so(which):
    """Also where it is the family that was parted."""
    gone, into = customer("c1", document=Document(merged={"c0": "m"})), customer("c2")
    parted = {"p1": Parting("c2", NOW), "p2": Parting("c2", NOW - 5)} if which == "gone" else {"p": Parting("c0", NOW)}
    one = gone if which == "gone" else into
    changed = replace(one, document=Document(merged=one.document.merged, partings=parted))

    with pytest.raises(NotMerged, match="apart") as problem:
        merging.check_not_parted(*((changed, into) if which == "gone" else (gone, changed)))
    assert problem.value.apart_since == "2026-03-01T12:00:00.000Z"
    merging.check_not_parted(gone, into)
