"""What a customer says reaches the document first and the contact seconds later. A send may come in between."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from shopkeeper import clock
from shopkeeper.consent.contact import ASSUMED, IN, OUT, REQUIRED, Contact, Word
from shopkeeper.customer.consents import ALL, Consent
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.instants import ms_of
from shopkeeper.mail import ledger, vetoes
from shopkeeper.mail.looking import Eyes
from tests.domain.test_send_vetoes import FINE, NOON
from tests.send_world import KINDS, World

EARLY, LATE = NOON - timedelta(days=2), NOON - timedelta(days=1)


def jo(traits, consents):
    return Customer("jo", 1, Document(traits=traits, consents=consents))


def look(document=None, contact=None, opt_in=REQUIRED, at=NOON, marketing=None):
    """What each says of the topic: (is, at, source)."""
    told = {"news": Consent(is_=document[0], at=ms_of(document[1]), source=document[2])} if document else {}
    knows = {"news": Word(contact[0], clock.to_text(contact[1]), contact[2])} if contact else {}
    return replace(
        FINE,
        customer=jo(FINE.document.traits, told),
        contact=Contact("jo", topics=knows, marketing=marketing),
        opt_in=opt_in,
        at=at,
    )


def verdict(seen):
    veto, waits = vetoes.first(seen), vetoes.consent_on_its_way(seen)
    assert not (veto and waits)
    return veto.reason if veto else "wait" if waits else "send"


SAID_OUT = Word(OUT, clock.to_text(EARLY), "complaint")
NO = "do_not_contact:no_consent"
OPTED_OUT = "do_not_contact:opted_out"


MARKETING_OUT = "do_not_contact:marketing_out"
OUT_OF_ALL, IN_TO_ALL = ((is_, LATE, "collect") for is_ in (OUT, IN))


@pytest.mark.parametrize(
    ("said", "known", "expected"),
    [
        (OUT_OF_ALL, None, MARKETING_OUT),
        (OUT_OF_ALL, Word(IN, clock.to_text(EARLY), "collect"), MARKETING_OUT),
        (OUT_OF_ALL, Word(IN, clock.to_text(NOON), "recipient"), "send"),
        (IN_TO_ALL, SAID_OUT, MARKETING_OUT),
        (IN_TO_ALL, None, "send"),
    ],
)
def test_what_the_document_says_of_all_marketing_can_stop_a_mail_and_start_none(said, known, expected):
    told = Consent(is_=said[0], at=ms_of(said[1]), source=said[2])
    seen = look(contact=(IN, EARLY, "collect"), marketing=known)

    assert verdict(replace(seen, customer=jo(seen.document.traits, {ALL: told}))) == expected


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (look(), NO),
        (look(document=(IN, EARLY, "collect")), "wait"),
        (look(document=(IN, EARLY, "import")), "wait"),
        (look(contact=(IN, EARLY, "collect")), "send"),
        (look(document=(IN, EARLY, "collect"), contact=(IN, EARLY, "collect")), "send"),
        (look(opt_in=ASSUMED, document=(IN, EARLY, "collect")), "send"),
        (look(document=(IN, LATE, "collect"), contact=(OUT, EARLY, "recipient")), OPTED_OUT),
        (look(document=(OUT, LATE, "collect")), OPTED_OUT),
        (look(document=(OUT, LATE, "collect"), contact=(IN, EARLY, "collect")), OPTED_OUT),
        (look(document=(OUT, LATE, "collect"), opt_in=ASSUMED), OPTED_OUT),
        (look(document=(OUT, EARLY, "collect"), contact=(IN, LATE, "recipient")), "send"),
        (look(document=(IN, LATE, "import"), contact=(OUT, EARLY, "collect")), OPTED_OUT),
        (look(document=(IN, LATE, "collect"), marketing=SAID_OUT), "do_not_contact:marketing_out"),
    ],
)
def test_a_yes_on_its_way_is_waited_for_a_no_is_heeded_wherever_it_stands_first(seen, expected):
    assert verdict(seen) == expected


@pytest.mark.parametrize(("minutes", "expected"), [(0, "wait"), (59, "wait"), (60, NO), (6000, NO)])
def test_nothing_is_waited_for_longer_than_an_hour_after_the_plan(minutes, expected):
    late = look(document=(IN, EARLY, "collect"), at=NOON + timedelta(minutes=minutes))

    assert verdict(late) == expected


def test_whoever_is_waited_for_or_given_up_says_what_it_rests_on():
    agreed = (IN, EARLY, "collect")
    rests_on = {"topic": "news", "opt_in": "required", "document": "in", "told_at": clock.to_text(EARLY)}

    assert vetoes.consent_on_its_way(look(document=agreed)) == rests_on
    assert vetoes.first(look(document=agreed, at=NOON + timedelta(hours=1))).evidence == rests_on
    assert vetoes.first(look(document=(OUT, EARLY, "collect"))).evidence["document"] == "out"


def test_an_address_that_is_no_good_is_not_waited_for():
    seen = look(document=(IN, EARLY, "collect"))

    malformed = replace(seen, customer=jo({"email": "jo"}, seen.document.consents))
    assert vetoes.first(malformed).reason == "malformed:address"


def sent_to_somebody_who_agreed(carried_after):
    """The contact hears of it that many minutes after the first delivery; then an hour and a half goes by."""
    world = World(**KINDS["agreed"])
    for minute in range(90):
        if minute == carried_after:
            world.carry()
        world.tick()
        for send_id in list(world.messages):
            if worker := world.deliver(send_id):
                worker.finish()
        world.time += timedelta(minutes=1)
    (row,) = world.sends.values()
    return world, row


@pytest.mark.parametrize("minutes", [0, 1, 2, 30, 58])
def test_whichever_is_first_the_send_or_the_stream_the_mail_goes_once(minutes):
    world, row = sent_to_somebody_who_agreed(minutes)

    assert (row.state, len(world.accepted), row.evidence) == (ledger.ACCEPTED, 1, "")
    assert clock.from_text(row.accepted_at) <= clock.from_text(row.planned_at) + timedelta(minutes=minutes + 3)
    assert world.faults() == []


def test_what_the_stream_never_brings_is_given_up_in_the_end():
    world, row = sent_to_somebody_who_agreed(None)

    assert (row.state, row.reason, world.accepted) == (ledger.NOT_SENT, NO, [])
    assert json.loads(row.evidence)["document"] == "in"
    assert row.not_sent_at < clock.to_text(clock.from_text(row.planned_at) + timedelta(minutes=64))


def test_a_row_that_waits_says_so_and_is_due_in_two_minutes():
    world = World(**KINDS["agreed"])
    worker = world.deliver(world.ids()[0]).finish()

    (row,) = world.sends.values()
    assert (row.state, worker.result.reason) == (ledger.READY, "consent_on_its_way")
    assert json.loads(row.evidence)["document"] == "in"
    assert timedelta(seconds=119) < clock.from_text(row.due_at) - world.time < timedelta(seconds=121)


def test_at_the_last_look_too_it_waits_and_keeps_no_place(monkeypatch):
    """The topic asks for consent by then, or the contact was taken away: whatever the first look saw."""
    first, looks = Eyes.look, []

    def changing(self, row):
        looks.append(row)
        return replace(first(self, row), opt_in=REQUIRED if len(looks) > 1 else ASSUMED)

    monkeypatch.setattr(Eyes, "look", changing)
    world = World(agreed=True)
    worker = world.deliver(world.ids()[0]).finish()
    (row,) = world.sends.values()
    assert (worker.result.what, row.state, world.called) == ("deferred", ledger.READY, [])
    assert world.contacts["jo"].reservations == {}

    world.carry()
    world.time += timedelta(minutes=3)
    world.tick()
    world.deliver(row.send_id).finish()

    assert [each.state for each in world.sends.values()] == [ledger.ACCEPTED]
