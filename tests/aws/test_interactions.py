import pytest
from moto import mock_aws

from shopkeeper.aws.interactions import Interactions
from shopkeeper.customer.rows import row_of
from shopkeeper.customer.store.ports import NotTaken
from tests import tables
from tests.interactions import about_order, identified, ordered, retracted, said

DAYS = 90


@pytest.fixture
def dynamodb():
    with mock_aws():
        yield tables.create("InteractionsTable")


@pytest.fixture
def interactions(dynamodb):
    return Interactions(dynamodb, "InteractionsTable", DAYS)


def stored(dynamodb, subject, message_id):
    key = {"subject": {"S": subject}, "message_id": {"S": message_id}}
    return dynamodb.get_item(TableName="InteractionsTable", Key=key)["Item"]


def test_a_row_comes_back_as_put(interactions):
    row = row_of(
        said("user:jo", "m1", properties={"price": 1.5, "title": "本"}, said_at="2026-01-01T00:00:00.000Z", origin="k"),
        customer_id="c1",
        version=3,
        folded_at="2026-01-01T00:00:01.000Z",
    )
    bare = row_of(said("content:0a", "m2", trusted=False, name=""), unfolded="why")

    interactions.put([row, bare])

    assert list(interactions.newest("user:jo", "", 10)) == [row]
    assert list(interactions.newest("content:0a", "", 10)) == [bare]


def test_only_keys_with_rows_exist(interactions):
    interactions.put([row_of(said("user:jo", f"m{n}")) for n in range(60)])

    found = interactions.existing([("user:jo", f"m{n}") for n in range(30, 160)])

    assert found == {("user:jo", f"m{n}"): "" for n in range(30, 60)}


def test_a_row_says_why_it_has_no_part_in_any_document(interactions):
    interactions.put([row_of(said("user:jo", "m"), unfolded="document_full")])

    assert interactions.existing([("user:jo", "m")]) == {("user:jo", "m"): "document_full"}


@pytest.mark.parametrize(
    ("told", "expires"),
    [
        (said("user:jo", "m"), "1780142400"),
        (identified("user:jo", "m"), "1780142400"),
        (ordered("user:jo", "m", "17"), None),
        (about_order("Refunded", "user:jo", "m", "17"), None),
        (ordered("user:jo", "m", "17", trusted=False), "1780142400"),
        (said("user:jo", "m", name="Order Page Looked At"), "1780142400"),
        (retracted("user:jo", "m", "m0"), None),
        (retracted("user:jo", "m", "m0", trusted=False), "1780142400"),
        (said("user:jo", "m", source="import"), None),
    ],
)
def test_rows_are_kept_for_as_long_as_promised(interactions, dynamodb, told, expires):
    """1 March 2026, noon, and ninety days; orders and what files brought are kept for good."""
    interactions.put([row_of(told)])

    assert stored(dynamodb, "user:jo", "m").get("expires_at", {}).get("N") == expires


def test_a_row_that_is_there_is_not_replaced_by_one_that_was_refused(interactions):
    folded = row_of(said("user:jo", "m"), customer_id="c1", version=1)
    interactions.put([folded])

    interactions.put_if_absent(row_of(said("user:jo", "m"), customer_id="c1", unfolded="document_full"))
    interactions.put_if_absent(row_of(said("user:al", "m"), customer_id="c2", unfolded="document_full"))

    assert [row.unfolded for row in interactions.newest("user:jo", "", 5)] == [""]
    assert [row.unfolded for row in interactions.newest("user:al", "", 5)] == ["document_full"]


def test_the_newest_rows_come_first_and_only_until_the_instant_asked_for(interactions):
    days = [f"2026-02-{day:02}T00:00:00.000Z" for day in range(1, 21)]
    interactions.put([row_of(said("user:jo", f"m{n}", at=at)) for n, at in enumerate(days)])

    assert [row.at for row in interactions.newest("user:jo", "", 3)] == days[::-1]
    assert [row.at for row in interactions.newest("user:jo", days[4], 3)] == days[4::-1]


