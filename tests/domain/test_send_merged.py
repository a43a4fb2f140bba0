"""Two recipients of one letter turn out to be one person, before or while it is sent: one letter, and one wish."""

import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from shopkeeper.consent import news
from shopkeeper.consent.contact import IN, OUT, Contact, Word
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer
from shopkeeper.customer.rows import row_of
from shopkeeper.mail import ledger, vetoes
from tests.interactions import said
from tests.send_family import Family

EARLY, NOON = "2026-03-01T11:00:00.000Z", "2026-03-01T12:00:00.000Z"


def test_a_letter_to_somebody_who_was_merged_goes_to_the_living_customer():
    world = Family("jo")
    world.merge()

    world.begin("jo").finish()

    assert (world.outcome("jo"), world.went_to()) == ("accepted", ["al@example.com"])
    assert world.contacts["al"].reservations.keys() == {world.send_ids["jo"]}


@pytest.mark.parametrize("first", ["jo", "al"])
def test_the_living_customers_own_letter_goes_and_the_other_one_does_not(first):
    world = Family("jo", "al")
    world.merge()

    world.begin(first).finish()
    world.settle()

    assert (world.outcome("jo"), world.outcome("al")) == ("other:merged", "accepted")
    assert world.went_to() == ["al@example.com"]
    assert world.contacts["al"].reservations.keys() == {world.send_ids["al"]}


def test_a_letter_that_went_before_the_merge_is_enough():
    world = Family("jo", "al")
    world.begin("jo").finish()
    world.merge()
    world.begin("al").finish()

    assert (world.outcome("jo"), world.outcome("al")) == ("accepted", "other:merged")
    assert world.went_to() == ["jo@example.com"]


def test_where_the_other_one_was_not_sent_the_letter_goes():
    world = Family("jo", "al")
    world.documents["al"] = document.store(Customer("al", 1))
    world.begin("al").finish()
    assert world.outcome("al") == "malformed:no_address"
    world.merge()

    world.begin("jo").finish()

    assert world.went_to() == ["al@example.com"]


def up_to(call, worker):
    while worker.waits_at != call:
        worker.step()
    return worker


def test_while_the_other_one_has_a_place_the_letter_waits_and_has_none_itself():
    world = Family("jo", "al")
    jo = up_to("secrets.get", world.begin("jo"))
    world.merge()

    al = world.begin("al").finish()

    assert (al.result.what, al.result.reason) == ("deferred", "twin_under_way")
    row = world.sends[world.send_ids["al"]]
    assert (json.loads(row.evidence), row.due_at[:16]) == (
        {"waits": "twin_under_way", "send_id": world.send_ids["jo"]},
        "2026-03-01T12:02",
    )
    assert "al" not in world.contacts
    assert jo.finish().result.reason == "twin_under_way"
    assert not world.contacts["jo"].reservations
    assert world.settle().went_to() == ["al@example.com"]


@pytest.mark.parametrize("call", ["secrets.get", "ses.send"])
def test_who_waits_for_one_that_nobody_delivers_again_has_the_clock_see_to_it(call):
    world = Family("jo", "al")
    up_to(call, world.begin("jo")).kill()
    del world.messages[world.send_ids["jo"]]
    world.merge()
    world.watch = lambda: None

    world.begin("al").finish()

    world.settle()
    assert (world.outcome("jo"), world.outcome("al")) == ("other:merged", "accepted")


def test_who_waits_for_one_that_is_given_up_as_unknown_may_have_had_it_and_gets_no_other():
    world = Family("jo", "al", expires={"jo": timedelta(minutes=1)})
    world.answers = ["fail"]
    world.begin("jo").finish()
    world.merge()
    world.begin("al").finish()
    assert (world.outcome("jo"), world.outcome("al")) == ("unknown", "ready")

    world.settle()
    assert (world.outcome("jo"), world.outcome("al")) == ("other:unknown", "other:merged")
    assert world.faults() == []


@pytest.mark.parametrize("stays", [True, False])
def test_a_place_that_somebody_left_who_is_not_sent_to_is_taken_away_and_the_letter_goes(stays):
    world = Family("jo", "al")
    world.merge()
    jo, al = (world.send_ids[name] for name in ("jo", "al"))
    world.put(replace(world.sends[jo], state=ledger.NOT_SENT, reason="malformed:refused", not_sent_at=NOON))
    if not stays:
        del world.sends[jo]
    world.contacts["al"] = Contact("al", reservations={jo: NOON})

    assert world.begin("al").finish().result.what == "accepted"
    assert world.contacts["al"].reservations.keys() == {al}


def test_whom_the_activity_leaves_out_as_al_it_does_not_write_to_as_jo():
    world = Family("jo", "al")
    world.merge()
    al = world.send_ids["al"]
    world.put(replace(world.sends[al], state=ledger.HELD_OUT, rank=ledger.LAST_WORD))

    assert world.begin("jo").finish().result.reason == "other:merged"


