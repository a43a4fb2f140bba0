"""Folding knows no order: the same interactions give the same document, in whatever order and batches they come."""

from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer import document as documents
from shopkeeper.customer.document import Document
from shopkeeper.customer.fold import Candidate, Folding
from shopkeeper.customer.instants import to_ms
from tests import measure_oracle
from tests.interactions import said
from tests.measures_shown import shown

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
    assert shown(measures) == measure_oracle.expected(told)
    assert document.identities == expected_identities(history)


def expected_traits(told):
    traits = {}
    for each in sorted(told, key=lambda each: (each.at, each.message_id)):
        traits |= each.traits
    return {name: value for name, value in traits.items() if value is not None}  # None takes away what was told before.


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


def expected_identities(history):
    seen = sorted((each.interaction.at, name) for each in history for name in each.identities)
    return {name: to_ms(at) for at, name in seen}
