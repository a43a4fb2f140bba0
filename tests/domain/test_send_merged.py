"""Two recipients of one letter turn out to be one person, before or while it is sent: one letter, and one wish."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from shopkeeper.consent import news
from shopkeeper.consent.contact import IN, OUT, Contact, Word
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.rows import row_of
from shopkeeper.mail import ledger, vetoes
from tests.interactions import said
from tests.send_world import World

EARLY, NOON = "2026-03-01T11:00:00.000Z", "2026-03-01T12:00:00.000Z"
HALF_CALLS = 34


class Family(World):
    """Jo goes into al; the letter is to both, to jo alone, or to jo and bo, who goes into al as well."""

    def __init__(self, *recipients, **how):
        super().__init__(sends=1, **how)
        (letter,) = self.sends.values()
        self.sends, self.messages = {}, {}
        self.send_ids = {name: self._to(letter, name) for name in recipients}
        for name in ("al", "bo"):
            self.documents[name] = document.store(living(name))

    def _to(self, letter, name):
        names = ("activity", "step", "occurrence", "topic", "template", "content_ref", "brand")
        told = {each: getattr(letter, each) for each in names}
        row = ledger.planned(customer_id=name, planned_at=self.time, **told)
        self.put(row)
        self.messages[row.send_id] = 0
        return row.send_id

    def merge(self, *gone):
        for name in gone or ("jo",):
            self.documents[name] = document.store(Customer(name, 2, Document(merged_into="al")))
        self.documents["al"] = document.store(living("al", *(gone or ("jo",)), version=2))

    def begin(self, name):
        return self.deliver(self.send_ids[name])

    def outcome(self, name):
        row = self.sends[self.send_ids[name]]
        return row.reason or row.state

    def went_to(self):
        return [mail.recipient for mail in self.accepted]


def living(name, *merged, version=1):
    traits = {"email": f"{name}@example.com", "first_name": name}
    told = dict.fromkeys(traits, (0, "m"))
    return Customer(name, version, Document(traits=traits, told=told, merged=dict.fromkeys(merged, "m")))


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

    for name in (first, "al", "jo"):
        if worker := world.begin(name):
            worker.finish()

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


@pytest.mark.parametrize("recipients", [("jo", "al"), ("jo", "bo"), ("jo", "bo", "al")], ids=" and ".join)
def test_whenever_they_are_merged_and_whoever_is_faster_there_is_one_letter_at_most(recipients):
    """Of letters of which none was under way before. One it is but where each was given up for the other."""
    letters = set()
    for at in range(HALF_CALLS):
        for then in range(0, HALF_CALLS, 3):
            world = Family(*recipients)
            workers = [world.begin(name) for name in recipients]
            for _ in range(at):
                workers[0].step()
            world.merge("jo", "bo")
            for _ in range(then):
                workers[-1].step()
            world.settle()
            letters.add(len(world.went_to()))
            assert len(world.went_to()) <= 1, (at, then)
    assert 1 in letters


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
