"""Two customers who were merged, and are two people after all, over the API."""

from functools import partial

import pytest
from moto import mock_aws

from shopkeeper import ids
from shopkeeper.aws.contacts import Contacts
from shopkeeper.consent.contact import Word
from shopkeeper.consent.news import hear
from shopkeeper.customer.store import own_rows, parter
from shopkeeper.customer.store.own_rows import OwnRows
from shopkeeper.customer.store.ports import Conflict
from tests.api_world import ask, refusal
from tests.interactions import identified, ordered, said
from tests.merge_world import Shop, two_visitors

NOON = "2026-03-01T12:00:00.000Z"


@pytest.fixture
def shop(monkeypatch):
    with mock_aws():
        yield Shop(monkeypatch)


def unmerge(name, merge, **named):
    return ask("POST", f"/v1/customers/{name}/unmerge", {"merge": merge}, **named)


def agreed(subject, message_id, is_, topic="news"):
    return said(subject, message_id, name="Consent Changed", at=NOON, properties={"topic": topic, "is": is_})


def counted(shop, name):
    return shop.picture(name)["measures"]["Product Viewed"]["count"]


def test_each_gets_back_what_came_under_its_own_identities(shop):
    tab, phone = two_visitors(shop)
    merge = shop.merge(tab, phone)[1]["merge"]
    shop.tell(
        said("anon:tab", "v4"), said("anon:phone", "v5"), said("anon:tab", "v6"), ordered("anon:tab", "o", "7", 5)
    )

    status, undone, _ = unmerge(phone, merge)

    assert (status, undone["merge"], undone["gone"], undone["into"]) == (200, merge, tab, phone)
    assert undone["undone_by"] == "u-1"
    assert (counted(shop, "anon:tab"), counted(shop, "anon:phone")) == (3, 3)
    assert shop.picture(tab)["customer_id"] == tab
    assert shop.picture(tab)["orders"]["count"] == 1
    assert shop.picture(phone)["orders"]["count"] == 0
    assert set(shop.timeline(tab)) == {"v1", "v4", "v6", "o"}
    assert set(shop.timeline(phone)) == {"v2", "v3", "v5"}
    shop.tell(said("anon:tab", "v7"), said("anon:tab", "v4"))
    assert (counted(shop, tab), counted(shop, phone)) == (4, 3)


def test_asking_again_is_answered_with_the_merge_as_it_was_undone(shop):
    tab, phone = two_visitors(shop)
    merge = shop.merge(tab, phone)[1]["merge"]
    first = unmerge(phone, merge)[:2]
    seen = shop.picture(tab), shop.picture(phone)

    assert unmerge(tab, merge)[:2] == unmerge(phone, merge)[:2] == first
    assert (shop.picture(tab)["version"], shop.picture(phone)["version"]) == tuple(each["version"] for each in seen)
    assert shop.get(f"/v1/customers/{tab}/merges")[1]["items"] == [first[1]]
    assert shop.get(f"/v1/customers/{phone}/merges")[1]["items"] == [first[1]]


def test_what_undid_an_automatic_merge_holds_and_the_device_follows_from_then_on(shop):
    shop.tell(said("anon:tab", "v1"), identified("user:jo", "m1"))
    shop.tell(said("user:jo", "v2", ids={"user": "jo", "anon": "tab"}))
    (merge,) = shop.get("/v1/customers/user:jo/merges")[1]["items"]
    assert "by" not in merge

    assert unmerge("user:jo", merge["merge"])[0] == 200

    visitor = ids.customer_id("anon:tab")
    assert (counted(shop, visitor), counted(shop, "user:jo")) == (1, 1)
    shop.tell(said("user:jo", "v3", ids={"user": "jo", "anon": "tab"}), said("anon:tab", "v4"))
    assert (counted(shop, visitor), counted(shop, "user:jo")) == (1, 3)
    assert [entry["merge"] for entry in shop.get("/v1/customers/user:jo/merges")[1]["items"]] == [merge["merge"]]


