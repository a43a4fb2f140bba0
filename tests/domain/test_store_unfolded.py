"""What has no part in any document: a full one takes consents all the same, and whatever is left out has a row."""

import pytest

from shopkeeper import ids
from shopkeeper.customer import document
from tests.domain.test_store_rounds import Shop
from tests.interactions import identified, retracted, said
from tests.store_world import World

JO = ids.customer_id("user:jo")
FULL = [identified("user:jo", f"t{n}", {f"t{n}": "x" * 1000}) for n in range(8)]


def consent(n, is_="out"):
    return said("user:jo", f"c{n}", name="Consent Changed", properties={"topic": f"topic {n}", "is": is_})


def test_a_full_document_still_takes_a_consent_and_what_it_does_not_take_is_told(monkeypatch):
    monkeypatch.setattr(document, "LARGEST", 5_000)
    monkeypatch.setattr(document, "LARGEST_FOR_CONSENTS", 6_500)
    shop = Shop()

    for each in (*FULL, consent(1), said("user:jo", "m1", name="x" * 2000)):
        assert shop.store({"a": each}) == {}

    full = [row.message_id for row in shop.full]
    assert {"t7", "m1"} <= set(full)
    assert "c1" not in full
    assert sorted(full) == sorted(row.message_id for row in shop.tables.rows.values() if row.unfolded)
    assert document.load(shop.tables.customers[JO]).document.consents["topic 1"].is_ == "out"


def test_consents_without_end_do_not_make_a_document_that_no_table_takes(monkeypatch):
    monkeypatch.setattr(document, "LARGEST", 900)
    monkeypatch.setattr(document, "LARGEST_FOR_CONSENTS", 2_000)
    shop = Shop()

    assert shop.store({str(n): consent(n) for n in range(60)}) == {}

    assert 900 < shop.tables.customers[JO].size <= 2_000
    assert 0 < len(shop.full) < 60


@pytest.mark.parametrize("unfolded", ["quarantined", "document_full"])
def test_what_was_taken_back_before_it_came_has_a_row_where_it_has_no_part_in_any_document(monkeypatch, unfolded):
    monkeypatch.setattr("shopkeeper.customer.identity.MOST_MOVES", 2)
    world = World()

    def tell(*each):
        assert world.deliver([world.received(one) for one in each])

    tell(retracted("anon:phone", "back", "late"))
    if unfolded == "quarantined":
        for user in ("jo", "al", "bo"):
            tell(said("anon:phone", user, ids={"user": user, "anon": "phone"}))
    else:
        monkeypatch.setattr(document, "LARGEST", 900)
    tell(said("anon:phone", "late", properties={"text": "x" * 1000}))

    row = world.tables.rows["anon:phone", "late"]
    assert (row.unfolded, bool(row.at), list(world.faults())) == (unfolded, True, [])
