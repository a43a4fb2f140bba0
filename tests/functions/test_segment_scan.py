"""A slice of the customers, as far as there is time."""

import json

from functions.segment_scan import app as scan
from functions.segment_switch import app as switch
from shopkeeper.segment import placing
from tests.campaign_world import context
from tests.interactions import ordered
from tests.publishing_shop import event, phases


def test_a_slice_without_time_goes_on_in_the_next_state(begun, monkeypatch):
    monkeypatch.setattr("shopkeeper.segment.scanning.PAGE", 1)
    numbers = [
        number
        for number in range(8)
        if scan.handler(event("scan.slice", slice=number), context(left_ms=scan.RESERVE_MS))["more"]
    ]
    for number in numbers:
        while scan.handler(event("scan.slice", slice=number), context(left_ms=scan.RESERVE_MS))["more"]:
            pass
    assert switch.handler(event("switch.switch"), context())["next"] == "clear"


def test_who_is_wrong_in_what_counts_is_told_and_set_right(begun, caplog):
    begun.run()
    (item,) = begun.dynamodb.scan(TableName="CustomersTable")["Items"]
    said = json.loads(item["document"]["S"])
    said["standing"][1] = []
    item |= {"document": {"S": json.dumps(said)}}
    begun.dynamodb.put_item(TableName="CustomersTable", Item=item)
    begun.post("/v1/recomputes", {}, headers={"idempotency-key": "1"})
    begun.build()
    (told,) = [record for record in caplog.records if record.getMessage() == "segment differs"]
    assert (told.customer_id, told.slot) == (item["customer_id"]["S"], "1")
    found = begun.get("/v1/recomputes")[1]["items"][0]
    assert found["differences"] == [{"segment": "buyers@1", "missing": 1, "wrong": 0}]
    assert [(each["was"], each["due_at"]) for each in found["examples"]] == [("out", None)]
    assert begun.inside() == {"jo"}


def test_one_of_whom_nothing_can_be_told_is_named_and_holds_up_nobody(begun, caplog, monkeypatch):
    begun.tell(ordered("user:al", "m2"))
    jo = begun.picture("user:jo")["customer_id"]

    def right(current, customer, now_ms):
        if customer.customer_id == jo:
            raise OverflowError
        return placing_right(current, customer, now_ms)

    placing_right = placing.right
    monkeypatch.setattr(placing, "right", right)
    begun.run()
    (told,) = [record for record in caplog.records if record.getMessage() == "customer not asked"]
    assert (told.customer_id, told.reason) == (jo, "OverflowError")
    assert phases(begun) == ["ready"]
    found = begun.get("/v1/recomputes")[1]["items"][0]
    assert (found["customers"], found["unreadable"]) == (1, 1)
