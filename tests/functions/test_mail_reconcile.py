"""What is asked of SES each minute, on moto; a canary goes while somebody wants one, and only then."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from moto import mock_aws

from functions.mail_reconcile import app
from shopkeeper.aws import mail_hours, ses
from shopkeeper.aws.canaries import Canaries
from shopkeeper.aws.mail_hours import MailHours
from shopkeeper.aws.mail_states import MailStates
from shopkeeper.aws.ses import Ses
from shopkeeper.clock import Clock
from shopkeeper.mail import canaries, health
from shopkeeper.mail.account import Account
from shopkeeper.mail.answers import Answer
from shopkeeper.mail.health import Day
from shopkeeper.mail.reconciling import Reconciler
from tests import tables
from tests.http_events import CONTEXT

EVENT = json.loads((Path(__file__).parents[2] / "events/mail_reconcile.minute.json").read_text())
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HEALTHY = Account(
    read_at="2026-03-01T12:00:00.000Z",
    most_a_day=50_000.0,
    most_a_second=14.0,
    sent=7.0,
    sandbox=False,
    sending=True,
    enforcement="HEALTHY",
)
ANSWER = {
    "SendQuota": {"Max24HourSend": 50_000.0, "MaxSendRate": 14.0, "SentLast24Hours": 7.0},
    "ProductionAccessEnabled": True,
    "SendingEnabled": True,
    "EnforcementStatus": "HEALTHY",
}


class World:
    def __init__(self, monkeypatch):
        self.now, self.mails = NOON, []
        dynamodb, now = tables.create("RecordsTable"), Clock(lambda: self.now.timestamp())
        self.states = MailStates(dynamodb, "RecordsTable", now)
        self.canaries, self.hours = Canaries(dynamodb, "RecordsTable"), MailHours(dynamodb, "RecordsTable")
        monkeypatch.setattr(ses, "_client", lambda: SimpleNamespace(get_account=lambda: ANSWER))
        reconciler = Reconciler(self.states, self.hours, self.canaries, self, self, ses.account, now)
        monkeypatch.setattr(app, "reconciler", lambda: reconciler)

    def version(self, kind, name, number):
        return {"sender": {"email": f"{name}-{number}@shop.example"}} if name == "shop" else None

    def send(self, mail):
        self.mails.append(mail)
        return Answer(message_id="ses-1")

    def run(self):
        app.handler(EVENT, CONTEXT)
        return self.mails


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        yield World(monkeypatch)


def test_what_ses_says_of_the_account_is_kept(world):
    assert world.run() == []

    assert world.states.read().account == HEALTHY


def hour(number, delivered, complained):
    return f"2026-03-01T{number:02}", delivered, [f"s-{number}-{each}" for each in range(complained)]


def happen(world, *hours):
    for name, delivered, complained in hours:
        world.hours.delivered({name: delivered})
        for send_id in complained * 2:
            world.hours.complained(name, send_id)


def told(world, caplog):
    caplog.clear()
    world.run()
    return [record.message for record in caplog.records if record.levelname == "ERROR"]


def test_complaints_of_the_day_are_told_and_pause_marketing_until_somebody_has_seen_them(world, caplog):
    happen(world, hour(8, 600, 1), hour(12, 400, 0), hour(10, 0, 1))
    assert told(world, caplog) == ["many complaints"]
    assert world.states.read().standstill(world.now) == ""

    happen(world, hour(9, 0, 1))
    assert told(world, caplog) == ["many complaints", "marketing paused"]
    state = world.states.read()
    assert state.complaints == state.paused_over == Day(counted_at=HEALTHY.read_at, delivered=1000, complained=3)
    assert state.standstill(world.now) == "complaints"

    world.now += timedelta(hours=23)
    assert told(world, caplog) == ["marketing paused"], "the hours of the complaints are over, the pause is not"
    assert world.states.read().paused_over == state.paused_over

    world.states.say({"paused_over": None, "counted_from": health.next_hour(world.now)}, "u-1", world.now)
    happen(world, ("2026-03-02T11", 1000, ["a", "b", "c"]), ("2026-03-02T12", 1001, ["d", "e", "f"]))
    assert told(world, caplog) == []
    world.now += timedelta(hours=1)
    assert told(world, caplog) == ["many complaints"]
    assert world.states.read().complaints.delivered == 1001


def test_a_count_from_before_somebody_has_seen_the_complaints_pauses_nothing(world):
    day = Day(counted_at=HEALTHY.read_at, delivered=1000, complained=3)
    for counted_from, then in (
        ("", "2026-03-01T13:00:00.000Z"),
        ("2026-03-01T13:00:00.000Z", "2026-03-01T14:00:00.000Z"),
    ):
        assert world.states.pause(day, counted_from).paused_over == day
        world.states.say({"paused_over": None, "counted_from": then}, "u-1", NOON)
        assert world.states.pause(day, counted_from).paused_over is None


def test_an_item_has_no_room_for_more_complaints_than_pause_in_any_case(world, monkeypatch):
    monkeypatch.setattr(mail_hours, "MOST_NAMED", 2)
    happen(world, hour(12, 0, 4))

    assert world.hours.sum(["2026-03-01T12"]) == (0, 2)


def test_a_canary_goes_to_the_simulator_while_one_is_wanted(world):
    world.canaries.want(NOON + timedelta(minutes=1), "shop#2")

    (mail,) = world.run()
    assert (mail.sender, mail.recipient, mail.send_id) == ("shop-2@shop.example", canaries.TO, "")
    assert b"To: success@simulator.amazonses.com\r\n" in mail.raw
    sent = []
    Ses(SimpleNamespace(send_email=lambda **said: sent.append(said) or {"MessageId": "m"}), "mail").send(mail)
    assert (sent[0]["EmailTags"], sent[0]["ConfigurationSetName"]) == (
        [{"Name": "canary", "Value": str(int(NOON.timestamp()))}],
        "mail",
    )

    world.now += timedelta(minutes=1)
    assert len(world.run()) == 1


def test_none_goes_while_all_mail_is_stopped_or_without_a_sender(world):
    world.canaries.want(NOON + timedelta(minutes=1), "gone#2")
    assert world.run() == []

    world.canaries.want(NOON + timedelta(minutes=2), "shop#2")
    world.states.say({"stopped": True}, "u-1", NOON)
    assert world.run() == []


def test_the_newest_canary_counts_and_whoever_wants_one_for_longest():
    with mock_aws():
        store = Canaries(tables.create("RecordsTable"), "RecordsTable")
        for minutes in (2, 1):
            store.came_back(f"2026-03-01T12:0{minutes}:00.000Z")
            store.want(NOON + timedelta(minutes=minutes), f"shop#{minutes}")

        assert store.get() == canaries.Canary(
            wanted_until="2026-03-01T12:02:00.000Z", brand="shop#2", back_at="2026-03-01T12:02:00.000Z"
        )
