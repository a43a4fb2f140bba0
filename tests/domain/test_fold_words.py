"""Words on known things and arrivals become part of the picture in any order, and however it is kept or joined."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shopkeeper.customer import document, things
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.fold import Candidate, Folding
from tests.interactions import said

HOURS = [f"2026-03-01T{hour:02}:00:00.000Z" for hour in range(8)]


@st.composite
def histories(draw):
    return [draw(st.sampled_from([ticket, page, configuration]))(draw, n) for n in range(draw(st.integers(0, 8)))]


def ticket(draw, n):
    name = draw(st.sampled_from(["Ticket Opened", "Ticket Updated", "Ticket Closed"]))
    properties = {"ticket_id": draw(st.sampled_from("12")), "priority": draw(st.sampled_from(["low", "critical"]))}
    return said("user:jo", f"m{n}", name=name, at=draw(st.sampled_from(HOURS)), properties=properties)


FIELD_NAMES = ("base", "price", "options")
FIELDS = st.fixed_dictionaries(
    {}, optional={"base": st.sampled_from("ab"), "price": st.integers(1, 3), "options": st.just({"colour": "red"})}
)


def configuration(draw, n):
    name = draw(st.sampled_from(["Configuration Saved", "Configuration Updated", "Configuration Ordered"]))
    properties = {"config_id": draw(st.sampled_from("12"))} | draw(FIELDS)
    return said("user:jo", f"m{n}", name=name, at=draw(st.sampled_from(HOURS)), properties=properties)


def page(draw, n):
    referrer = draw(st.sampled_from(["", "https://google.com/", "https://shop.example/"]))
    context = {"country": draw(st.sampled_from(["DE", "FR"])), "page": {"url": "https://shop.example/shoes"}}
    properties = {"referrer": referrer}
    at = draw(st.sampled_from(HOURS))
    return said("user:jo", f"m{n}", name="", type="page", at=at, context=context, properties=properties)


def folded(history):
    folding = Folding(Document(), {})
    for each in history:
        folding.add(Candidate(each))
    return Customer("c", 1, folding.document(0), folding.measures)


def newest(history, matters):
    """The latest of those that matter, by hand: by instant, then by id."""
    return max((each for each in history if matters(each)), key=lambda each: (each.at, each.message_id), default=None)


@given(histories(), st.randoms())
def test_the_order_in_which_they_come_does_not_matter(history, random):
    shuffled = list(history)
    random.shuffle(shuffled)
    assert folded(shuffled) == folded(history)


@given(histories(), st.integers(0, 8))
def test_two_customers_become_one_who_said_all_of_it(history, cut):
    one, other = folded(history[:cut]), folded(history[cut:])
    joined = Folding(one.document, one.measures)
    joined.absorb(other.document, other.measures)
    assert replace(one, document=joined.document(0), measures=joined.measures) == folded(history)


@given(histories())
def test_the_latest_word_on_a_ticket_holds(history):
    words = folded(history).document.words
    for ticket_id in "12":
        about = [each for each in history if each.properties.get("ticket_id") == ticket_id]
        last = newest(about, lambda each: each.name != "Ticket Updated")
        status = last and {"Ticket Opened": "open", "Ticket Closed": "closed"}[last.name]
        assert status == (words["tickets"][ticket_id].value if ticket_id in words.get("tickets", {}) else None)
        priority = newest(about, lambda each: True)
        known = words.get("priorities", {}).get(ticket_id)
        assert (known and known.value) == (priority and priority.properties["priority"])


@given(histories())
def test_the_latest_word_on_each_field_of_a_configuration_holds(history):
    kept = folded(history).document.words
    for config_id in "12":
        about = [each for each in history if each.properties.get("config_id") == config_id]
        last = {field: newest(about, lambda each, f=field: f in each.properties) for field in FIELD_NAMES}
        assert things.fields(kept, things.CONFIGURATIONS, config_id) == {
            field: each.properties[field] for field, each in last.items() if each
        }


@given(histories())
def test_the_first_and_the_last_way_into_the_shop_are_known(history):
    came = [each for each in history if each.properties.get("referrer") in ("", "https://google.com/")]
    source = {"": "direct", "https://google.com/": "organic"}
    ordered = sorted(
        (each.at, each.message_id, source[each.properties["referrer"]]) for each in came if each.type == "page"
    )
    kept = folded(history).document
    arrivals = (kept.first_arrival, kept.last_arrival)
    assert [each and each.source for each in arrivals] == ([ordered[0][2], ordered[-1][2]] if ordered else [None] * 2)


@given(histories())
def test_pages_are_measured(history):
    pages = [each.at for each in history if each.type == "page"]
    measure = folded(history).measures.get("Page Viewed")
    assert (measure.count if measure else 0) == len(pages)


@given(histories())
def test_it_is_kept_as_it_was(history):
    customer = folded(history)
    assert document.load(document.store(customer)) == customer
