"""Customers and rules for the property tests of segments: small worlds in which most things happen."""

from datetime import UTC

from hypothesis import strategies as st

from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.fold import Candidate, Folding
from shopkeeper.customer.measures import Measure, Rules
from tests.interactions import identified, ordered, said
from tests.rules import all_of, any_of, count, in_list, negated, total, trait
from tests.segment_oracle import FOLDED

EVENTS = ["Order Completed", "Product Viewed", "Never Seen"]
CURRENCIES = ["USD", "EUR", "JPY"]
LISTS = ["vip", "staff"]
instants = st.sampled_from([f"2026-02-0{day}T10:00:00.000Z" for day in range(1, 4)])
texts = st.sampled_from(sorted(FOLDED))
plain = st.one_of(texts, st.sampled_from([7, 7.0, 1, 0, -2.5, 10**30, True, False]))
held = st.one_of(
    plain, st.sampled_from(["", "  ", None]), st.lists(st.one_of(plain, st.sampled_from(["", None])), max_size=3)
)
traits = st.fixed_dictionaries(
    {},
    optional={
        "city": held,
        "age": held,
        "home": st.one_of(held, st.fixed_dictionaries({"city": held}), st.lists(st.fixed_dictionaries({"city": held}))),
    },
)


@st.composite
def tellings(draw):
    """One interaction, without its message id."""
    at, trusted = draw(instants), draw(st.booleans())
    match draw(st.sampled_from(["order", "view", "identify", "list"])):
        case "order":
            currency = draw(st.sampled_from(CURRENCIES))
            amounts = [100, "4500"] if currency == "JPY" else [100, "99.99", "0.01", 33.34]
            amount = draw(st.sampled_from(amounts))
            return lambda id_: ordered("user:jo", id_, None, amount, currency, at=at)
        case "view":
            return lambda id_: said("user:jo", id_, at=at)
        case "identify":
            known = draw(traits)
            return lambda id_: identified("user:jo", id_, known, at=at)
        case _:
            name, about = draw(st.sampled_from(["List Entered", "List Left"])), {"list": draw(st.sampled_from(LISTS))}
            return lambda id_: said("user:jo", id_, name=name, properties=about, at=at, trusted=trusted)


histories = st.lists(tellings(), max_size=9).map(lambda told: [each(f"m{n:02}") for n, each in enumerate(told)])

NUMBERS = [7, 7.5, 1, 0, -3, 10**30]
PLAIN = [*FOLDED, *NUMBERS, True, False]
ORDERED = ["lt", "le", "gt", "ge"]
PATHS = ["city", "home", "home.city", "city.x"]


def about(path):
    """Every leaf there is about a trait, with every value that a test uses."""
    yield trait(path, "exists")
    yield from (trait(path, cmp, value) for cmp in ("eq", "ne") for value in PLAIN)
    yield from (trait(path, cmp, value) for cmp in ORDERED for value in (*FOLDED, *NUMBERS))
    yield from (trait(path, cmp, value) for cmp in ("contains", "starts", "ends") for value in FOLDED)
    yield from (trait(path, cmp, *PLAIN[n : n + 3]) for cmp in ("in", "not_in") for n in range(len(PLAIN)))


COUNTED = [
    *(count(n, cmp, event) for n in range(5) for cmp in ("ge", "le", "eq") for event in EVENTS),
    *(total(x, cmp) for x in (0, "0.01", "100", "199.99") for cmp in ("ge", "gt", "le", "lt", "eq")),
    *(total(x, cmp, "JPY") for x in (100, 4500, 9000) for cmp in ("ge", "le", "eq")),
    *map(in_list, LISTS),
]
leaves = st.one_of(st.sampled_from(COUNTED), st.sampled_from([leaf for path in PATHS for leaf in about(path)]))
rules = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda of: all_of(*of)),
        st.lists(inner, min_size=1, max_size=3).map(lambda of: any_of(*of)),
        st.builds(negated, inner),
    ),
    max_leaves=6,
)


def customer_of(told, zone=UTC, registered=()):
    """As it is stored, with the shop's own measures that are counted from the first interaction on."""
    own = {each.id: each for each in registered}
    folding = Folding(Document(), {}, dict.fromkeys(own, Measure()), Rules(zone, own))
    for each in told:
        folding.add(Candidate(each, (each.subject,)))
    counted = folding.counted()
    return Customer("c" * 32, 1, folding.document(0), counted.events, registered=counted.registered)
