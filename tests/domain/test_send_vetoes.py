"""Each veto by itself, which of two speaks first, and what a letter takes from whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from shopkeeper import ids, tokens
from shopkeeper.consent.bounces import Bounces
from shopkeeper.consent.contact import ASSUMED, IN, OUT, REQUIRED, Block, Contact, Suppression, Word, address_key
from shopkeeper.customer.document import Customer, Document
from shopkeeper.mail import facts, ledger, vetoes
from shopkeeper.mail.letters import Letters, UndefinedError
from shopkeeper.mail.vetoes import Look
from tests.send_definitions import BRAND, LETTERS, RING, FakeDefinitions, Messages

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SEND = ledger.planned(
    customer_id="jo",
    activity="campaign:a",
    step="letter",
    occurrence="1",
    planned_at=NOON,
    template="spring#1",
    content_ref=ids.content_ref("spring", 1).hex(),
    brand="shop#1",
    topic="news",
)
BLOCK = Block(OUT, "2026-02-01T00:00:00.000Z", "validation")
TOLD = Word(OUT, "2026-02-01T00:00:00.000Z", "unsubscribe")
FINE = Look(
    SEND, "running", Customer("jo", 1, Document(traits={"email": "Jo@Bücher.example"})), Contact("jo"), ASSUMED, NOON
)


def at(**said):
    """Said of the address, not by the customer."""
    return Contact("jo", address=Suppression(**said))


def swallowed(instant):
    return Bounces(suppressed_first=instant, suppressed_last=instant)


def emailed(address):
    return {"customer": Customer("jo", 1, Document(traits={"email": address}))}


@pytest.mark.parametrize(
    ("changed", "reason", "evidence"),
    [
        ({}, None, None),
        ({"status": "done"}, None, None),
        ({"status": "cancelled"}, "other:stopped", {"status": "cancelled"}),
        ({"send": replace(SEND, expires_at="2026-03-01T12:00:00.000Z")}, "other:expired", None),
        ({"send": replace(SEND, expires_at="2026-03-01T12:00:00.001Z")}, None, None),
        ({"opt_in": REQUIRED}, "do_not_contact:no_consent", {"topic": "news", "opt_in": "required"}),
        ({"opt_in": "whatever"}, "do_not_contact:no_consent", None),
        ({"contact": Contact("jo", topics={"news": TOLD})}, "do_not_contact:opted_out", None),
        ({"contact": Contact("jo", topics={"other": TOLD})}, None, None),
        ({"contact": Contact("jo", marketing=TOLD)}, "do_not_contact:marketing_out", None),
        ({"contact": at(topics={"news": TOLD})}, "do_not_contact:opted_out", None),
        ({"contact": at(marketing=TOLD)}, "do_not_contact:marketing_out", None),
        ({"contact": at(block=BLOCK)}, "do_not_contact:address_blocked", {"block": "validation"}),
        ({"contact": at(block=Block(IN, "", "by_hand"))}, None, None),
        (
            {"contact": at(bounces=swallowed("2026-02-20T12:00:00.000Z"))},
            "do_not_contact:address_held",
            {"why": "suppressed_by_ses", "until": "2026-03-06T12:00:00.000Z"},
        ),
        ({"contact": at(bounces=swallowed("2026-02-15T12:00:00.000Z"))}, None, None),
        ({"customer": Customer("jo")}, "malformed:no_address", {}),
        (emailed("  "), "malformed:no_address", {}),
        (emailed(42), "malformed:no_address", {}),
        (emailed("jo"), "malformed:address", {"problem": "there is no @"}),
        (emailed("jö@example.com"), "malformed:address", None),
        (emailed("jo@exa mple.com"), "malformed:address", None),
        (emailed("jo@example..com"), "malformed:address", None),
        ({"opt_in": REQUIRED, **emailed("jo")}, "do_not_contact:no_consent", None),
        ({"status": "cancelled", "opt_in": REQUIRED}, "other:stopped", None),
    ],
)
def test_a_veto_names_its_reason_and_what_it_rests_on(changed, reason, evidence):
    veto = vetoes.first(replace(FINE, **changed))

    assert (veto.reason if veto else None) == reason
    assert evidence is None or veto.evidence == evidence
    assert veto is None or "example" not in str(veto.evidence)


def test_what_is_said_of_an_address_is_found_however_the_customer_has_written_it():
    written = ["jo@straße.example", " JO@STRASSE.example", "Jo@XN--strae-oqa.example", "jo", ""]
    keys = [facts.address_key_of(Document(traits={"email": each})) for each in written]

    assert keys[0] == keys[2] == address_key("jo@xn--strae-oqa.example")
    assert keys[1] == address_key("jo@strasse.example") != keys[0]
    assert keys[3:] == ["", ""]


def test_the_address_told_goes_before_the_address_seen_and_the_last_seen_before_others():
    seen = {"email:old@example.com": 1, "email:new@example.com": 2, "user:7": 3}

    assert facts.address_of(Document(identities=seen)) == "new@example.com"
    assert facts.address_of(Document(identities=seen, traits={"email": " Jo@x.example "})) == "Jo@x.example"


@pytest.mark.parametrize("traits", [{}, {"email": ""}])
def test_whose_address_was_taken_away_is_written_to_at_none_but_one_seen_since(traits):
    gone = Document(identities={"email:old@x.example": 1}, traits=traits, told={"email": (2, "m")})
    back = Document(identities={"email:old@x.example": 1, "email:new@x.example": 3}, told={"email": (2, "m")})

    assert facts.address_of(gone) == ""
    assert facts.address_of(back) == "new@x.example"


@pytest.mark.parametrize(
    ("traits", "customer"),
    [
        ({"firstName": "Jo", "lastName": "Ng"}, {"first_name": "Jo", "last_name": "Ng", "name": "Jo Ng"}),
        ({"first_name": " Jo "}, {"first_name": "Jo", "name": "Jo"}),
        ({"name": "Dr. Ng", "lastName": "Ng"}, {"last_name": "Ng", "name": "Dr. Ng"}),
        ({"firstName": 7, "name": ""}, {}),
    ],
)
def test_a_name_without_a_value_is_no_fact(traits, customer):
    told = facts.facts_of(Document(traits={**traits, "size": None}), "jo@example.com")

    assert told == {"customer": {**customer, "email": "jo@example.com"}, "traits": traits}


def test_a_draft_takes_its_links_from_the_tracking_address_of_its_brand_or_of_the_bundle():
    class Plain(FakeDefinitions):
        def version(self, kind, definition_id, number):
            said = super().version(kind, definition_id, number)
            return {name: value for name, value in said.items() if name != "tracking_url"}

    told = facts.facts_of(FINE.document, "jo@example.com") | {"customer": {"first_name": "Jo"}}
    own = LETTERS.draft(SEND, told, RING)
    common = Letters(Plain(), "https://api.example/", Messages({})).draft(SEND, told, RING)

    assert own.unsubscribe.startswith("https://t.shop.example/u/")
    assert common.unsubscribe.startswith("https://api.example/u/")


def test_a_letter_is_addressed_last():
    draft = LETTERS.draft(SEND, {"customer": {"first_name": "Jo"}}, RING)

    mail = draft.addressed("jo@bücher.example", NOON + timedelta(hours=1))

    said = message_from_bytes(mail.raw, policy=policy.default)
    assert (mail.sender, mail.recipient) == (BRAND["sender"]["email"], "jo@xn--bcher-kva.example")
    assert (said["To"], said["Reply-To"], said["Date"].datetime.hour) == (
        "jo@xn--bcher-kva.example",
        BRAND["reply_to"],
        13,
    )


@pytest.mark.parametrize("named", ["gone#1", "spring", "spring#x"])
def test_a_definition_that_is_not_there_is_no_reason_to_give_a_send_up(named):
    class Empty(FakeDefinitions):
        def version(self, kind, definition_id, number):
            return None if kind == "template" else BRAND

    with pytest.raises(UndefinedError):
        Letters(Empty(), "https://t.shop.example", Messages({})).draft(replace(SEND, template=named), {}, RING)


def test_without_a_key_to_sign_with_there_is_no_letter():
    with pytest.raises(tokens.MintError):
        LETTERS.draft(SEND, {"customer": {"first_name": "Jo"}}, None)