def test_who_joined_in_the_meantime_stays_with_whom_they_joined(shop):
    """A user signed up on the browser of the one gone: that is whose user it is."""
    tab, phone = two_visitors(shop)
    merge = shop.merge(tab, phone)[1]["merge"]
    shop.tell(identified("user:jo", "m1", {"city": "Ulm"}, ids={"user": "jo", "anon": "tab"}))
    assert shop.picture("user:jo")["customer_id"] == phone

    unmerge(phone, merge)

    assert shop.picture("user:jo")["customer_id"] == tab
    assert (shop.picture(tab)["traits"], shop.picture(phone)["traits"]) == ({"city": "Ulm"}, {})
    shop.tell(identified("user:al", "m2", ids={"user": "al", "anon": "phone"}))
    assert shop.picture("user:al")["customer_id"] == phone
    shop.tell(identified("user:new", "m3", ids={"user": "new", "anon": "tab"}))
    assert shop.picture("user:new")["customer_id"] == ids.customer_id("user:new")


def contacts(shop):
    return Contacts(shop.dynamodb, "ContactsTable")


def hear_news(shop, name):
    """As the stream would: what the last write of the customer told about topics."""
    seen = shop.picture(name)
    for topic, told in [*seen["consents"].items(), *([("*", seen["marketing"])] if seen["marketing"] else [])]:
        hear(contacts(shop), seen["customer_id"], topic, Word(told["is"], told["at"], told["source"]))


def test_what_was_agreed_for_both_is_taken_back_from_the_picture_and_from_the_contact(shop):
    tab, phone = two_visitors(shop)
    shop.tell(agreed("anon:tab", "c1", "out"), agreed("anon:phone", "c2", "in"))
    hear_news(shop, phone)
    merge = shop.merge(tab, phone)[1]["merge"]
    hear_news(shop, phone)
    assert shop.picture(phone)["consents"]["news"]["source"] == "merge"
    assert contacts(shop).load(phone).topics["news"].is_ == "out"

    unmerge(phone, merge)

    assert {name: shop.picture(name)["consents"]["news"]["is"] for name in (tab, phone)} == {tab: "out", phone: "in"}
    assert contacts(shop).load(phone).topics["news"] == Word("in", NOON, "collect")
    assert contacts(shop).load(tab).topics["news"] == Word("out", NOON, "collect")


def test_a_complaint_of_the_one_does_not_stay_with_the_other(shop):
    tab, phone = two_visitors(shop)
    shop.tell(agreed("anon:tab", "c1", "out", "*"))
    merge = shop.merge(tab, phone)[1]["merge"]
    hear_news(shop, phone)
    assert contacts(shop).load(phone).marketing.source == "merge"

    unmerge(phone, merge)

    assert contacts(shop).load(phone).marketing is None
    assert contacts(shop).load(tab).marketing == Word("out", NOON, "collect")


def test_a_contact_that_knows_better_is_left_alone(shop):
    """Somebody left by a link a moment ago: the document does not know of it yet."""
    tab, phone = two_visitors(shop)
    shop.tell(agreed("anon:tab", "c1", "in"))
    merge = shop.merge(tab, phone)[1]["merge"]
    hear_news(shop, phone)
    left = Word("out", "2026-11-29T12:00:00.000Z", "unsubscribe:s-1")
    contacts(shop).hear(phone, "news", left)

    unmerge(phone, merge)

    assert contacts(shop).load(phone).topics["news"] == left


