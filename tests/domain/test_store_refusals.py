"""What a table refuses for good costs the messages concerned, and no others of their batch."""

import pytest

from shopkeeper import ids
from shopkeeper.customer import document
from shopkeeper.customer.lists import ENTERED, LEFT
from shopkeeper.customer.store.ports import NotTaken, Refused
from shopkeeper.segment.standing import stood
from tests.domain.test_store_rounds import Shop
from tests.interactions import identified, ordered, said
from tests.rules import trait
from tests.standing_world import edition_of
from tests.store_fakes import FakeCustomers, FakeIdentities, FakeInteractions, FakeOrders

MOVES = ENTERED, LEFT
WHY = "refused: ValidationException"
JO, AL = ids.customer_id("user:jo"), ids.customer_id("user:al")


class NoIdentityOfJo(FakeIdentities):
    def replace(self, change):
        if change.identity == "user:jo":
            raise Refused("ValidationException")
        super().replace(change)


class NoDocumentOfJo(FakeCustomers):
    def save(self, stored):
        if stored.customer_id == JO:
            raise Refused("ValidationException")
        super().save(stored)


class NoClaimOfSeventeen(FakeOrders):
    def claim(self, order, customer_id):
        if order == "17":
            raise Refused("ValidationException")
        return super().claim(order, customer_id)


class NoLateRowOfJo(FakeInteractions):
    def put_if_absent(self, row):
        if row.subject == "user:jo":
            raise Refused("ValidationException")
        super().put_if_absent(row)


BATCH = {
    "a": ordered("user:jo", "m1", "17", 5),
    "b": said("user:al", "m1"),
    "c": said("user:jo", "m2"),
    "d": ordered("user:al", "m2", "18", 5),
}


@pytest.mark.parametrize(
    ("fakes", "refused"),
    [
        ({"identities": NoIdentityOfJo}, "ac"),
        ({"customers": NoDocumentOfJo}, "ac"),
        ({"orders": NoClaimOfSeventeen}, "a"),
    ],
    ids=["a statement", "a document", "a claim"],
)
def test_what_is_refused_comes_again_alone_and_says_why(fakes, refused):
    shop = Shop(**fakes)

    assert shop.store(BATCH) == dict.fromkeys(refused, WHY)

    assert shop.counted("user:al") == 1
    assert set(shop.tables.rows) == {each.key for name, each in BATCH.items() if name not in refused}


def test_a_row_of_what_fits_nowhere_that_is_refused_too_costs_its_message_alone(monkeypatch):
    monkeypatch.setattr(document, "LARGEST", 900)
    shop = Shop(interactions=NoLateRowOfJo)
    batch = {"a": identified("user:jo", "m1", {"story": "x" * 1000}), "b": said("user:jo", "m2"), "c": BATCH["b"]}

    assert shop.store(batch) == {"a": WHY}

    assert shop.counted("user:jo") == shop.counted("user:al") == 1


def test_a_document_that_has_no_room_for_all_of_them_takes_as_many_as_fit(monkeypatch):
    """A hundred at once would not fit, for as long as they wait for their rows; a dozen do."""
    monkeypatch.setattr(document, "LARGEST", 8_000)
    shop = Shop()

    assert shop.store({str(n): said("user:jo", f"m{n}", properties={"text": "x" * 100}) for n in range(100)}) == {}

    assert shop.counted("user:jo") == 100
    assert shop.tables.customers[JO].version < 15
    assert {row.unfolded for row in shop.tables.rows.values()} == {""}


def test_of_what_does_not_fit_the_rest_is_still_folded(monkeypatch):
    monkeypatch.setattr(document, "LARGEST", 3_000)
    shop = Shop()
    batch = {str(n): said("user:jo", f"m{n}", properties={"text": "x" * (9_000 * (n == 3))}) for n in range(10)}

    assert shop.store(batch) == {}

    assert shop.counted("user:jo") == 9
    assert [row.message_id for row in shop.tables.rows.values() if row.unfolded == "document_full"] == ["m3"]


def test_of_whom_it_cannot_be_told_where_they_stand_costs_no_message_of_others():
    def stand(before, after, now_ms, cause):
        if after.customer_id == JO:
            raise OverflowError
        return after

    shop = Shop(stand=stand)

    assert shop.store(BATCH) == {"a": "OverflowError", "c": "OverflowError"}

    assert shop.counted("user:al") == 1


def test_what_has_no_room_for_its_news_of_segments_tells_of_its_lists_and_is_looked_at_at_once(monkeypatch):
    monkeypatch.setattr(document, "LARGEST", 3_000)
    current = edition_of({f"s{n}": trait("vip", "eq", "yes") for n in range(20)})
    shop = Shop(stand=lambda *write: stood(current, *write))
    entered, left = (said("user:jo", f"l{n}", name=name, properties={"list": "staff"}) for n, name in enumerate(MOVES))
    shop.store({"a": entered})
    assert document.load(shop.tables.customers[JO]).document.moved == {"list:staff": True}

    traits = identified("user:jo", "m1", {"vip": "yes", "story": "x" * 500})
    assert shop.store({"a": left, "b": traits}) == {}

    jo = document.load(shop.tables.customers[JO])
    assert (jo.document.traits["vip"], jo.document.standing.slots) == ("yes", ())
    assert jo.document.moved == {"list:staff": False}
    assert jo.due_at == jo.document.updated_at


