"""Two customers who are one person, over the API."""

import pytest
from moto import mock_aws

from shopkeeper.customer import merging
from shopkeeper.customer.store.ports import Conflict
from tests.api_world import ask, refusal
from tests.interactions import identified, said
from tests.merge_world import Shop, two_visitors


@pytest.fixture
def shop(monkeypatch):
    with mock_aws():
        yield Shop(monkeypatch)


def test_two_visitors_become_one_and_whatever_is_still_to_come_finds_it(shop):
    tab, phone = two_visitors(shop)

    status, merged, _ = shop.merge(tab, "anon:phone")
    shop.tell(said("anon:tab", "v4"))

    assert (status, merged["gone"], merged["into"]) == (200, tab, phone)
    assert merged["by"]
    for name in (tab, phone, "anon:tab", "anon:phone"):
        seen = shop.picture(name)
        assert (seen["customer_id"], seen["measures"]["Product Viewed"]["count"]) == (phone, 4)
        assert set(shop.timeline(name)) == {"v1", "v2", "v3", "v4"}
    assert shop.picture(tab)["merged_into"] == phone


def test_asking_again_is_answered_with_the_merge_there_is(shop):
    tab, _ = two_visitors(shop)
    first = shop.merge(tab, "anon:phone", idempotency_key="k")[:2]

    assert shop.merge(tab, "anon:phone", idempotency_key="k")[:2] == first
    assert shop.merge("anon:tab", "anon:phone")[:2] == first
    assert shop.picture(tab)["measures"]["Product Viewed"]["count"] == 3


def test_a_request_whose_answer_was_lost_merges_once(shop, monkeypatch):
    tab, _ = two_visitors(shop)
    give = shop.adapters["answers"].give
    monkeypatch.setattr(shop.adapters["answers"], "give", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        shop.merge(tab, "anon:phone", idempotency_key="k")
    monkeypatch.setattr(shop.adapters["answers"], "give", give)

    assert shop.merge(tab, "anon:phone", idempotency_key="k")[0] == 200
    assert shop.picture(tab)["measures"]["Product Viewed"]["count"] == 3


def test_two_users_are_merged_by_nobody_but_by_hand(shop):
    shop.tell(identified("user:jo", "m1"), identified("user:al", "m2"))
    shop.tell(said("user:jo", "m3", ids={"anon": "phone"}), said("user:al", "m4", ids={"anon": "phone"}))
    assert shop.picture("user:jo")["customer_id"] != shop.picture("user:al")["customer_id"]

    assert shop.merge("user:jo", "user:al")[0] == 200

    assert shop.picture("user:jo")["customer_id"] == shop.picture("user:al")["customer_id"]
    shop.tell(said("user:jo", "m5", ids={"anon": "phone"}), said("user:new", "m6", ids={"anon": "phone"}))
    assert shop.picture("user:jo")["measures"]["Product Viewed"]["count"] == 3
    assert shop.picture("user:new")["customer_id"] != shop.picture("user:jo")["customer_id"]


def test_nobody_new_joins_a_customer_who_got_its_user_by_a_merge(shop):
    """A user goes into a visitor: that is one user, and another one on the visitor's browser is somebody else."""
    shop.tell(identified("user:jo", "m1"), said("anon:tab", "v1"))
    assert shop.merge("user:jo", "anon:tab")[0] == 200

    shop.tell(identified("user:al", "m2", ids={"anon": "tab"}))

    assert shop.picture("user:al")["customer_id"] != shop.picture("user:jo")["customer_id"]


def test_who_has_gone_cannot_go_elsewhere(shop):
    tab, phone = two_visitors(shop)
    shop.tell(said("anon:tv", "v9"))
    shop.merge(tab, phone)

    assert refusal(shop.merge(tab, "anon:tv")) == (409, ["customer"])
    assert shop.merge("anon:tv", tab)[1]["into"] == phone


@pytest.mark.parametrize(
    ("name", "into", "refused"),
    [
        ("user:nobody", "anon:phone", (404, ["customer"])),
        ("0123", "anon:phone", (404, ["customer"])),
        ("anon:tab", "user:nobody", (404, ["into"])),
        ("anon:tab", "anon:tab", (409, ["into"])),
        ("anon:tab", "", (400, ["into"])),
    ],
)
def test_what_cannot_be_merged_is_refused_by_field(shop, name, into, refused):
    two_visitors(shop)

    assert refusal(shop.merge(name, into)) == refused


@pytest.mark.parametrize("body", [{}, {"into": 7}, {"into": "user:1", "from": "user:2"}])
def test_a_body_that_says_something_else_is_refused(shop, body):
    two_visitors(shop)

    assert ask("POST", "/v1/customers/anon:tab/merge", body)[0] == 400


def test_too_many_pasts_are_refused_in_words(shop, monkeypatch):
    monkeypatch.setattr(merging, "MOST_MERGED", 0)
    two_visitors(shop)

    status, problem, _ = shop.merge("anon:tab", "anon:phone")

    assert (status, problem["errors"][0]["field"]) == (409, "into")


def test_while_others_keep_writing_the_request_is_to_come_again(shop, monkeypatch):
    two_visitors(shop)

    def carry_out(*_):
        raise Conflict

    monkeypatch.setattr(shop.merges, "carry_out", carry_out)
    assert shop.merge("anon:tab", "anon:phone")[0] == 503


def test_a_customer_known_by_no_identity_is_refused(shop):
    """Only our own facts stand there: nothing would lead to where it went."""
    two_visitors(shop)
    shop.tell(said("customer:c9", "m1", ids={}))

    assert refusal(shop.merge("c9", "anon:tab")) == (409, ["customer"])
    assert refusal(shop.merge("anon:tab", "c9")) == (409, ["into"])


def test_all_merges_of_a_customer_are_listed_newest_first(shop):
    tab, phone = two_visitors(shop)
    shop.tell(said("user:jo", "m1"), said("anon:tab", "v4", ids={"anon": "tab"}))
    first = shop.merge(tab, phone)[1]
    second = shop.merge(phone, "user:jo")[1]

    status, listed, _ = shop.get(f"/v1/customers/{tab}/merges")

    assert (status, listed["items"]) == (200, [second, first])
    assert shop.get("/v1/customers/user:nobody/merges")[0] == 404


@pytest.mark.parametrize(("group", "status"), [("viewer", 403), ("agent", 403), ("marketer", 200)])
def test_only_marketers_merge(shop, group, status):
    two_visitors(shop)

    assert shop.merge("anon:tab", "anon:phone", group=group)[0] == status
    assert shop.get("/v1/customers/anon:tab/merges", group="viewer")[0] == 200
