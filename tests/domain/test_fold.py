"""Folding knows no order: the same interactions give the same document, in whatever order and batches they come."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper import clock
from shopkeeper.customer import document as documents
from shopkeeper.customer import fold, lists
from shopkeeper.customer.document import Document
from shopkeeper.customer.fold import Candidate, Folding
from shopkeeper.customer.instants import from_ms, to_ms
from shopkeeper.customer.lists import Stay
from tests.interactions import identified, ordered, said

INSTANTS = [f"2026-02-0{day}T10:00:00.000Z" for day in range(1, 4)]
at = st.sampled_from(INSTANTS)
values = st.sampled_from(["a", "b", 0, 1, 1.5, True, False, [1, 2], {"x": 1}, None])
traits = st.dictionaries(st.sampled_from(["city", "name", "age"]), values, max_size=3)
consent = st.fixed_dictionaries(
    {"topic": st.sampled_from(["news", "offers"]), "is": st.sampled_from(["in", "out", "?"])}
)
amounts = st.fixed_dictionaries(
    {},
    optional={
        "total": st.sampled_from([1, "2.50", 29.33, "much"]),
        "currency": st.sampled_from(["USD", "EUR", "usd", "$"]),
    },
)
doors = st.sampled_from(["collect", "import"])
trust = st.booleans()
kinds = st.one_of(
    st.builds(lambda at, traits: {"name": "", "type": "identify", "at": at, "traits": traits}, at, traits),
    st.builds(
        lambda at, said, source, trusted: {
            "name": "Consent Changed",
            "at": at,
            "properties": said,
            "source": source,
            "trusted": trusted,
        },
        at,
        consent,
        doors,
        trust,
    ),
    st.builds(
        lambda name, at, list_id, trusted: {
            "name": name,
            "at": at,
            "properties": {"list": list_id},
            "trusted": trusted,
        },
        st.sampled_from(["List Entered", "List Left"]),
        at,
        st.sampled_from(["vip", "staff", "", 7, "x" * 101]),
        trust,
    ),
    st.builds(
        lambda at, said, trusted: {"name": "Order Completed", "at": at, "properties": said, "trusted": trusted},
        at,
        amounts,
        trust,
    ),
    st.builds(lambda at, name: {"name": name, "at": at}, at, st.sampled_from(["Product Viewed", "Cart Viewed"])),
)


@st.composite
def histories(draw):
    drawn = draw(st.lists(kinds, max_size=12))
    speakers = st.sampled_from(["user:jo", "anon:phone"])
    return [Candidate(said(draw(speakers), f"m{n:02}", **each), (draw(speakers),)) for n, each in enumerate(drawn)]


def folded(*batches):
    document, measures = Document(), {}
    for batch in batches:
        folding = Folding(document, measures)
        for candidate in batch:
            folding.add(candidate)
        document, measures = documents.from_json(documents.to_json(folding.document(0))), folding.measures
    return document, measures


@given(histories(), st.randoms(use_true_random=False), st.integers(0, 12))
def test_order_and_batches_make_no_difference(history, random, cut):
    shuffled = random.sample(history, len(history))

    assert folded(history) == folded(shuffled[:cut], shuffled[cut:])


@given(histories())
def test_the_document_says_what_the_list_of_interactions_says(history):
    document, measures = folded(history)
    told = [candidate.interaction for candidate in history]

    assert document.traits == expected_traits(told)
    assert {topic: said.is_ for topic, said in document.consents.items()} == expected_consents(told)
    assert {list_id for list_id, stay in document.lists.items() if stay.is_on} == expected_lists(told)
    assert {name: (measure.count, measure.totals, measure.unpriced) for name, measure in measures.items()} == (
        expected_counts(told)
    )
    assert document.identities == expected_identities(history)


def expected_traits(told):
    traits = {}
    for each in sorted(told, key=lambda each: (each.at, each.message_id)):
        traits |= {name: value for name, value in each.traits.items() if value is not None}
    return traits


def expected_consents(told):
    """By hand: in person the latest counts, out if in doubt; what a file says counts where nobody said anything."""
    found = {}
    for topic in ("news", "offers"):
        facts = [each for each in told if each.name == "Consent Changed" and each.properties["topic"] == topic]
        outs = [each.at for each in facts if each.properties["is"] == "out"]
        ins = [each for each in facts if each.properties["is"] == "in" and each.trusted]
        in_person = [each.at for each in ins if each.source != "import"]
        if outs and max(outs) >= max(in_person, default=""):
            found[topic] = "out"
        elif in_person or ins:
            found[topic] = "in"
    return found


def expected_lists(told):
    """By hand: through the words in their order, those of one instant with the leaving last."""
    found = set()
    for each in sorted(told, key=lambda each: (each.at, each.name == "List Left")):
        if each.name in ("List Entered", "List Left") and each.trusted and each.properties["list"] in ("vip", "staff"):
            (found.add if each.name == "List Entered" else found.discard)(each.properties["list"])
    return found


def expected_counts(told):
    found = {}
    for each in told:
        if each.type == "track":
            count, totals, unpriced = found.get(each.name, (0, {}, 0))
            total, currency = each.properties.get("total"), each.properties.get("currency", "").upper()
            priced = total not in (None, "much") and currency not in ("", "$")
            if priced:
                totals = totals | {currency: totals.get(currency, 0) + int(Decimal(str(total)) * 100)}
            is_unpriced = each.name == "Order Completed" and not priced
            if each.name == "Order Completed" and not each.trusted:
                continue
            found[each.name] = (count + 1, totals, unpriced + is_unpriced)
    return found


def expected_identities(history):
    seen = sorted((each.interaction.at, name) for each in history for name in each.identities)
    return {name: to_ms(at) for at, name in seen}


def test_first_and_last_are_by_when_it_happened():
    _, measures = folded([Candidate(said("user:jo", f"m{day}", at=INSTANTS[day])) for day in (1, 2, 0)])

    seen = measures["Product Viewed"]
    assert (seen.first, seen.last) == (to_ms(INSTANTS[0]), to_ms(INSTANTS[2]))


def test_an_order_that_another_interaction_claimed_is_not_counted():
    _, measures = folded([Candidate(ordered("user:jo", "m1", "17", 5), counts=False)])

    assert measures == {}


@pytest.mark.parametrize("order_id", ["17", None])
def test_an_order_that_only_a_page_told_of_is_in_nothing_that_is_money(order_id):
    page = [
        Candidate(ordered("anon:phone", "m1", order_id, 5, trusted=False)),
        Candidate(said("anon:phone", "m2", trusted=False)),
    ]
    _, measures = folded(page)

    assert set(measures) == {"Product Viewed"}


def test_what_a_machine_did_is_not_measured():
    hits = [
        said("customer:c", f"s/open/{class_}", name="Email Opened", source="tracking", properties={"class": class_})
        for class_ in ("machine", "unknown")
    ]
    _, measures = folded([Candidate(hit) for hit in hits])

    assert measures["Email Opened"].count == 1


@pytest.mark.parametrize(
    ("is_", "context", "held"),
    [("in", {}, {}), ("out", {}, {"news": "out"}), ("in", {"proof": "user_hash"}, {"news": "in"})],
)
def test_a_page_can_take_consent_back_and_give_it_only_for_who_is_shown_to_be_signed_in(is_, context, held):
    told = {"topic": "news", "is": is_}
    fact = said("user:jo", "m1", name="Consent Changed", properties=told, context=context, trusted=False)

    document, _ = folded([Candidate(fact)])

    assert {topic: consent.is_ for topic, consent in document.consents.items()} == held


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
