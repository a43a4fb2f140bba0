import pytest
from moto import mock_aws

from shopkeeper.aws.interactions import Interactions
from shopkeeper.customer.rows import row_of
from shopkeeper.customer.store.ports import NotTaken
from tests import tables
from tests.interactions import identified, ordered, said

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

    assert found == {("user:jo", f"m{n}") for n in range(30, 60)}


@pytest.mark.parametrize(
    ("told", "expires"),
    [
        (said("user:jo", "m"), "1780142400"),
        (identified("user:jo", "m"), "1780142400"),
        (ordered("user:jo", "m", "17"), None),
        (said("user:jo", "m", source="import"), None),
    ],
)
def test_rows_are_kept_for_as_long_as_promised(interactions, dynamodb, told, expires):
    """1 March 2026, noon, and ninety days; orders and what files brought are kept for good."""
    interactions.put([row_of(told)])

    assert stored(dynamodb, "user:jo", "m").get("expires_at", {}).get("N") == expires


def test_the_first_claim_of_an_order_stays(interactions, dynamodb):
    first, second = ("user:jo", "m1"), ("anon:phone", "m9")

    assert interactions.claim("order:17", "c1", first) == first
    assert interactions.claim("order:17", "c2", second) == first
    assert interactions.claim("order:17", "c1", first) == first
    assert interactions.claim("order:18", "c2", second) == second
    assert stored(dynamodb, "order:17", "claim")["customer_id"] == {"S": "c1"}
    assert "expires_at" not in stored(dynamodb, "order:17", "claim")


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