def test_what_one_never_said_is_forgotten_by_its_contact_even_if_the_request_died(shop, monkeypatch):
    tab, phone = two_visitors(shop)
    shop.tell(agreed("anon:tab", "c1", "in"))
    merge = shop.merge(tab, phone)[1]["merge"]
    hear_news(shop, phone)
    with monkeypatch.context() as patch:
        patch.setattr(Contacts, "hear", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            unmerge(phone, merge)
    assert contacts(shop).load(phone).topics["news"].is_ == "in"

    assert unmerge(phone, merge)[0] == 200

    assert contacts(shop).load(phone).topics == {}
    assert contacts(shop).load(tab).topics["news"].is_ == "in"


def test_of_two_merges_the_earlier_can_be_undone_alone(shop):
    tab, phone = two_visitors(shop)
    shop.tell(said("anon:tv", "v9"))
    first, second = shop.merge(tab, phone)[1]["merge"], shop.merge("anon:tv", phone)[1]["merge"]
    shop.tell(said("anon:tv", "v10"), said("anon:tab", "v11"))

    assert unmerge(phone, first)[0] == 200
    assert (counted(shop, tab), counted(shop, phone)) == (2, 4)
    assert unmerge(phone, second)[0] == 200
    assert (counted(shop, tab), counted(shop, phone), counted(shop, "anon:tv")) == (2, 2, 2)


def test_of_a_chain_the_last_merge_is_undone_first(shop):
    tab, phone = two_visitors(shop)
    shop.tell(said("anon:tv", "v9"))
    first, second = shop.merge(tab, phone)[1]["merge"], shop.merge(phone, "anon:tv")[1]["merge"]

    assert refusal(unmerge("anon:tv", first)) == (409, ["merge"])
    assert unmerge("anon:tv", second)[0] == unmerge(phone, first)[0] == 200
    assert (counted(shop, tab), counted(shop, phone), counted(shop, "anon:tv")) == (1, 2, 1)


def test_a_merge_of_which_rows_are_gone_stands(shop):
    tab, phone = two_visitors(shop)
    merge = shop.merge(tab, phone)[1]["merge"]
    shop.tell(said("anon:tab", "v4"), said("anon:tab", "v5"))  # The last one could be put again from the document.
    key = {"subject": {"S": "anon:tab"}, "message_id": {"S": "v4"}}
    shop.dynamodb.delete_item(TableName="InteractionsTable", Key=key)
    before = shop.picture(phone)

    assert refusal(unmerge(phone, merge)) == (409, ["merge"])
    assert shop.picture(phone) == before


def test_more_than_can_be_read_in_one_call_is_refused(shop, monkeypatch):
    tab, phone = two_visitors(shop)
    merge = shop.merge(tab, phone)[1]["merge"]
    for most in ({"most_rows": 2}, {"most_pages": 2}):
        with monkeypatch.context() as patch:
            patch.setattr(parter, "OwnRows", partial(OwnRows, **most))
            assert refusal(unmerge(phone, merge)) == (409, ["merge"])
    with monkeypatch.context() as patch:
        patch.setattr(own_rows, "MOST_IDENTITIES", 2)
        assert refusal(unmerge(phone, merge)) == (409, ["merge"])
    assert unmerge(phone, merge)[0] == 200


def test_what_is_no_merge_of_this_customer_is_refused(shop):
    tab, phone = two_visitors(shop)
    shop.tell(said("anon:tv", "v9"))
    merge = shop.merge(tab, phone)[1]["merge"]

    assert refusal(unmerge("anon:tv", merge)) == (404, ["merge"])
    assert refusal(unmerge(phone, "0123")) == (404, ["merge"])
    assert refusal(unmerge("user:nobody", merge)) == (404, ["customer"])
    assert refusal(unmerge(phone, "")) == (400, ["merge"])
    assert unmerge(phone, merge, group="agent")[0] == 403


def test_while_others_keep_writing_the_request_is_to_come_again(shop, monkeypatch):
    tab, phone = two_visitors(shop)
    merge = shop.merge(tab, phone)[1]["merge"]

    def undo(*_):
        raise Conflict

    monkeypatch.setattr(shop.merges, "undo", undo)
    assert unmerge(phone, merge)[0] == 503
