"""What interactions of known names say of tickets, feedback, concerns, configurations, forms and accounts."""

import pytest

from shopkeeper.customer import known
from tests.interactions import said


def stated(name, properties, **more):
    """All but what is asked about, which has tests of its own."""
    told = known.stated(said("user:jo", "m", name=name, properties=properties, **more))
    return [tuple(each) for each in told if each.family != "asked"]


@pytest.mark.parametrize(
    ("name", "properties", "words"),
    [
        ("Ticket Opened", {"ticket_id": 7}, [("tickets", "7", "open")]),
        (
            "Ticket Opened",
            {"ticket_id": "7", "priority": " Critical "},
            [("tickets", "7", "open"), ("priorities", "7", "critical")],
        ),
        ("Ticket Updated", {"ticket_id": "7", "priority": "low"}, [("priorities", "7", "low")]),
        (
            "Ticket Updated",
            {"ticket_id": "7", "status": "Solved"},
            [("tickets", "7", "closed"), ("tickets.status", "7", "solved")],
        ),
        (
            "Ticket Updated",
            {"ticket_id": "7", "status": "pending"},
            [("tickets", "7", "open"), ("tickets.status", "7", "pending")],
        ),
        ("Ticket Closed", {"ticket_id": "7"}, [("tickets", "7", "closed")]),
        ("Ticket Closed", {"ticket_id": "7", "status": "pending"}, [("tickets", "7", "closed")]),
        (
            "Feedback Given",
            {"about": "p1", "score": 4, "helped": True, "text": "Kind."},
            [
                ("feedback", "p1", ""),
                ("feedback.text", "p1", "Kind."),
                ("feedback.score", "p1", 4),
                ("feedback.helped", "p1", True),
            ],
        ),
        (
            "Concern Noted",
            {"topic": "noise", "horizon": "2027"},
            [("concerns", "noise", ""), ("concerns.horizon", "noise", "2027")],
        ),
        (
            "Configuration Saved",
            {"config_id": "c1", "base": "bike", "options": ["red", 28], "price": 990, "url": "https://shop.example/c1"},
            [
                ("configurations", "c1", ""),
                ("configurations.base", "c1", "bike"),
                ("configurations.url", "c1", "https://shop.example/c1"),
                ("configurations.price", "c1", 990),
                ("configurations.options", "c1", ["red", "28"]),
            ],
        ),
        ("Configuration Ordered", {"config_id": "c1"}, [("configurations", "c1", ""), ("ordered", "c1", "ordered")]),
        ("Form Started", {"form": "size"}, [("forms", "size", "started")]),
        ("Form Completed", {"form_id": "size"}, [("forms", "size", "completed")]),
    ],
)
def test_known_names_are_read(name, properties, words):
    assert stated(name, properties) == words


def test_from_which_letter_somebody_was_held_out_is_taken_from_our_own_word_alone():
    told = {"send_id": "s-1", "reason": "held_out"}

    assert stated("Not Sent", told, source="mail") == [("held_out", "s-1", "")]
    assert stated("Not Sent", told, source="collect") == []
    assert stated("Not Sent", told | {"reason": "other:capped"}, source="mail") == []


@pytest.mark.parametrize(
    ("name", "properties"),
    [
        ("Ticket Opened", {}),
        ("Ticket Opened", {"ticket_id": True}),
        ("Ticket Opened", {"ticket_id": " "}),
        ("Ticket Opened", {"ticket_id": "x" * 101}),
        ("Ticket Updated", {"ticket_id": "7", "status": 3}),
        ("Feedback Given", {"about": "p1"}),
        ("Feedback Given", {"about": "p1", "score": True, "helped": 1, "text": " "}),
        ("Concern Noted", {"topic": ["noise"]}),
        ("Configuration Saved", {"base": "bike"}),
        ("Somebody Sneezed", {"ticket_id": "7"}),
    ],
)
def test_what_is_not_as_it_should_be_says_nothing(name, properties):
    assert stated(name, properties) == []


def test_a_ticket_is_taken_from_a_trusted_word_alone():
    assert stated("Ticket Opened", {"ticket_id": "7"}, trusted=False) == []


def test_a_group_call_says_what_somebody_is_in_an_account():
    words = stated("", {"groupId": "acme", "role": "buyer", "persona": "", "motivation": "price"}, type="group")
    assert words == [
        ("accounts", "acme", ""),
        ("accounts.role", "acme", "buyer"),
        ("accounts.motivation", "acme", "price"),
    ]


def test_and_what_the_account_is_called():
    words = stated("", {"groupId": "acme"}, type="group", traits={"name": " Acme Ltd ", "plan": "gold"})
    assert words == [("accounts", "acme", ""), ("accounts.name", "acme", "Acme Ltd")]


def test_the_circumstances_are_read_from_any_call():
    context = {"device_class": "phone", "country": "DE", "timezone": "Europe/Berlin", "locale": "de-DE"}
    assert stated("Product Viewed", {}, context=context) == [
        ("seen", "device", "phone"),
        ("seen", "country", "DE"),
        ("seen", "zone", "Europe/Berlin"),
        ("seen", "locale", "de-DE"),
    ]


def test_the_zone_of_the_edge_goes_before_the_one_a_page_states():
    context = {"zone": "Europe/Berlin", "timezone": "America/New_York"}
    assert stated("Product Viewed", {}, context=context) == [("seen", "zone", "Europe/Berlin")]


def test_a_machine_says_nothing_of_where_a_person_is():
    assert stated("Product Viewed", {}, context={"device_class": "machine", "country": "US"}) == []