class NoRoomForRowsOfJo(FakeInteractions):
    refuses = False

    def put(self, rows):
        if self.refuses and (keys := [row.key for row in rows if row.customer_id == JO]):
            raise NotTaken(keys)
        super().put(rows)


def moved(shop):
    """The phone was jo's, who folded its message and could not put the row; now it is al's."""
    shop.store({"a": identified("user:jo", "m1", ids={"user": "jo", "anon": "phone"})})
    shop.interactions.refuses = True
    shop.store({"b": said("anon:phone", "m2")})
    later = "2026-03-01T12:00:01.000Z"
    shop.store({"c": identified("user:al", "m3", ids={"user": "al", "anon": "phone"}, received_at=later)})
    return said("anon:phone", "m2", received_at="2026-03-01T12:00:02.000Z")


def test_while_a_former_customer_cannot_be_settled_nothing_it_may_have_folded_is_folded_again():
    shop = Shop(interactions=NoRoomForRowsOfJo)
    again = moved(shop)

    assert shop.store({"d": again, "e": said("user:cy", "m1")}) == {"d": "formerly rows not taken"}
    shop.interactions.refuses = False
    assert shop.store({"d": again}) == {}

    assert shop.counted("user:jo") == 1
    assert "Product Viewed" not in document.load(shop.tables.customers[AL]).measures


def test_while_a_former_customer_cannot_be_read_nothing_it_may_have_folded_is_folded_again():
    shop = Shop(interactions=NoRoomForRowsOfJo)
    again = moved(shop)
    stored = shop.tables.customers[JO]
    shop.tables.customers[JO] = document.Stored(JO, stored.version, "{", stored.measures, stored.pending)

    failed = shop.store({"d": again, "e": said("user:cy", "m1")})

    assert set(failed) == {"d"}
    assert failed["d"].startswith("formerly unreadable")
    assert "Product Viewed" not in document.load(shop.tables.customers[AL]).measures


def test_what_a_quarantined_device_said_waits_too_while_its_former_customer_cannot_be_settled(monkeypatch):
    monkeypatch.setattr("shopkeeper.customer.identity.MOST_MOVES", 2)
    shop = Shop(interactions=NoRoomForRowsOfJo)
    again = moved(shop)

    assert shop.store({"d": again, "e": said("anon:phone", "m9", received_at=again.received_at)}) == {
        "d": "formerly rows not taken",
        "e": "formerly rows not taken",
    }
    shop.interactions.refuses = False
    assert shop.store({"d": again, "e": said("anon:phone", "m9", received_at=again.received_at)}) == {}

    assert {row.message_id: row.unfolded for row in shop.tables.rows.values() if row.subject == "anon:phone"} == {
        "m2": "",
        "m9": "quarantined",
    }
    assert shop.quarantined[0].identity == "anon:phone"


def test_nothing_is_laid_aside_while_a_former_customer_cannot_be_read(monkeypatch):
    monkeypatch.setattr("shopkeeper.customer.identity.MOST_MOVES", 2)
    shop = Shop(interactions=NoRoomForRowsOfJo)
    again = moved(shop)
    stored = shop.tables.customers[JO]
    shop.tables.customers[JO] = document.Stored(JO, stored.version, "{", stored.measures, stored.pending)

    assert shop.store({"d": again}).keys() == {"d"}
    assert again.key not in shop.tables.rows

    shop.tables.customers[JO] = stored
    shop.interactions.refuses = False
    assert shop.store({"d": again}) == {}
    assert shop.tables.rows[again.key].customer_id == JO


def test_nobody_takes_an_order_from_somebody(monkeypatch):
    """What belongs to nobody is counted for nobody: it leaves the order to whoever reports it for a customer."""
    monkeypatch.setattr("shopkeeper.customer.identity.MOST_MOVES", 2)
    shop = Shop()
    later = moved(shop).received_at

    assert shop.store({"a": ordered("anon:phone", "m5", "17", 5, received_at=later)}) == {}
    assert shop.store({"b": ordered("user:al", "m6", "17", 5)}) == {}

    assert document.load(shop.tables.customers[AL]).measures["Order Completed"].count == 1


def test_who_merely_states_a_quarantined_device_is_folded_as_usual(monkeypatch):
    monkeypatch.setattr("shopkeeper.customer.identity.MOST_MOVES", 2)
    shop = Shop()
    later = moved(shop).received_at

    assert shop.store({"a": said("user:al", "m7", ids={"user": "al", "anon": "phone"}, received_at=later)}) == {}

    al = document.load(shop.tables.customers[AL])
    assert al.measures["Product Viewed"].count == 1
    assert set(al.document.identities) == {"user:al"}
