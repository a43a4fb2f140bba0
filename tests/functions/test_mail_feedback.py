"""The function on moto: rows, contacts, interactions; and a process that dies before or after any call."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from moto import mock_aws

from functions.mail_feedback import app
from shopkeeper import clock
from shopkeeper.aws import clients
from shopkeeper.aws.canaries import Canaries
from shopkeeper.aws.contacts import Contacts
from shopkeeper.aws.mail_hours import MailHours
from shopkeeper.aws.queues import NotTaken
from shopkeeper.aws.sends import Sends
from shopkeeper.consent.bounces import Held, held
from shopkeeper.consent.contact import Block, Contact, Request, Suppression, Word, address_key, refusal
from shopkeeper.customer import interaction
from shopkeeper.mail.ledger import Change
from tests import ses_reports as ses
from tests import tables
from tests.domain.test_mail_feedback import CALLING, RECORDED
from tests.http_events import CONTEXT

EVENTS = Path(__file__).parents[2] / "events"
ADDRESS, FORWARDED = address_key("jo@example.com"), address_key("jo@elsewhere.example")


HOURS = ("2026-11-21T09", "2026-11-21T10")


class Died(BaseException):
    """The process is gone: nothing may catch it."""


class Aws:
    def __init__(self):
        self.dynamodb = tables.create("SendsTable", "ContactsTable", "RecordsTable")
        self.sends, self.contacts = Sends(self.dynamodb, "SendsTable"), Contacts(self.dynamodb, "ContactsTable")
        self.sqs = tables.client("sqs")
        self.url = self.sqs.create_queue(QueueName="interactions")["QueueUrl"]
        self.reset()

    def reset(self):
        """One mail is being sent, and nothing has been said of it."""
        self.die_at = None
        for who in ("c1", ADDRESS, FORWARDED):
            self.dynamodb.delete_item(TableName="ContactsTable", Key={"customer_id": {"S": who}})
        self.dynamodb.delete_item(TableName="SendsTable", Key={"send_id": {"S": ses.SEND_ID}})
        for what in ("delivered", "complained"):
            for hour in HOURS:
                self.dynamodb.delete_item(TableName="RecordsTable", Key={"record": {"S": f"mail#{what}#{hour}"}})
        self.sends.plan(CALLING)
        self.told()
        self.calls, self.halves = [], 0

    def watch(self):
        for service in ("dynamodb", "sqs"):
            events = clients.client(service).meta.events
            events.register(f"before-call.{service}", self._before)
            events.register(f"after-call.{service}", self._half)

    def _before(self, model, **_):
        self.calls.append(model.name)
        self._half()

    def _half(self, **_):
        here, self.halves = self.halves, self.halves + 1
        if here == self.die_at:
            raise Died

    def row(self):
        return self.sends.load(ses.SEND_ID)

    def contact(self):
        return self.contacts.load("c1", ADDRESS)

    def day(self):
        """How many were delivered, and how many complained of."""
        return MailHours(self.dynamodb, "RecordsTable").sum(HOURS)

    def told(self):
        """What lies in the queue, each once however often it was put there."""
        found = {}
        while messages := self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages"):
            for each in messages:
                fact = interaction.decode(each["Body"])
                found[fact.key] = fact
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=each["ReceiptHandle"])
        return list(found.values())


def forget():
    for cached in (clients.client, app.listener, app.queue):
        cached.cache_clear()


@pytest.fixture(scope="module")
def world():
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        world = Aws()
        patch.setenv("SENDS_TABLE", "SendsTable")
        patch.setenv("CONTACTS_TABLE", "ContactsTable")
        patch.setenv("RECORDS_TABLE", "RecordsTable")
        patch.setenv("INTERACTIONS_QUEUE_URL", world.url)
        forget()
        world.watch()
        yield world
        forget()


@pytest.fixture
def aws(world):
    world.reset()
    return world


def hear(*bodies):
    return [each["itemIdentifier"] for each in app.handler(ses.sqs(*bodies), CONTEXT)["batchItemFailures"]]


def names(aws):
    return sorted(fact.name for fact in aws.told())


def test_a_mail_whose_answer_got_lost_is_accepted_and_delivered(aws):
    assert hear(ses.sent(), ses.delivered()) == []

    assert (aws.row().state, aws.row().ses_message_id) == ("delivered", ses.MESSAGE_ID)
    assert names(aws) == ["Email Delivered", "Email Sent"]


def test_a_bounce_for_good_blocks_the_address_for_whoever_has_it(aws):
    assert hear(ses.bounced()) == []

    assert aws.row().state == "hard_bounced"
    assert aws.contact().address == Suppression(Block("out", "2026-11-21T09:32:00.000Z", "hard_bounce"))
    assert aws.contact() == Contact("c1", address=aws.contact().address)
    assert refusal(aws.contacts.load("c2", ADDRESS), Request("news", "assumed")).reason == "address_blocked"


def test_soft_bounces_on_three_days_hold_the_address_and_copies_of_them_do_not(aws):
    def softly(day, number=0):
        said = f"2026-11-{day}T09:32:0{number}.000Z"
        return ses.bounced("Transient", "MailboxFull", "4.2.2", at=said, feedback=f"b-{day}-{number}")

    now = clock.from_text("2026-11-24T12:00:00Z")
    assert hear(softly(21), softly(21), softly(21, 1), softly(22), softly(21)) == []
    assert held(aws.contact().address.bounces, now) is None
    assert hear(softly(23), softly(22)) == []

    assert held(aws.contact().address.bounces, now) == Held("soft_bounces", "2026-12-23T09:32:00.000Z")
    assert aws.row().state == "soft_bounced"


def test_what_ses_suppresses_for_all_holds_the_address_for_a_fortnight_from_the_first_report(aws):
    def suppressed(day):
        return ses.bounced("Permanent", "Suppressed", "", at=f"2026-11-{day}T09:32:00.000Z", feedback=f"b-{day}")

    now = clock.from_text("2026-11-24T12:00:00Z")
    assert hear(suppressed(22), suppressed(21), suppressed(22)) == []

    assert held(aws.contact().address.bounces, now) == Held("suppressed_by_ses", "2026-12-05T09:32:00.000Z")
    assert aws.contact().address.block is None
    aws.contacts.forgive(ADDRESS, "2026-11-23T00:00:00.000Z")
    assert held(aws.contact().address.bounces, now) is None


def test_the_address_that_we_wrote_to_is_meant_and_not_the_one_it_was_forwarded_to(aws):
    aws.sends.apply(Change(send_id=ses.SEND_ID, puts={"address_key": ADDRESS}))

    forwarded = json.loads(ses.bounced())
    forwarded["bounce"]["bouncedRecipients"][0]["emailAddress"] = "jo@elsewhere.example"
    assert hear(json.dumps(forwarded)) == []

    assert aws.contacts.suppression(ADDRESS).block.cause == "hard_bounce"
    assert aws.contacts.suppression(FORWARDED) == Suppression()


def test_a_bounce_of_before_a_release_does_not_block_again_and_one_of_after_it_does(aws):
    hear(ses.bounced())
    aws.contacts.block(ADDRESS, Block("in", "2026-11-21T10:00:00.000Z", "by_hand", "u-1"))

    hear(ses.bounced(), ses.bounced(at="2026-11-21T09:59:00.000Z", feedback="b-2"))
    assert aws.contact().address.block.is_ == "in"

    hear(ses.bounced(at="2026-11-21T10:01:00.000Z", feedback="b-3"))
    assert aws.contact().address.block == Block("out", "2026-11-21T10:01:00.000Z", "hard_bounce")


def test_a_bounce_that_may_pass_blocks_nothing(aws):
    assert hear(ses.bounced("Transient", "MailboxFull", "4.2.2")) == []

    address = aws.contact().address
    assert (aws.row().state, aws.contact()) == ("soft_bounced", Contact("c1", address=address))
    assert (address.block, held(address.bounces, clock.from_text("2026-11-22T00:00:00Z"))) == (None, None)


def test_a_complaint_ends_all_marketing_to_the_customer_and_to_the_address(aws):
    assert hear(ses.complained()) == []

    said = Word("out", "2026-11-21T10:00:00.000Z", "complaint")
    assert aws.row().state == "complained"
    assert (aws.contact().marketing, aws.contact().address) == (said, Suppression(marketing=said))


def test_what_is_delivered_and_complained_of_is_counted_once_however_often_it_is_told(aws):
    hear(ses.complained(feedback="f-1"), ses.delivered(), ses.delivered())
    hear(ses.delivered(), ses.complained(feedback="f-1"), ses.complained(feedback="f-2", at="2026-11-21T09:59:00.000Z"))

    assert aws.day() == (1, 1)


def test_a_batch_is_counted_in_one_write_and_what_cannot_be_counted_goes_back_to_nobody(aws, monkeypatch, caplog):
    other = replace(CALLING, send_id="5f0c2d1e-0000-5d6b-9a53-0a3f7d1c9b42")
    aws.sends.plan(other)
    both = [ses.delivered(), ses.delivered(tags={"send_id": [other.send_id]})]
    aws.calls.clear()
    assert hear(*both) == []
    assert (aws.day()[0], aws.calls.count("UpdateItem")) == (2, 3)

    aws.reset()
    with monkeypatch.context() as patch:
        patch.setattr(app.listener(), "_hours", Refusing(clients.Unavailable("down")))
        assert hear(ses.delivered()) == []
    assert [record.reason for record in caplog.records if record.message == "not counted"] == ["down"]
    assert hear(ses.delivered()) == []
    assert aws.day() == (0, 0)
    aws.dynamodb.delete_item(TableName="SendsTable", Key={"send_id": {"S": other.send_id}})


def test_a_kind_word_changes_nothing(aws):
    before = aws.row()

    assert hear(ses.complained("not-spam")) == []
    assert (aws.row(), aws.contact().marketing, aws.told()) == (before, None, [])


def test_who_left_at_ses_is_out_of_the_topic(aws):
    assert hear(ses.bounced(subtype="UnsubscribedRecipient")) == []

    assert (aws.row().state, aws.row().reason) == ("not_sent", "do_not_contact:unsubscribed")
    assert aws.contact().topics["news"].is_ == aws.contact().address.topics["news"].is_ == "out"
    assert names(aws) == ["Consent Changed", "Not Sent"]


def test_reports_that_say_nothing_new_cost_a_look_each_and_no_write(aws):
    hear(ses.sent(), ses.delivered())
    aws.calls.clear()

    hear(ses.sent(), ses.delivered())

    assert aws.calls == ["GetItem", "GetItem", "SendMessageBatch"]


def test_what_ses_tells_of_a_test_send_is_left_alone(aws):
    assert hear(ses.sent(tags={"test": ["t-1"]}), ses.complained(tags={"test": ["t-1"]})) == []
    assert aws.told() == []


def test_a_canary_that_came_back_is_remembered_and_is_nobodys_mail(aws):
    before = aws.row()

    assert hear(ses.sent(tags={"canary": ["1"]}), ses.delivered(tags={"canary": ["1"]})) == []

    assert (aws.row(), aws.told()) == (before, [])
    assert Canaries(aws.dynamodb, "RecordsTable").get().back_at == json.loads(ses.sent())["mail"]["timestamp"]


def test_a_second_mail_of_a_send_is_told_once(aws, caplog):
    assert hear(ses.sent(), *[ses.sent(messageId="another")] * 2) == []

    assert (aws.row().ses_message_id, aws.row().second_message_id) == (ses.MESSAGE_ID, "another")
    assert [record.send_id for record in caplog.records if record.message == "mailed twice"] == [ses.SEND_ID]


def test_what_is_not_understood_goes_back_alone(aws, caplog):
    unknown = ses.sent(tags={"send_id": ["5f0c2d1e-0000-5d6b-9a53-0a3f7d1c9b42"]})
    bodies = ["no JSON", ses.delivered(), ses.event("Open", "open", {}), ses.sent(tags=None), unknown]

    assert hear(*bodies) == ["q-0", "q-2", "q-3", "q-4"]
    assert aws.row().state == "delivered"
    reasons = [record.reason for record in caplog.records if record.message == "not heard"]
    assert reasons[1:] == ["an event of type Open", "no tag says which send it is", "there is no such send"]
    assert not any("xample.com" in str(vars(record)) for record in caplog.records)


class Refusing:
    def __init__(self, problem):
        self.problem = problem

    def send(self, messages):
        raise self.problem

    delivered = send


@pytest.mark.parametrize(("problem", "back"), [(NotTaken([1]), ["q-1"]), (clients.Unavailable("down"), ["q-0", "q-1"])])
def test_what_the_queue_does_not_take_goes_back_though_the_rows_are_written(aws, monkeypatch, problem, back):
    with monkeypatch.context() as patch:
        patch.setattr(app, "queue", lambda: Refusing(problem))
        assert hear(ses.sent(), ses.delivered()) == back
    assert aws.row().state == "delivered"

    assert hear(ses.sent(), ses.delivered()) == []
    assert names(aws) == ["Email Delivered", "Email Sent"]


def test_a_row_that_changes_under_our_hands_is_read_again(aws, monkeypatch):
    """The sender records its answer between our look and our write."""
    apply, once = app.listener()._sends.apply, iter([RECORDED])

    def overtaken(change):
        if next(once, None):
            hear(ses.sent())
        return apply(change)

    monkeypatch.setattr(app.listener()._sends, "apply", overtaken)

    assert hear(ses.delivered()) == []
    assert aws.row().state == "delivered"


REPORTS = [ses.sent(), ses.bounced(), ses.complained(), ses.bounced(subtype="UnsubscribedRecipient", feedback="b-9")]


def outcome(aws):
    return aws.row(), aws.contact(), aws.day(), sorted(aws.told(), key=lambda fact: fact.key)


def test_whichever_call_the_process_dies_at_the_same_comes_of_it_in_the_end(aws):
    hear(*REPORTS)
    halves, expected = aws.halves, outcome(aws)
    assert halves > 20

    for at in range(halves):
        aws.reset()
        aws.die_at = at
        with pytest.raises(Died):
            hear(*REPORTS)
        aws.die_at = None
        assert hear(*reversed(REPORTS)) == []
        assert outcome(aws) == expected, f"half call {at}"


@pytest.mark.parametrize(("case", "state"), [("delivered", "delivered"), ("bounced", "hard_bounced")])
def test_the_sample_events_are_heard(aws, case, state):
    sample = json.loads((EVENTS / f"mail_feedback.{case}.json").read_text())

    assert app.handler(sample, CONTEXT) == {"batchItemFailures": []}
    assert aws.row().state == state
