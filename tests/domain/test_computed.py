"""Computed traits: what follows from what is remembered, and nothing said of what cannot be known."""

import pytest

from shopkeeper.customer import computed
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.fold import Candidate, Folding
from shopkeeper.customer.instants import to_ms
from tests.interactions import identified, ordered, said

DAYS = [f"2026-03-{day:02}T12:00:00.000Z" for day in range(1, 29)]
NOW = to_ms("2026-03-31T11:59:59.999Z")


def computed_of(*history, identities=()):
    folding = Folding(Document(), {})
    for each in history:
        folding.add(Candidate(each, identities))
    return computed.computed(Customer("c", 1, folding.document(0), folding.measures), NOW, computed.Settings())


def test_nobody_has_nothing():
    assert computed_of() == {}


def test_a_prospect_is_one_since_the_first_sign_of_life():
    seen = computed_of(said("anon:a", "m1", at=DAYS[3]), said("anon:a", "m2", at=DAYS[1]))
    assert (seen["is_customer"], seen["since"], seen["tenure_days"]) == (False, DAYS[1], 28)


def test_so_is_who_only_said_who_they_are():
    seen = computed_of(identified("user:jo", "m", {"size": 42}, at=DAYS[0]), identities=("user:jo",))
    assert seen == {"is_customer": False, "since": DAYS[0], "tenure_days": 29}


def test_a_customer_is_one_since_the_first_order():
    history = [said("user:jo", "m1", at=DAYS[0]), ordered("user:jo", "m2", "1", 10, at=DAYS[9])]
    seen = computed_of(*history)
    assert (seen["is_customer"], seen["since"], seen["tenure_days"]) == (True, DAYS[9], 20)
    assert "interval_days" not in seen


def test_habits_of_buying():
    orders = [ordered("user:jo", f"m{n}", str(n), total, at=DAYS[day]) for n, total, day in ((1, 10, 0), (2, 5.01, 3))]
    seen = computed_of(*orders, ordered("user:jo", "m3", "3", None, at=DAYS[10]))
    assert (seen["average_order"], seen["interval_days"]) == ({"USD": {"amount": "7.51", "minor_units": 751}}, 5.0)


def test_averages_and_lifetime_values_are_of_each_currency_alone():
    again = ordered("user:jo", "c", "3", 6)
    seen = computed_of(ordered("user:jo", "a", "1", 10), ordered("user:jo", "b", "2", 5, currency="EUR"), again)
    assert {currency: sum_["amount"] for currency, sum_ in seen["lifetime_value"].items()} == {
        "USD": "16.00",
        "EUR": "5.00",
    }
    assert {currency: sum_["minor_units"] for currency, sum_ in seen["average_order"].items()} == {
        "USD": 800,
        "EUR": 500,
    }


def test_what_was_bought_and_how():
    def bought(message_id, at, *products, **more):
        named = [{"product_id": product, "category": category} for product, category in products]
        properties = {"order_id": message_id, "products": named} | more
        return said("user:jo", message_id, name="Order Completed", at=at, properties=properties)

    seen = computed_of(
        bought("1", DAYS[0], ("p1", "shoes"), ("p2", "shoes"), ("p3", "hats"), channel="shop", gift=True),
        bought("2", DAYS[1], ("p4", "socks"), ("p1", "shoes"), channel="web", gift=True),
        said("user:jo", "m", name="Order Cancelled", at=DAYS[2], properties={"order_id": "2"}),
    )
    assert seen["products"] == ["p3", "p2", "p1"]
    assert seen["categories"] == ["shoes", "hats"]
    newest = {"product": "p3", "category": "hats", "order": "1", "at": DAYS[0]}
    assert (seen["purchases"][0], [each["order"] for each in seen["purchases"]]) == (newest, ["1"] * 3)
    assert (seen["channels_bought_through"], seen["buys_gifts"]) == (["shop"], True)


@pytest.mark.parametrize("name", ["preferred_channel", "preferredChannel", "preferred_contact_method"])
def test_the_preferred_channel_is_the_one_somebody_states(name):
    assert computed_of(identified("user:jo", "m", {name: "phone"}))["preferred_channel"] == "phone"


def test_the_ways_into_the_shop_and_the_circumstances():
    def page(message_id, at, referrer, **context):
        properties = {"url": "https://shop.example/?utm_campaign=may", "referrer": referrer}
        more = {"type": "page", "properties": properties, "context": context}
        return said("anon:a", message_id, name="", at=at, **more)

    seen = computed_of(
        page("1", DAYS[1], "https://blog.example/", device_class="phone", country="FR"),
        page("2", DAYS[5], "", device_class="desktop", timezone="Europe/Berlin"),
    )
    first = {"source": "referral", "at": DAYS[1], "host": "blog.example", "campaign": "may"}
    assert seen["access"] == {"first": first, "last": {"source": "referral", "at": DAYS[5], "campaign": "may"}}
    assert (seen["device"], seen["country"], seen["zone"]) == ("desktop", "FR", "Europe/Berlin")


