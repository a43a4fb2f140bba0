"""A receipt over the API: written down before it is queued, once for each key, and what became of it."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from moto import mock_aws

from shopkeeper.api import once
from shopkeeper.api.cursors import cursor_for
from shopkeeper.aws.clients import Unavailable
from shopkeeper.aws.records import Answers
from shopkeeper.customer import rows
from shopkeeper.customer.document import Customer, Document, store
from shopkeeper.mail import ledger, moves, unsent
from tests.api_world import World, ask, cursor, handle, refusal
from tests.http_events import request

RECEIPT = {"subject": "Order {{ message.order }}", "html": "<p>{{ message.total }}</p>", "class": "transactional"}
WANTED = {"template": "receipt", "to": "jo", "brand": "shop", "facts": {"order": "o-7", "total": "12.00"}}


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setenv("DUE_SHARDS", "1")
    with mock_aws():
        world = World(monkeypatch)
        world.define()
        world.put("/v1/templates/receipt", RECEIPT)
        world.adapters["customers"].save(store(Customer("jo", 1, Document())))
        yield world


def send(key="order-7", **changes):
    named = {"idempotency_key": key} if key else {}
    return ask("POST", "/v1/messages", WANTED | changes, **named)


def queued(world):
    found = world.sqs.receive_message(QueueUrl=world.outgoing, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(each["Body"])["send_ids"] for each in found]


def row(world, send_id):
    return world.adapters["sends"].load(send_id)


def test_a_message_is_written_down_and_queued_and_shown(world):
    status, said, headers = send()

    assert (status, headers["location"]) == (202, f"/v1/messages/{said['id']}")
    assert queued(world) == [[said["id"]]]
    written = row(world, said["id"])
    assert (written.activity, written.template, written.brand) == ("message:receipt", "receipt#1", "shop#1")
    assert (written.customer_id, written.mail_class, written.topic) == ("jo", "transactional", "")
    assert world.adapters["messages"].facts(written.occurrence) == WANTED["facts"]
    assert ask("GET", headers["location"], group="agent")[1] == said
    assert (said["state"], said["outcome"], said["waits_until"]) == ("ready", "pending", None)


def test_what_it_says_does_not_stand_in_its_row_and_is_erased_after_thirty_days(world):
    _, said, _ = send(expires_after=1)
    written = row(world, said["id"])
    record = world.dynamodb.get_item(TableName="RecordsTable", Key={"record": {"S": f"message#{written.occurrence}"}})

    assert "o-7" not in str(written)
    planned_at = ledger.clock.from_text(written.planned_at)
    assert int(record["Item"]["expires_at"]["N"]) == int((planned_at + timedelta(days=30)).timestamp())
    assert ledger.clock.from_text(written.expires_at) == planned_at + timedelta(hours=1)


def test_the_same_key_again_gives_the_same_answer_and_queues_nothing(world):
    first = send()
    queued(world)
    world.put("/v1/templates/receipt", RECEIPT | {"subject": "Another {{ message.order }}"})

    assert send()[:2] == first[:2]
    assert queued(world) == []


def test_the_same_key_days_later_and_after_a_crash_finds_the_first_message(world, monkeypatch):
    _, first, _ = send()
    queued(world)
    monkeypatch.setattr(Answers, "claim", lambda self, request, asked, now: SimpleNamespace(body=asked, answer=""))
    world.put("/v1/templates/receipt", RECEIPT | {"subject": "Another {{ message.order }}"})

    _, again, _ = send()

    assert (again["id"], again["template"]) == (first["id"], "receipt#1")
    assert queued(world) == [[first["id"]]]  # Once too often does no harm.
    assert refusal(send(facts={"order": "o-8"})) == (422, [once.HEADER.name])


def test_one_that_was_not_written_down_before_its_writer_died_is_by_the_next(world, monkeypatch):
    sends = world.adapters["sends"]

    def down(row):
        raise Unavailable("down")

    with monkeypatch.context() as patch:
        patch.setattr(sends, "plan", down)
        assert send()[0] == 503
    assert queued(world) == []

    status, said, _ = send()

    assert (status, row(world, said["id"]).state) == (202, "ready")
    assert queued(world) == [[said["id"]]]


def test_a_key_is_one_of_the_whole_business_whoever_sends_it(world):
    said = [ask("POST", "/v1/messages", WANTED, sub=sub, idempotency_key="order-7")[1] for sub in ("u-1", "u-2")]

    assert said[0]["id"] == said[1]["id"]


def test_another_message_under_the_same_key_is_refused(world):
    send()

    assert refusal(send(facts={"order": "o-8"})) == (422, [once.HEADER.name])


def test_one_that_cannot_be_queued_is_taken_all_the_same_as_the_clock_looks_after_it(world, monkeypatch):
    def down(bodies):
        raise Unavailable("down")

    monkeypatch.setattr(world.adapters["outgoing"], "send", down)
    status, said, _ = send()

    assert (status, bool(row(world, said["id"]).due_at)) == (202, True)


def test_why_a_message_waits_is_shown(world):
    _, said, _ = send()
    written = row(world, said["id"])
    until = ledger.clock.from_text(written.planned_at) + timedelta(minutes=5)
    world.adapters["sends"].apply(moves.defer(written, until, 1, {"mail": "paused"}))

    shown = ask("GET", f"/v1/messages/{said['id']}")[1]
    assert (shown["waits_until"], shown["evidence"]) == (ledger.clock.to_text(until), {"mail": "paused"})


@pytest.mark.parametrize(
    ("key", "changes", "field"),
    [
        ("", {}, "Idempotency-Key"),
        ("k", {"template": "news"}, "template"),
        ("k", {"template": "nothing"}, "template"),
        ("k", {"brand": "nothing"}, "brand"),
        ("k", {"to": "user:nobody"}, "to"),
        ("k", {"facts": {"order": "x" * 8200}}, "facts"),
        ("k", {"facts": {"a b": 1}}, "facts.a b"),
        ("k", {"expires_after": 169}, "expires_after"),
        ("k", {"topic": "news"}, "topic"),
    ],
)
def test_what_cannot_be_sent_is_refused_by_field_and_nothing_is_written(world, key, changes, field):
    status, fields = refusal(send(key, **changes))

    assert (status, [each.removesuffix(".[key]") for each in fields]) == (400, [field])
    assert queued(world) == []
    assert world.dynamodb.scan(TableName="SendsTable")["Count"] == 0


def test_what_is_no_message_is_not_shown_as_one(world):
    other = ledger.planned(
        customer_id="jo",
        activity="campaign:news",
        step="letter",
        occurrence="news-1",
        planned_at=ledger.clock.from_text("2026-03-01T12:00:00.000Z"),
    )
    world.adapters["sends"].plan(other)

    assert ask("GET", f"/v1/messages/{other.send_id}")[0] == 404
    assert ask("GET", "/v1/messages/nothing")[0] == 404


def test_viewers_and_agents_send_none_and_viewers_see_none(world):
    _, said, _ = send()

    assert ask("POST", "/v1/messages", WANTED, group="agent", idempotency_key="k")[0] == 403
    assert ask("GET", f"/v1/messages/{said['id']}", group="viewer")[0] == 403


def key(world, **said):
    return world.post("/v1/keys", {"kind": "secret", "name": "shop"} | said, group="admin")[1]


def by_key(text, path="/v1/server/messages", method="POST"):
    event = request(method, path, WANTED, authorization=f"Bearer {text}", idempotency_key="order-7")
    del event["requestContext"]["authorizer"]
    return handle(event)


def test_a_server_sends_with_a_secret_key_that_may_and_with_it_nothing_else_is_done(world):
    may = key(world, messages=True)
    status, said, _ = by_key(may["key"])

    assert (status, queued(world)) == (202, [[said["id"]]])
    assert send()[1]["id"] == said["id"], "the key of the request is one of the whole business"
    for path, method in ((f"/v1/messages/{said['id']}", "GET"), ("/v1/messages", "POST"), ("/v1/mail/state", "PUT")):
        assert by_key(may["key"], path, method)[0] == 401
    assert by_key(key(world)["key"])[0] == 403
    assert by_key(world.post("/v1/keys", {"kind": "publishable", "name": "page"}, group="admin")[1]["key"])[0] == 403
    assert by_key("sk_test_nothing")[0] == 401
    world.adapters["keys"].revoke(may["id"])
    assert by_key(may["key"])[0] == 401


def test_messages_of_a_template_are_listed_newest_first(world):
    sent = [send(f"order-{number}")[1]["id"] for number in range(3)]

    page = world.get("/v1/messages", query="template=receipt&limit=2", group="agent")[1]
    rest = world.get("/v1/messages", query=f"template=receipt&limit=2&{cursor(page)}")[1]

    assert ([each["id"] for each in page["items"] + rest["items"]], rest["next"]) == (sent[::-1], None)
    for query, status in (
        ("", 400),
        ("template=receipt&to=jo", 400),
        ("template=nothing", 404),
        ("to=user:nobody", 404),
        ("template=receipt&cursor=x", 400),
        (f"template=receipt&cursor={cursor_for(['x', 'y'])}", 400),
    ):
        assert world.get("/v1/messages", query=query)[0] == status
    assert world.get("/v1/messages", query="template=receipt", group="viewer")[0] == 403


def test_messages_to_a_customer_are_listed_as_it_is_told_of_them(world):
    sends, told = world.adapters["sends"], []
    for number in range(3):
        written = row(world, send(f"order-{number}")[1]["id"])
        at = ledger.clock.from_text(written.planned_at) + timedelta(minutes=number)
        told += unsent.facts(sends.apply(moves.give_up(written, "other:expired", at)))
    of_campaign = {"activity": "campaign:news", "step": "letter", "occurrence": "news-1"}
    letter = ledger.planned(customer_id="jo", planned_at=at, **of_campaign)
    sends.plan(letter)
    told += unsent.facts(sends.apply(moves.give_up(letter, "other:expired", at)))
    world.adapters["interactions"].put([rows.row_of(each) for each in told])

    page = world.get("/v1/messages", query="to=jo&limit=2")[1]
    rest = world.get("/v1/messages", query=f"to=jo&limit=2&{cursor(page)}")[1]

    ids = [each.properties["send_id"] for each in told[:3]]
    assert ([each["id"] for each in page["items"] + rest["items"]], rest["next"]) == (ids[::-1], None)
    assert page["items"][0]["reason"] == "other:expired"
