"""What no table would take costs its own messages alone; an id that everybody shares costs nobody anything."""

import pytest

from functions.ingest_store import app
from shopkeeper import ids
from shopkeeper.aws.clients import Unavailable
from shopkeeper.customer import identity
from tests.functions import test_ingest_store
from tests.functions.test_ingest_store import failures, handle
from tests.interactions import identified, ordered, said

aws = test_ingest_store.aws


def test_an_id_that_everybody_shares_ends_in_quarantine_and_somebody_is_told(aws, monkeypatch, caplog):
    monkeypatch.setattr(identity, "MOST_MOVES", 5)
    for n in range(8):
        shared, at = {"user": str(n), "anon": "constant"}, f"2030-01-01T00:00:0{n}.000Z"
        signed_in = identified(f"user:{n}", "m", ids=shared, received_at=at)
        assert failures(handle({"a": signed_in, "b": said("anon:constant", f"m{n}", received_at=at)})) == []

    (late, *_) = (row for row in aws.rows("anon:constant") if row.message_id == "m7")
    assert (late.unfolded, late.customer_id) == ("quarantined", "")
    assert aws.customer("user:7").document.identities.keys() == {"user:7"}
    (line,) = (record for record in caplog.records if record.message == "identity quarantined")
    assert (line.levelname, line.kind) == ("WARNING", "anon")
    assert line.customer_id in {ids.customer_id(f"user:{n}") for n in range(8)}


def test_a_message_that_no_table_takes_goes_back_alone(aws, monkeypatch):
    """A claim under too long a key is what DynamoDB refuses."""
    monkeypatch.setattr("shopkeeper.customer.orders._LONGEST_ID", 5_000)
    batch = {
        "a": said("user:jo", "m1"),
        "b": ordered("user:jo", "m2", "x" * 3_000, 5),
        "c": ordered("user:jo", "m3", "17", 5),
    }

    assert failures(handle(batch)) == ["b"]

    seen = aws.customer("user:jo")
    assert (seen.measures["Product Viewed"].count, seen.measures["Order Completed"].count) == (1, 1)


def test_an_outage_sends_everything_back(aws, monkeypatch):
    def out(*_, **__):
        raise Unavailable("InternalServerError")

    monkeypatch.setattr(app.store()._rounds._customers, "load", out)

    with pytest.raises(Unavailable):
        handle({"a": said("user:jo", "m1")})


def test_what_a_page_says_of_an_order_stands_in_nobodys_way(aws):
    """The key of a page can be read by anybody: an order told ahead of the shop, at another price."""
    forged = ordered("anon:phone", "m1", "A-1001", 0.01, trusted=False)
    true = ordered("user:jo", "m1", "A-1001", 29.33)

    assert failures(handle({"a": forged})) == failures(handle({"b": true})) == failures(handle({"a": forged})) == []

    assert aws.customer("user:jo").measures["Order Completed"].totals == {"USD": 2933}
    assert aws.customer("anon:phone").measures == {}
    assert len(aws.rows("anon:phone")) == 1
