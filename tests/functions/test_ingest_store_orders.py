"""Orders that are revised, refunded, cancelled, by whoever, and what is taken back: on moto, with counted calls."""

from functions.ingest_store import app
from shopkeeper.customer.measures import Tile
from tests.functions import test_ingest_store
from tests.functions.test_ingest_store import failures, handle
from tests.interactions import about_order, ordered, retracted, said

aws = test_ingest_store.aws
BOUGHT = ordered("user:jo", "m1", "17", 30)
LATER = "2026-03-01T12:00:01.000Z"


def orders(aws, who="user:jo"):
    measure = aws.customer(who).measures.get("Order Completed")
    return (measure.count, dict(measure.totals)) if measure else (0, {})


def say(*told):
    assert failures(handle({str(n): each for n, each in enumerate(told)})) == []


def test_an_order_is_what_was_said_of_it_last_less_refunds(aws):
    say(BOUGHT)
    say(about_order("Updated", "user:jo", "m2", "17", 20, at=LATER))
    assert orders(aws) == (1, {"USD": 2000})

    say(about_order("Refunded", "user:jo", "m3", "17", 5))
    assert orders(aws) == (1, {"USD": 1500})
    assert aws.customer("user:jo").measures["Order Completed"].tiles == {20513: Tile(1, {"USD": 1500})}

    say(about_order("Cancelled", "user:jo", "m4", "17", at=LATER))
    assert orders(aws) == (0, {})
    assert "Order Completed" not in aws.customer("user:jo").measures


def test_an_order_is_whose_it_was_first_whoever_speaks_of_it_then(aws):
    say(BOUGHT)
    say(about_order("Refunded", "user:al", "m1", "17", 5), said("user:al", "m2"))

    assert orders(aws) == (1, {"USD": 2500})
    (refund, view) = sorted(aws.rows("user:al"), key=lambda row: row.name)
    assert (refund.name, refund.order, refund.customer_id) == (
        "Order Refunded",
        "17",
        aws.customer("user:jo").customer_id,
    )
    assert view.customer_id == aws.customer("user:al").customer_id
    assert set(aws.customer("user:al").measures) == {"Product Viewed"}
    assert set(aws.customer("user:jo").document.identities) == {"user:jo"}


def test_what_comes_again_changes_nothing_whoever_it_came_from(aws):
    told = [BOUGHT, about_order("Refunded", "user:al", "m1", "17", 5), retracted("user:al", "m2", "m1")]
    for each in told:
        say(each)
    before = aws.dynamodb.scan(TableName="CustomersTable")["Items"]

    say(*reversed(told))

    assert aws.dynamodb.scan(TableName="CustomersTable")["Items"] == before
    assert orders(aws) == (1, {"USD": 3000})


def test_what_was_taken_back_before_it_came_never_counts_and_is_remembered(aws):
    say(retracted("user:jo", "back", "m1"))
    say(BOUGHT, said("user:jo", "m2"))

    assert orders(aws) == (0, {})
    assert {row.message_id: row.unfolded for row in aws.rows("user:jo")} == {"back": "", "m1": "", "m2": ""}
    say(retracted("user:jo", "back again", "m1"), retracted("user:jo", "back too", "m2"))
    assert aws.customer("user:jo").measures == {}


def test_looking_up_an_order_costs_one_query_for_each_change_of_it(aws):
    say(*(ordered("user:jo", f"m{n}", f"A-{n}", 5) for n in range(5)))
    aws.calls.clear()

    say(*(about_order("Refunded", "user:jo", f"r{n}", f"A-{n}", 1) for n in range(5)))

    assert aws.calls == {"BatchGetItem": 3, "PutItem": 5 + 1, "Query": 5, "BatchWriteItem": 2}
    assert orders(aws) == (5, {"USD": 2000})


def test_what_nobody_can_be_told_from_takes_nothing_back(aws):
    """Another one's word, a page's word, a word of itself, and words that name nothing."""
    say(BOUGHT, said("user:jo", "m2"))
    named = [None, "", 7, "x" * 256, "odd 3"]
    odd = [
        said("user:jo", f"odd {n}", name="Interaction Retracted", properties={"message_id": each})
        for n, each in enumerate(named)
    ]
    page = retracted("user:jo", "page", "m2", trusted=False)
    elsewhere = said(
        "user:al", "m9", name="Interaction Retracted", properties={"message_id": "m2", "subject": "user:jo"}
    )

    say(*odd, page, elsewhere, retracted("user:al", "m10", "m2"))

    assert orders(aws) == (1, {"USD": 3000})
    assert aws.customer("user:jo").measures["Product Viewed"].count == 1


def test_a_shop_elsewhere_counts_days_as_it_has_them(aws, monkeypatch):
    monkeypatch.setenv("WORKSPACE_ZONE", "Pacific/Kiritimati")
    app.store.cache_clear()
    try:
        say(BOUGHT)
    finally:
        app.store.cache_clear()

    assert set(aws.customer("user:jo").measures["Order Completed"].tiles) == {20514}
