"""Legal holds over the API, and what they do to mail."""

from dataclasses import replace

import pytest
from moto import mock_aws

from shopkeeper.consent.contact import OUT, Block, Contact
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Document
from shopkeeper.mail import vetoes
from tests.api_world import World, ask, refusal
from tests.domain.test_send_vetoes import FINE

PATH = "/v1/customers/c1/legal-hold"


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        for name, told in {"c1": Document(merged={"c2": "m"}), "c2": Document(merged_into="c1")}.items():
            world.adapters["customers"].save(document.store(Customer(name, 1, told)))
        yield world


def test_an_admin_puts_a_customer_on_hold_and_lifts_it_again(world):
    assert refusal(ask("GET", PATH, group="viewer"))[0] == 404
    assert ask("PUT", PATH, {"reason": "dispute 7"}, group="marketer")[0] == 403

    status, held, _ = ask("PUT", PATH, {"reason": "dispute 7"}, group="admin", sub="u-1")

    assert (status, held["customer_id"], held["by"], held["reason"]) == (200, "c1", "u-1", "dispute 7")
    assert ask("GET", PATH, group="viewer")[1] == held
    assert ask("DELETE", PATH, group="admin")[0] == 204
    assert ask("DELETE", PATH, group="admin")[0] == 404
    assert refusal(ask("PUT", PATH, {}, group="admin")) == (400, ["reason"])


def test_a_hold_on_somebody_who_was_merged_into_the_customer_holds_and_is_lifted_as_well(world):
    world.adapters["contacts"].hold("c2", Block(OUT, "2026-03-01T11:00:00.000Z", "by_hand", "u-1", "dispute"))

    assert ask("GET", PATH, group="viewer")[1]["since"] == "2026-03-01T11:00:00.000Z"
    assert ask("DELETE", PATH, group="admin")[0] == 204
    assert ask("GET", PATH, group="viewer")[0] == 404


@pytest.mark.parametrize(
    ("mail_class", "reason"),
    [("marketing", "do_not_contact:legal_hold"), ("service", "do_not_contact:legal_hold"), ("transactional", "")],
)
def test_whoever_is_on_hold_gets_what_is_transactional_alone(mail_class, reason):
    hold = Block(OUT, "2026-03-01T11:00:00.000Z", "by_hand", "u-1", "dispute 7")
    look = replace(FINE, send=replace(FINE.send, mail_class=mail_class), contact=Contact("jo", legal_hold=hold))
    veto = vetoes.first(look)

    assert (veto.reason if veto else "") == reason
    assert not veto or veto.evidence == {"since": hold.at}