def test_who_is_parted_again_takes_a_place_of_its_own():
    world = Family("jo")
    world.merge()
    worker = up_to("secrets.get", world.begin("jo"))
    assert world.contacts["al"].reservations
    world.part("jo")

    worker.finish()

    assert world.went_to() == ["jo@example.com"]
    assert (world.contacts["jo"].reservations.keys(), world.contacts["al"].reservations) == ({*world.sends}, {})


def test_who_has_died_and_was_merged_has_one_place_afterwards():
    world = Family("jo")
    up_to("secrets.get", world.begin("jo")).kill()
    world.merge()

    world.begin("jo").finish()

    assert world.went_to() == ["al@example.com"]
    assert (world.contacts["al"].reservations.keys(), world.contacts["jo"].reservations) == ({*world.sends}, {})


def test_two_who_both_go_take_one_place_with_the_living_customer():
    world = Family("jo", "bo")
    world.merge("jo", "bo")
    workers = [world.begin(name) for name in ("jo", "bo")]
    for worker in workers:
        while worker.waits_at != "contacts.reserve":
            worker.step()
    world.settle()

    assert sorted(world.outcome(name) for name in ("jo", "bo")) == ["accepted", "other:merged"]
    assert world.went_to() == ["al@example.com"]


@pytest.mark.parametrize("left", ["jo", "al"])
def test_whoever_leaves_by_a_letter_to_the_one_or_the_other_leaves(left):
    world = Family("jo")
    world.contacts[left] = Contact(left, topics={"news": Word(OUT, NOON, "unsubscribe:s-1")})
    world.merge()

    world.begin("jo").finish()

    assert (world.outcome("jo"), world.went_to()) == ("do_not_contact:opted_out", [])


def test_somebody_who_is_merged_and_complained_gets_nothing_as_the_other_either():
    world = Family("al")
    world.contacts["jo"] = Contact("jo", marketing=Word(OUT, EARLY, "complaint"))
    world.merge()

    world.begin("al").finish()

    assert world.outcome("al") == "do_not_contact:marketing_out"


def test_a_place_that_was_taken_before_the_merge_is_given_back_where_it_was_taken():
    world = Family("jo")
    worker = world.begin("jo")
    while worker.waits_at != "contacts.reserve":
        worker.step()
    worker.step()
    assert world.contacts["jo"].reservations
    world.merge()
    world.contacts["al"] = Contact("al", topics={"news": Word(OUT, NOON, "recipient")})

    worker.finish()

    assert world.outcome("jo") == "do_not_contact:opted_out"
    assert not world.contacts["jo"].reservations


def own(**said):
    return Contact("al", **said)


YES, NO, LATER_YES = Word(IN, EARLY, "collect"), Word(OUT, EARLY, "recipient"), Word(IN, NOON, "collect")


@pytest.mark.parametrize(
    ("held", "other", "stands"),
    [
        (own(), {"topics": {"news": NO}}, own(topics={"news": NO})),
        (own(topics={"news": YES}), {"topics": {"news": NO}}, own(topics={"news": NO})),
        (own(topics={"news": LATER_YES}), {"topics": {"news": NO}}, own(topics={"news": LATER_YES})),
        (own(), {"topics": {"news": YES}}, own()),
        (own(), {"marketing": NO}, own(marketing=NO)),
        (own(marketing=LATER_YES), {"marketing": NO}, own(marketing=LATER_YES)),
        (own(), {"marketing": YES}, own()),
        (own(reservations={"s": "1"}), {"reservations": {"s": "0"}}, own(reservations={"s": "1"})),
        (own(), {"reservations": {"s": "0"}}, own(reservations={"s": "0"}, elsewhere={"s": "jo"})),
    ],
)
def test_what_those_said_who_were_merged_can_only_take_away(held, other, stands):
    joined = held.joined([Contact("jo", **other)])

    assert joined == stands
    assert joined.holder("s") == ("jo" if stands.elsewhere else "al")


def test_a_yes_that_a_merge_tells_again_was_not_said_of_the_address_the_other_one_has():
    def asked():
        raise AssertionError("the address is looked up")

    heard = []
    contacts = SimpleNamespace(hear=lambda who, topic, word: heard.append((who, topic, word.is_)))
    yes = said("customer:al", "merge/0123/news", name="Consent Changed", properties={"topic": "news", "is": "in"})

    news.to_contacts(contacts, asked)(row_of(yes, customer_id="al"))

    assert heard == [("al", "news", "in")]


def test_the_veto_names_the_letter_that_goes_instead():
    world = Family("jo", "al")
    world.merge()
    world.begin("jo").finish()

    assert world.send_ids["al"] in world.sends[world.send_ids["jo"]].evidence
    assert vetoes.VETOES.index(vetoes.merged) < vetoes.VETOES.index(vetoes.person_refuses)
    assert replace(world.contacts.get("jo", Contact("jo"))).reservations == {}
