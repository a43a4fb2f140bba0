"""What is told of a customer, in the cases that matter: consents, lists, identities, the lines of a file."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper import clock
from shopkeeper.customer import fold, lists
from shopkeeper.customer.fold import Candidate
from shopkeeper.customer.instants import from_ms, to_ms
from shopkeeper.customer.lists import Stay
from tests.domain.test_fold import INSTANTS, folded
from tests.interactions import identified, said


@pytest.mark.parametrize(
    ("is_", "context", "held"),
    [("in", {}, {}), ("out", {}, {"news": "out"}), ("in", {"proof": "user_hash"}, {"news": "in"})],
)
def test_a_page_can_take_consent_back_and_give_it_only_for_who_is_shown_to_be_signed_in(is_, context, held):
    told = {"topic": "news", "is": is_}
    fact = said("user:jo", "m1", name="Consent Changed", properties=told, context=context, trusted=False)

    document, _ = folded([Candidate(fact)])

    assert {topic: consent.is_ for topic, consent in document.consents.items()} == held


def test_of_a_long_wording_the_beginning_is_kept_whichever_of_two_comes_first():
    """They differ in the end alone, which is not kept: so neither prevails."""
    facts = [
        said(
            "user:jo",
            end,
            name="Consent Changed",
            properties={"topic": "news", "is": "in", "wording": "w" * 2000 + end},
        )
        for end in ("a", "b")
    ]

    (one, _), (other, _) = (folded([Candidate(fact) for fact in told]) for told in (facts, facts[::-1]))

    assert one.consents == other.consents
    assert one.consents["news"].wording == "w" * 200


def test_a_file_says_nothing_against_somebody_who_opted_out_before_or_after():
    out = said("user:jo", "m1", name="Consent Changed", properties={"topic": "news", "is": "out"}, at=INSTANTS[0])
    file = said(
        "user:jo",
        "m2",
        name="Consent Changed",
        properties={"topic": "news", "is": "in"},
        at=INSTANTS[2],
        source="import",
    )

    for facts in ([out, file], [file, out]):
        document, _ = folded([Candidate(fact) for fact in facts])
        assert document.consents["news"].is_ == "out"


@given(st.permutations(range(130)))
def test_of_very_many_identities_the_newest_are_kept_in_whatever_order_they_are_seen(order):
    seen = {f"anon:{n}": to_ms(INSTANTS[0]) + n for n in order}
    kept = {}
    for name, instant in seen.items():
        kept = fold.newest({**kept, name: instant})

    assert kept == {f"anon:{n}": to_ms(INSTANTS[0]) + n for n in range(30, 130)}


@pytest.mark.parametrize("names", [("List Entered", "List Left"), ("List Left", "List Entered")])
def test_who_entered_a_list_and_left_it_at_one_instant_has_left(names):
    words = [said("user:jo", name, name=name, properties={"list": "vip"}) for name in names]

    document, _ = folded([Candidate(word) for word in words])

    assert not document.lists["vip"].is_on


@settings(max_examples=10)
@given(st.permutations(range(530)))
def test_of_very_many_lists_the_newest_are_kept_in_whatever_order_they_are_told(order):
    kept = {}
    for n in order:
        kept = lists.newest({**kept, f"list {n}": Stay(n, is_on=n % 3 == 0)})

    assert kept == {f"list {n}": Stay(n, is_on=n % 3 == 0) for n in range(30, 530)}


def test_of_the_lines_of_a_file_the_last_one_holds():
    ids = [f"import/2f6ae07c/{line:010d}" for line in (9, 8)]
    tied = [identified("user:jo", ids[0], {"city": "Bonn"}), identified("user:jo", ids[1], {"city": "Ulm"})]

    document, _ = folded([Candidate(each) for each in tied])

    assert document.traits == {"city": "Bonn"}


def test_an_instant_survives_the_way_through_milliseconds():
    assert from_ms(to_ms("1997-01-18T00:00:00.123Z")) == "1997-01-18T00:00:00.123Z"
    assert to_ms("1969-12-31T23:59:59.999Z") == -1
    assert clock.from_text(from_ms(-1)).year == 1969
