"""What is shown of customers in a list of examples."""

import pytest

from shopkeeper.api import masking


@pytest.mark.parametrize(
    ("path", "said", "shown"),
    [
        ("email", "n003@new5.example", "n•••@n•••.example"),
        ("contact", "Jo <jo@x.example>", "Jo <j•••@x•••.example>"),
        ("contact", "jo@localhost", "•••"),
        ("first_name", "Jo Ann", "J••• A•••"),
        ("lastName", "Doe", "D•••"),
        ("prénom", "Zoë", "Z•••"),
        ("phone", "+49 171 2345", "••• ••• •••"),
        ("Tel", 491712345, "•••"),
        ("address.city", "Ulm", "U•••"),
        ("address_street", "Hauptstraße 5", "H••• •••"),
        ("straße", "Weg 1", "W••• •••"),
        ("e-mail", "none", "n•••"),
        ("has_phone", True, True),
        ("hotel", "Ritz", "Ritz"),
        ("city", "Ulm", "Ulm"),
        ("score", 7, 7),
    ],
)
def test_names_and_addresses_are_masked_by_what_they_are_and_by_what_they_are_called(path, said, shown):
    assert masking.value(path, said) == shown