def test_rows_that_the_table_would_not_take_are_named(interactions, monkeypatch):
    rows = [row_of(said("user:jo", "m1")), row_of(said("user:jo", "m2"))]
    monkeypatch.setattr("shopkeeper.aws.batches.put_all", lambda dynamodb, table, items: items[1:])

    with pytest.raises(NotTaken) as refusal:
        interactions.put(rows)

    assert refusal.value.keys == {("user:jo", "m2")}


def folded(told, **more):
    return row_of(told, customer_id="c1", version=1, **more)


def test_what_takes_something_back_is_found_by_that_and_kept_for_good(interactions, dynamodb):
    back = folded(retracted("user:jo", "back", "m"))

    interactions.put([back, folded(retracted("anon:jo", "back", "m2")), row_of(retracted("user:jo", "b2", "m3"))])

    asked = [("user:jo", "m"), ("anon:jo", "m2"), ("anon:jo", "m"), ("user:jo", "m3"), ("user:jo", "back")]
    assert interactions.retracted(asked) == {("user:jo", "m"), ("anon:jo", "m2")}
    assert "expires_at" not in stored(dynamodb, "user:jo", "back")


def test_what_has_not_come_yet_has_a_row_that_says_it_was_taken_back_until_it_comes(interactions):
    early, late = folded(said("user:jo", "early")), folded(said("user:jo", "late"))
    interactions.put([early])

    interactions.put([folded(retracted("user:jo", f"back {name}", name)) for name in ("early", "late")])

    keys = [early.key, late.key]
    assert interactions.existing(keys) == {early.key: "", late.key: "retracted"}
    assert list(interactions.rows(keys)) == [early]
    assert {row.message_id for page in interactions.under("user:jo") for row in page} == {
        "early",
        "back early",
        "back late",
    }
    assert {row.message_id for row in interactions.newest("user:jo", "", 10)} == {"early", "back early", "back late"}
    interactions.put([late])
    assert interactions.existing(keys) == {early.key: "", late.key: ""}


@pytest.mark.parametrize("why", ["quarantined", "document_full"])
def test_what_was_taken_back_before_it_came_and_has_no_part_in_any_document_has_its_row(interactions, why):
    late = row_of(said("user:jo", "late"), unfolded=why)
    interactions.put([folded(retracted("user:jo", "back", "late"))])

    interactions.put_if_absent(late)
    interactions.put([folded(retracted("user:jo", "back again", "late"))])
    interactions.put_if_absent(row_of(said("user:jo", "late"), unfolded="too late"))

    assert list(interactions.rows([late.key])) == [late]


def test_what_a_row_leaves_beside_itself_is_there_before_it(interactions, dynamodb, monkeypatch):
    """Where it was not taken, the row is not put at all, and named."""
    taken = []

    def put_all(_, __, items):
        taken.append([item["subject"]["S"] for item in items])
        return [item for item in items if item["subject"]["S"] == "orders:c1"]

    monkeypatch.setattr("shopkeeper.aws.batches.put_all", put_all)
    order = folded(ordered("user:jo", "m1", "17"), order="17", order_owner="c1")

    with pytest.raises(NotTaken) as refusal:
        interactions.put([order, folded(said("user:jo", "m2"))])

    assert refusal.value.keys == {order.key}
    assert taken == [["orders:c1"], ["user:jo"]]


def test_an_order_costs_one_small_write_more(interactions, dynamodb):
    order = folded(ordered("user:jo", "m1", "17", 29.33), order="17", order_owner="c1")
    interactions.put([order])

    items = dynamodb.scan(TableName="InteractionsTable")["Items"]
    (beside,) = (item for item in items if item["subject"]["S"] == "orders:c1")
    assert sum(len(name) + len(str(*value.values())) for name, value in beside.items()) < 200
    assert not {"at", "expires_at"} & beside.keys()
    assert len(items) == 2