def test_an_open_critical_ticket_stands_out():
    def ticket(name, ticket_id, at, **more):
        return said("user:jo", name + ticket_id, name=name, at=at, properties={"ticket_id": ticket_id} | more)

    seen = computed_of(
        ticket("Ticket Opened", "1", DAYS[0], priority="urgent"),
        ticket("Ticket Opened", "2", DAYS[1], priority="critical", subject=" It squeaks. "),
        ticket("Ticket Closed", "2", DAYS[2]),
        ticket("Ticket Opened", "3", DAYS[3]),
    )["tickets"]
    assert [(each["ticket_id"], each["is_open"], each["is_critical"]) for each in seen] == [
        ("3", True, False),
        ("2", False, False),
        ("1", True, True),
    ]
    assert seen[1] == {
        "ticket_id": "2",
        "subject": "It squeaks.",
        "status": "closed",
        "is_open": False,
        "is_critical": False,
        "priority": "critical",
        "at": DAYS[2],
    }
    assert seen[0].keys() == {"ticket_id", "status", "is_open", "is_critical", "at"}


def test_the_status_of_a_ticket_is_what_the_shop_calls_it():
    opened = said("user:jo", "1", name="Ticket Opened", at=DAYS[0], properties={"ticket_id": "7"})
    waits = said("user:jo", "2", name="Ticket Updated", at=DAYS[1], properties={"ticket_id": "7", "status": "Pending"})
    closed = said("user:jo", "3", name="Ticket Closed", at=DAYS[2], properties={"ticket_id": "7"})

    def status(*history):
        (seen,) = computed_of(*history)["tickets"]
        return seen["status"], seen["is_open"]

    assert (status(opened), status(waits, opened)) == (("open", True), ("pending", True))
    assert status(closed, waits, opened) == ("closed", False)


def test_accounts_and_forms_are_told_by_name():
    group = {"type": "group", "properties": {"groupId": "acme", "role": "buyer"}, "traits": {"name": "Acme Ltd"}}
    seen = computed_of(
        said("user:jo", "1", name="", at=DAYS[0], **group),
        said("user:jo", "2", name="Form Started", at=DAYS[1], properties={"form": "quote"}),
    )
    assert seen["accounts"] == [{"account_id": "acme", "name": "Acme Ltd", "role": "buyer", "at": DAYS[0]}]
    assert seen["forms"] == [{"form": "quote", "status": "started", "at": DAYS[1]}]


def test_a_saved_configuration_is_ordered_until_it_is_changed_again():
    def configured(what, at, **more):
        name = f"Configuration {what}"
        return said("user:jo", what + at, name=name, at=at, properties={"config_id": "c"} | more)

    saved = configured("Saved", DAYS[0], base="bike", options={"colour": "red"}, price=990)
    ordered_once, again = configured("Ordered", DAYS[1]), configured("Updated", DAYS[2], price=100)
    assert [each["is_ordered"] for each in computed_of(saved)["configurations"]] == [False]
    whole = {"base": "bike", "options": {"colour": "red"}, "price": 990}
    assert computed_of(saved, ordered_once)["configurations"] == [
        {"config_id": "c", "is_ordered": True, "saved": whole, "at": DAYS[1]}
    ]
    assert computed_of(again, saved, ordered_once)["configurations"] == [
        {"config_id": "c", "is_ordered": False, "saved": whole | {"price": 100}, "at": DAYS[2]}
    ]


def test_a_second_mention_leaves_what_it_does_not_speak_of():
    seen = computed_of(
        said("user:jo", "1", name="Feedback Given", at=DAYS[0], properties={"about": "p", "score": 2, "text": "Hm."}),
        said("user:jo", "2", name="Feedback Given", at=DAYS[1], properties={"about": "p", "helped": False}),
        said("user:jo", "3", name="Concern Noted", at=DAYS[0], properties={"topic": "noise", "due": "2027-01-01"}),
        said("user:jo", "4", name="Concern Noted", at=DAYS[2], properties={"topic": "noise"}),
    )
    feedback = {"helped": False, "score": 2, "text": "Hm."}
    assert seen["feedback"] == [{"about": "p", "said": feedback, "at": DAYS[1]}]
    assert seen["concerns"] == [{"topic": "noise", "about": "noise", "said": {"due": "2027-01-01"}, "at": DAYS[2]}]


def test_what_was_said_of_things_is_told_newest_first():
    seen = computed_of(
        said("user:jo", "1", name="Feedback Given", at=DAYS[0], properties={"about": "p1", "score": 2}),
        said("user:jo", "2", name="Feedback Given", at=DAYS[1], properties={"about": "p2", "helped": True}),
        said("user:jo", "3", name="Concern Noted", at=DAYS[2], properties={"topic": "noise", "horizon": "2027"}),
    )
    assert [(each["about"], each["said"]) for each in seen["feedback"]] == [
        ("p2", {"helped": True}),
        ("p1", {"score": 2}),
    ]
    assert seen["concerns"] == [{"topic": "noise", "about": "noise", "said": {"horizon": "2027"}, "at": DAYS[2]}]


def test_what_is_read_off_newest_instants_is_told_once_there_are_enough():
    def looked(day):
        return said("anon:a", f"m{day}", name="", type="page", at=DAYS[day], properties={"about": "price", "url": "/"})

    orders = [ordered("user:jo", f"o{n}", str(n), 10, at=DAYS[n]) for n in (0, 10, 20)]
    seen = computed_of(*(looked(day) for day in (1, 2)), *orders)
    assert (seen["best_hour"]["hour"], seen["best_hour"]["of"]) == (12, 5)
    assert (seen["next_event"]["intervals"], seen["next_event"]["interval_days"]) == (2, 10.0)
    assert [(each["about"], each["times"]) for each in seen["asks_about"]] == [("price", 2)]
    assert (seen["sessions"]["known"], seen["sessions"]["newest"][0]["source"]) == (2, "direct")
    assert "observed_channel" not in seen
