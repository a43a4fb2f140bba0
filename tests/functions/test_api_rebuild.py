"""An operator asks whether what is kept of a customer is what was said, and has it mended."""

from functools import partial

import pytest
from moto import mock_aws
from msgspec.structs import replace

from shopkeeper import ids
from shopkeeper.api import rebuilds
from shopkeeper.aws.contacts import Contacts
from shopkeeper.aws.customers import Customers
from shopkeeper.customer import document
from shopkeeper.customer.measures import Measure
from shopkeeper.customer.store import rebuilder
from shopkeeper.customer.store.own_rows import OwnRows
from tests.api_world import ask, refusal
from tests.interactions import identified, ordered, retracted, said
from tests.merge_world import Shop

JO = "user:jo"
JOS = ids.customer_id(JO)
AGREED = said(JO, "c", name="Consent Changed", properties={"topic": "news", "is": "out"})


@pytest.fixture
def shop(monkeypatch):
    with mock_aws():
        shop = Shop(monkeypatch)
        shop.tell(identified(JO, "t", {"city": "Ulm"}), said(JO, "v1"), said(JO, "v2"))
        shop.tell(ordered(JO, "o", "7", 5), AGREED, retracted(JO, "r", "v2"))
        yield shop


def rebuild(wanted=None, who=JO, group="admin"):
    return ask("POST", f"/v1/customers/{who}/rebuild", wanted or {}, group=group)


def spoil(shop, measures=None, **parts):
    """Somebody wrote what nobody had said."""
    customers = Customers(shop.dynamodb, "CustomersTable")
    kept = document.load(customers.load([JOS])[JOS])
    changed = replace(kept.document, **parts)
    spoiled = {**kept.measures, **(measures or {})}
    wrong = replace(kept, version=kept.version + 1, document=changed, measures=spoiled, pending=())
    customers.save(document.store(wrong))


def test_nothing_differs(shop):
    before = shop.picture(JO)

    status, seen, _ = rebuild({"repair": True})

    assert (status, seen["count"], seen["differences"], seen["repaired"], seen["rows"]) == (200, 0, [], False, 6)
    assert shop.picture(JO) == before


def test_what_differs_is_shown_and_mended_where_that_is_asked_for(shop):
    before = shop.picture(JO)
    spoil(shop, {"Product Viewed": Measure(1, 7, (7,))}, traits={"city": "Bonn"}, consents={})

    status, seen, _ = rebuild()

    assert (status, seen["count"], seen["repaired"]) == (200, 3, False)
    shown = {(each["part"], each["name"]): (each["kept"], each["rebuilt"]) for each in seen["differences"]}
    assert shown["traits", "city"] == ("Bonn", "Ulm")
    assert shown["consents", "news"][0] is None
    assert [each["count"] for each in shown["measures", "Product Viewed"]] == [1, 1]
    assert shop.picture(JO)["traits"] == {"city": "Bonn"}

    assert rebuild({"repair": True})[1]["repaired"]
    after = shop.picture(JO)
    assert [after[part] for part in ("traits", "consents", "measures")] == [
        before[part] for part in ("traits", "consents", "measures")
    ]
    assert after["version"] == seen["version"] + 1
    assert Contacts(shop.dynamodb, "ContactsTable").load(JOS).topics["news"].is_ == "out"
    assert rebuild()[1]["count"] == 0


def test_where_rows_are_gone_nothing_is_done(shop):
    shop.tell(said(JO, "v3"))
    key = {"subject": {"S": JO}, "message_id": {"S": "v1"}}
    shop.dynamodb.delete_item(TableName="InteractionsTable", Key=key)

    assert refusal(rebuild({"repair": True})) == (409, ["customer"])


@pytest.mark.parametrize("name", ["traits.city", "words.accounts.acme"])
def test_what_no_measure_counts_is_not_wiped_where_its_row_is_gone(shop, name):
    """The order is kept for good, and who bought is not."""
    shop.tell(said(JO, "g", name="", type="group", properties={"groupId": "acme", "role": "buyer"}))
    shop.tell(said(JO, "v3"))
    before = shop.picture(JO)
    key = {"subject": {"S": JO}, "message_id": {"S": "t" if name == "traits.city" else "g"}}
    shop.dynamodb.delete_item(TableName="InteractionsTable", Key=key)

    answer = rebuild({"repair": True})

    assert refusal(answer) == (409, ["customer"])
    assert answer[1]["errors"][0]["reason"].endswith(name)
    assert shop.picture(JO) == before


def test_more_than_is_read_in_one_call_is_refused(shop, monkeypatch):
    monkeypatch.setattr(rebuilds, "OwnRows", partial(OwnRows, most_rows=2))

    assert refusal(rebuild()) == (409, ["customer"])


def test_while_others_keep_writing_it_is_to_come_again(shop, monkeypatch):
    def overtaken(*_):
        spoil(shop)

    spoil(shop, traits={"city": "Bonn"})
    monkeypatch.setattr(rebuilder, "settle", overtaken)

    assert rebuild({"repair": True})[0] == 503
    assert shop.picture(JO)["traits"] == {"city": "Bonn"}


def test_it_is_for_admins_and_of_customers_there_are(shop):
    assert rebuild(group="marketer")[0] == 403
    assert rebuild(who="user:nobody")[0] == 404
