"""What mails have been to a customer: when they went, were opened and followed."""

from dataclasses import replace
from datetime import timedelta

from shopkeeper import clock
from shopkeeper.consent.contact import Contact
from shopkeeper.customer import rows, unjudged
from shopkeeper.customer.document import Customer, Document
from shopkeeper.mail import ledger
from shopkeeper.mail.ledger import planned
from shopkeeper.mail.touches import Touches
from shopkeeper.mail.verdicts import Waiting
from tests.outcome_oracle import NOW
from tests.verdict_world import hit

LONG_AGO = ""
SPRING = planned(customer_id="jo", activity="spring", step="letter", occurrence="1", planned_at=NOW)
OTHER = planned(customer_id="joan", activity="journey:cart", step="email_1", occurrence="r/1", planned_at=NOW)


def later(**span):
    return clock.to_text(NOW + timedelta(**span))


class World:
    """Contacts, the ledger, the memory and the hits that wait. Of letters, `hits` are told by their instants."""

    def __init__(self, *sends, waiting=(), hits=()):
        self.sends = {each.send_id: each for each in sends}
        self.waiting, self.hits, self.asked = waiting, hits, []

    def load(self, who, *more):
        if not more:
            self.asked.append(f"hits of {who}")
            return Waiting(who, tuple(map(unjudged.hit_of, self.waiting)), 1)
        assert (who, set(more[1])) == ("jo", {"joan"})
        return Contact(who, reservations=dict.fromkeys(self.sends, later(minutes=-1)))

    def many(self, send_ids):
        return {each: self.sends[each] for each in send_ids if each in self.sends}

    def under(self, subject):
        self.asked.append(subject)
        yield [rows.row_of(replaced(each), customer_id="jo") for each in self.hits]

    def told(self, since=LONG_AGO, known=()):
        jo = Customer("jo", document=Document(merged={"joan": "m"}))
        return [tuple(each) for each in Touches(self, self, self, self).since(jo, since, known)]


def replaced(said):
    """The hit, once it was a person's."""
    return unjudged.interaction_of(said.subject.removeprefix("send:"), unjudged.hit_of(said), "human", "plain")


def gone(send, **more):
    return replace(send, **({"state": ledger.DELIVERED, "accepted_at": later(minutes=1)} | more))


def test_a_mail_went_was_opened_and_followed_and_what_machines_did_is_nothing():
    world = World(
        gone(SPRING, opened_at=later(hours=1), clicked_at=later(hours=2), hits=frozenset({"u/a", "m3/b"})),
        gone(OTHER, opened_machine_at=later(minutes=2)),
    )
    assert world.told() == [
        ("sent", later(minutes=1), "journey:cart", "email_1"),
        ("sent", later(minutes=1), "spring", "letter"),
        ("opened", later(hours=1), "spring", "letter"),
        ("clicked", later(hours=2), "spring", "letter"),
    ]
    assert world.told(since=later(hours=2)) == [("clicked", later(hours=2), "spring", "letter")]
    assert world.asked == []


def test_what_came_back_never_went_or_was_held_out_is_no_touch():
    world = World(gone(SPRING, state=ledger.HARD_BOUNCED, bounced_at=later(minutes=2)), OTHER)
    assert world.told() == []
    assert World(replace(SPRING, state=ledger.HELD_OUT)).told() == []
    assert World(gone(SPRING, state=ledger.UNKNOWN, accepted_at="", call_started_at=later(minutes=3))).told()


def test_of_what_was_done_more_than_once_the_memory_tells_each_time():
    opened = [hit(1, 3_600), hit(2, 90_000, link=3)]
    world = World(gone(SPRING, clicked_at=later(hours=2), hits=frozenset({"u/a", "u3/b"})), hits=opened)
    found = [(kind, at) for kind, at, *_ in world.told() if kind != "sent"]
    assert found == [("opened", later(hours=1)), ("clicked", later(hours=2)), ("clicked", later(hours=25))]
    assert world.asked == [f"send:{SPRING.send_id}"]


def test_a_hit_that_has_no_verdict_yet_counts_if_it_looks_like_a_persons():
    send = gone(SPRING, delivered_at=later(), unjudged=frozenset({"1/x"}))
    assert [each[0] for each in World(send, waiting=[hit(1, 600, link=1)]).told()] == ["sent", "clicked"]
    swept = [hit(n, 600 + n, link=n) for n in range(3)]
    assert [each[0] for each in World(send, waiting=swept).told()] == ["sent"]


def test_a_mail_that_no_contact_remembers_is_told_of_to_whoever_knows_it():
    world = World(gone(SPRING))
    world.load = lambda *_: Contact("jo")
    assert world.told() == []
    assert [each[0] for each in world.told(known=[SPRING.send_id])] == ["sent"]
