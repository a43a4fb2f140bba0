import pytest

from shopkeeper.customer import document, rows
from shopkeeper.customer.document import Customer, Document, Parting, Stored, Unreadable
from shopkeeper.customer.fold import Candidate, Folding
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.rows import row_of
from tests.interactions import identified, ordered, said

CUSTOMER = "0123456789abcdef0123456789abcdef"
DEVICE = "b0f6a3f2-5d8b-4c62-9f2a-7a1d3c5e7f{n:02}"
CONSENT = {"topic": "newsletter", "is": "in", "basis": "consent", "wording": "signup-form-2026-01"}
TRAITS = {
    "email": "josephine.miller@example.com",
    "first_name": "Josephine",
    "last_name": "Miller",
    "city": "Frankfurt am Main",
    "country": "DE",
    "language": "de",
    "birthday": "1987-04-12",
    "plan": "regular",
}


def customer_of(*told: Interaction, identities=()):
    folding = Folding(Document(), {})
    for each in told:
        folding.add(Candidate(each, (each.subject, *identities)))
    return Customer(CUSTOMER, 7, folding.document(1_772_366_400_000), folding.measures)


def uuid(n):
    return f"3f0c9d1e-5b7a-4c2d-8e6f-1a2b3c4d{n:04}"


def quiet():
    """Somebody who ordered once, long ago."""
    return customer_of(ordered("user:48151623", uuid(1), "17", 29.33))


def typical():
    """Two devices, a profile, a few orders, a consent, the usual events of a shop."""
    names = ["Product Viewed", "Product Added", "Cart Viewed", "Checkout Started", "Email Opened", "Email Link Clicked"]
    return customer_of(
        identified("user:48151623", uuid(1), TRAITS),
        identified("user:48151623", uuid(2), {"plan": "gold"}, at="2026-03-05T12:00:00.000Z"),
        said("user:48151623", uuid(3), name="Consent Changed", properties=CONSENT),
        *(said("user:48151623", uuid(10 + n), name=name) for n, name in enumerate(names)),
        *(ordered("user:48151623", uuid(20 + n), str(n), 29.33) for n in range(6)),
        identities=(f"anon:{DEVICE.format(n=1)}", f"anon:{DEVICE.format(n=2)}", "email:josephine.miller@example.com"),
    )


def active():
    """Years of everything: many devices, events and topics, each trait told by another call."""
    traits = TRAITS | {f"interest_{n}": f"category {n}" for n in range(12)}
    devices = tuple(f"anon:{DEVICE.format(n=n)}" for n in range(12))
    return customer_of(
        *(identified("user:48151623", uuid(n), {name: traits[name]}) for n, name in enumerate(traits)),
        *(
            said("user:48151623", uuid(n), name="Consent Changed", properties=CONSENT | {"topic": f"topic-{n}"})
            for n in range(5)
        ),
        *(said("user:48151623", uuid(50 + n), name=f"Something Number {n} Happened") for n in range(30)),
        *(ordered("user:48151623", uuid(90 + n), str(n), 29.33, currency=("USD", "EUR")[n % 2]) for n in range(40)),
        identities=(*devices, "email:josephine.miller@example.com"),
    )


@pytest.mark.parametrize("customer", [Customer(CUSTOMER), quiet(), typical(), active()])
def test_what_is_stored_can_be_loaded(customer):
    assert document.load(document.store(customer)) == customer


def test_where_a_customer_went_and_who_came_is_kept():
    here = Document(merged={"a": "m1", "b": "m2"}, partings={"m0": Parting("c", 5)})

    for each in (Customer(CUSTOMER, 3, here), Customer(CUSTOMER, 4, Document(merged_into="z"))):
        assert document.load(document.store(each)) == each
    assert Customer(CUSTOMER, 3, here).family == {CUSTOMER, "a", "b"}


def test_pending_survives_with_all_its_rows_need():
    told = said("user:jo", "m1", properties={"price": 1.5, "title": 'Ein "Buch" — 本'}, said_at="x", origin="key")
    row = row_of(told, customer_id=CUSTOMER, version=8, unfolded="why")

    loaded = document.load(document.store(Customer(CUSTOMER, 8, pending=(row,))))

    assert loaded.pending == (row,)
    assert loaded.pending[0].said() == {"properties": told.properties, "ids": {"user": "jo"}}


@pytest.mark.parametrize(
    "broken",
    [
        {"document": '{"traits":{"a":1}}'},
        {"document": '{"traits":{"a":1},"told":[3],"tellings":[[1,"m"]]}'},
        {"document": "{"},
        {"document": "[]"},
        {"measures": b"\x07"},
        {"pending": "[1]"},
        {"schema": 99},
        {"schema": 0},
    ],
)
def test_what_cannot_be_understood_is_refused_and_named(broken):
    whole = {"document": "{}", "measures": b"", "pending": "", "schema": document.SCHEMA}

    with pytest.raises(Unreadable, match=CUSTOMER):
        document.load(Stored(CUSTOMER, 1, **whole | broken))


def test_an_older_schema_is_read_through_its_upcasts(monkeypatch):
    """Each step knows one schema only: a document of 1999 takes all of them."""
    monkeypatch.setattr(
        document,
        "UPCASTS",
        document.UPCASTS
        | {-1: lambda old: {"names": old["n"]}, 0: lambda old: {"traits": {}, "identities": old["names"]}},
    )

    loaded = document.load(Stored(CUSTOMER, 3, '{"n":{"user:jo":5}}', b"", "", schema=-1))

    assert loaded.document.identities == {"user:jo": 5}


def test_the_same_document_is_always_the_same_text():
    assert document.to_json(typical().document) == document.to_json(
        document.from_json(document.to_json(typical().document))
    )


def test_rows_are_read_as_they_were_written():
    row = row_of(said("user:jo", "m1"))

    assert rows.from_json(rows.to_json((row,))) == (row,)
