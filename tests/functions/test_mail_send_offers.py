"""Offers in letters: granted when the letter is made, once, and as often as there is something left."""

import json

import pytest

from shopkeeper.aws import clients
from shopkeeper.aws.activities import Activities
from shopkeeper.aws.definitions import Definitions
from shopkeeper.aws.launches import Launches
from shopkeeper.aws.offers import Offers
from shopkeeper.clock import Clock
from shopkeeper.mail import facts, publishing
from shopkeeper.mail.content import Source
from shopkeeper.mail.offers import Offered, wanted
from shopkeeper.mail.terms import Terms
from tests.functions.test_mail_send import deliver, shop  # noqa: F401 - a fixture.

HTML = '<p>{{ offer.value }}: {{ offer.code }} <a href="{{ unsubscribe_url }}">leave</a></p>'
MAYBE = HTML.replace("{{ offer.value }}: {{ offer.code }}", "{% if offer.value %}{{ offer.code }}{% endif %} and news")


@pytest.fixture
def offering(shop, monkeypatch):  # noqa: F811
    def begin(html=HTML, when_out="skip", **offer):
        published = publishing.publish(Source("x", html), facts.NAMES, tracking_host="t.shop.example")
        shop._define("template", "spring#000001", content="{}", published=json.dumps(published.to_json()))
        shop._define("offer", "ten#000001", content=json.dumps({"value": "10 % off"} | offer))
        shop._define("offer.current", "ten", version=1)
        terms = Terms(offer=Offered(name="ten#1", when_out=when_out))
        monkeypatch.setattr(Launches, "terms", lambda *_: terms)
        definitions = Definitions(clients.client("dynamodb"), "DefinitionsTable", Clock())
        return Offers(clients.client("dynamodb"), "InteractionsTable", definitions)

    return begin


def test_each_gets_a_code_of_their_own_as_long_as_there_are_some(shop, offering):  # noqa: F811
    offers = offering(pool=True)
    offers.load("ten", ["code-a", "code-b"])
    sends = [shop.plan(name, email=f"{name}@x.example") for name in ("jo", "al", "bo")]

    deliver(*sends)
    rows = [shop.sends.load(each) for each in sends]
    codes = [offers.of([name])[0].code for name in ("jo", "al")]

    assert sorted(codes) == ["code-a", "code-b"]
    assert all(code in mail.raw_data for code, mail in zip(codes, shop.mails, strict=True))
    assert [(row.state, row.reason) for row in rows][2] == ("not_sent", "other:stock")
    assert json.loads(rows[2].evidence) == {"offer": "ten"}
    assert offers.counts("ten")["granted"] == 2


def test_a_grant_of_before_is_found_again(shop, offering):  # noqa: F811
    offers = offering(pool=True)
    offers.load("ten", ["code-a", "code-b"])
    send_id = shop.plan("jo", email="jo@x.example")
    row = shop.sends.load(send_id)
    held = offers.held(Offered(name="ten#1"), ["jo"])
    before = offers.grant("jo", wanted(held, row, Clock().now()))

    deliver(send_id)

    assert before.code in shop.mails[0].raw_data
    assert offers.counts("ten")["granted"] == 1


def test_where_nothing_is_left_a_letter_may_go_without_it(shop, offering):  # noqa: F811
    offers = offering(MAYBE, "without", code="SPRING", stock=1)
    deliver(*(shop.plan(name, email=f"{name}@x.example") for name in ("jo", "al")))

    assert ["SPRING" in mail.raw_data for mail in shop.mails] == [True, False]
    assert offers.counts("ten")["granted"] == 1


@pytest.mark.parametrize("said", [{"code": "SPRING", "stock": 1}, {"pool": True}])
def test_whose_letter_cannot_be_made_is_granted_nothing(shop, offering, said):  # noqa: F811
    offers = offering(HTML.replace("leave", "{{ traits.city }}"), **said)
    if "pool" in said:
        offers.load("ten", ["code-a"])
    sends = [shop.plan("jo", email="jo@x.example"), shop.plan("al", email="al@x.example", city="Graz")]

    deliver(*sends)

    reasons = [shop.sends.load(each).reason for each in sends]
    assert (reasons, len(shop.mails)) == (["other:render: traits.city", ""], 1)
    assert (offers.of(["jo"]), offers.counts("ten")["granted"]) == ([], 1)


def test_all_letters_of_a_run_show_what_the_first_one_did(shop, offering, monkeypatch):  # noqa: F811
    offers = offering(pool=True)
    offers.load("ten", ["code-a", "code-b", "code-c"])
    monkeypatch.setattr(Activities, "status", lambda *_: "running")
    monkeypatch.setattr(Activities, "is_open", lambda *_: True)
    monkeypatch.setattr(Activities, "terms", lambda *_: Terms())
    shop._define("offer", "ten#000002", content=json.dumps({"value": "20 % off", "pool": True}))

    def send(occurrence, version):
        row = {"activity": "journey:a", "occurrence": occurrence, "offer": f'{{"name":"ten#{version}"}}'}
        deliver(shop.plan("jo", email="jo@x.example", **row))
        return shop.mails[-1].raw_data

    first, second, again = send("run-1/2", 1), send("run-1/5", 2), send("run-2/2", 2)
    codes = {grant.occurrence: grant.code for grant in offers.of(["jo"])}

    assert sorted(codes) == ["run-1", "run-2"]
    assert all("10 % off" in each and codes["run-1"] in each for each in (first, second))
    assert "20 % off" in again
    assert codes["run-2"] in again
    assert offers.counts("ten")["granted"] == 2


def test_who_has_redeemed_it_is_not_written_to_again(shop, offering):  # noqa: F811
    offers = offering(code="SPRING")
    clients.client("dynamodb").transact_write_items(TransactItems=[offers.claim("ten", "SPRING")])
    offers.redeem("SPRING", ["jo"], "o-7", "2026-11-21T12:00:00.000Z")
    send_id = shop.plan("jo", email="jo@x.example")

    deliver(send_id)

    row = shop.sends.load(send_id)
    assert (row.reason, json.loads(row.evidence)["order"]) == ("other:offer_redeemed", "o-7")
