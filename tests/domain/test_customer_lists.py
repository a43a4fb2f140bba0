"""Lists in the document: small, back as they were stored, and shown as far as the customer is on them."""

from datetime import UTC, datetime

from shopkeeper.api import customer_view
from shopkeeper.api.memberships import Memberships
from shopkeeper.customer import document
from shopkeeper.customer.computed import Settings
from shopkeeper.customer.lists import Stay
from tests.interactions import identified, said
from tests.segment_worlds import customer_of

NOW = datetime(2026, 3, 8, tzinfo=UTC)
TOLD = [
    said("user:jo", "m1", name="List Entered", properties={"list": "regulars"}, at="2026-03-01T12:00:00.000Z"),
    said("user:jo", "m2", name="List Entered", properties={"list": "staff"}, at="2026-03-01T12:00:00.000Z"),
    said("user:jo", "m3", name="List Left", properties={"list": "staff"}, at="2026-03-02T12:00:00.000Z"),
]


def test_the_picture_shows_the_lists_a_customer_is_on():
    shown = customer_view.shown(customer_of(TOLD), "c", NOW, Settings(), {}, Memberships([], {"regulars": "Regulars"}))

    assert shown["lists"] == [{"list": "regulars", "name": "Regulars", "entered_at": "2026-03-01T12:00:00.000Z"}]


def test_lists_come_back_as_they_were_stored():
    customer = customer_of(TOLD)

    loaded = document.load(document.store(customer))

    assert loaded.document.lists == {
        "regulars": Stay(1772366400000, is_on=True),
        "staff": Stay(1772452800000, is_on=False),
    }


def test_a_list_takes_few_bytes_and_none_takes_none():
    on = [said("user:jo", f"m{n}", name="List Entered", properties={"list": f"list-{n:02}"}) for n in range(10)]
    without = len(document.to_json(customer_of([identified("user:jo", "m", {"city": "Ulm"})]).document))

    assert len(document.to_json(customer_of(on).document)) <= without + 350
    assert "lists" not in document.to_json(customer_of([]).document)


def test_a_document_of_before_there_were_lists_is_read():
    assert document.from_json('{"traits":{}}', schema=1).lists == {}
