"""Each function may make the AWS calls it makes, and no others.

What it makes is watched while the whole bundle runs locally; what it may make is read from its policy in the template.
"""

import json
import re
from datetime import UTC, timedelta
from fnmatch import fnmatchcase
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from local import tale
from local.faults import FAULTS
from local.stack import Stack
from local.teller import Teller
from shopkeeper import clock, ids, tokens
from shopkeeper.aws.editions import Editions
from shopkeeper.aws.sends import Sends
from shopkeeper.aws.tasks import Tasks
from shopkeeper.connect import retries, tasks
from shopkeeper.customer import interaction
from shopkeeper.customer.collect.trust import user_hash
from shopkeeper.journey import effects
from shopkeeper.journey.graph import Goal
from shopkeeper.journey.hearing import Trigger
from shopkeeper.journey.rows import RunKey
from shopkeeper.journey.untils import Span
from shopkeeper.mail import moves
from shopkeeper.mail.ledger import planned
from shopkeeper.segment import rule
from shopkeeper.segment.edition import Edition, Slot, ref
from shopkeeper.tokens import Kind
from tests import interactions, planted_journey, planted_letter, readme_story, ses_reports, spring
from tests.interactions import about_order, ordered, retracted

EVENTS = Path(__file__).parents[2] / "events"

# IAM names the permission, not the call. Others are named alike.
PERMISSIONS = {
    "sqs:SendMessageBatch": ["sqs:SendMessage"],
    "s3:HeadObject": ["s3:GetObject"],
    "sesv2:GetAccount": ["ses:GetAccount"],
    "sesv2:SendEmail": ["ses:SendEmail", "ses:SendRawEmail"],  # A raw mail is asked for under both names.
}

# What a call is about though its request does not say so: the address stands in the mail, a query knows its workgroup.
UNSAID = {"sesv2": ("identity/shop.example",), "athena": ("workgroup/${SourceWorkgroup}",)}

# What Athena does in the name of whoever asks.
BY_ATHENA = {
    "catalog": ("glue", ["GetDatabase", "GetTable", "GetTables", "GetPartition", "GetPartitions", "BatchGetPartition"]),
    "SourceResults": ("s3", ["GetBucketLocation", "ListBucket", "ListBucketMultipartUploads"]),
    "SourceResults/shopkeeper/*": ("s3", ["PutObject", "AbortMultipartUpload", "ListMultipartUploadParts"]),
}
BY_ATHENA |= dict.fromkeys(("database/${SourceDatabase}", "table/${SourceDatabase}/*"), BY_ATHENA["catalog"])

# What the run below does not come to, each with the moment at which it is needed.
ALSO_NEEDED = {
    ("CampaignSettleFunction", "dynamodb:GetItem", "DefinitionsTable"): "a launch whose links carry UTM parameters",
    ("ApiChangeFunction", "s3:PutObject", "FilesBucket/uploads/*"): "it signs the upload address for others",
    ("ApiReadFunction", "s3:GetObject", "FilesBucket/errors/*"): "it signs the address of the error file for others",
    (
        "ApiReadFunction",
        "s3:GetObject",
        "FilesBucket/exports/*",
    ): "it signs the address of a file of members for others",
    ("ClockDrainFunction", "s3:ListMultipartUploadParts", "FilesBucket/exports/*"): "an export of several parts",
    (
        "CampaignBatchFunction",
        "dynamodb:PutItem",
        "RecordsTable",
    ): "it is still at work after half an hour, and says so",
    ("CampaignPlanFunction", "dynamodb:PutItem", "RecordsTable"): "it is still at work after half an hour, and says so",
    (
        "CampaignSettleFunction",
        "dynamodb:UpdateItem",
        "SendsTable",
    ): "sends that are still to go when their launch is called off",
    ("ApiChangeFunction", "dynamodb:BatchGetItem", "SendsTable"): "the key of a message comes again, days later",
    ("ClockDrainFunction", "sqs:SendMessage", "OutgoingTransactionalQueue"): "a receipt whose message got lost",
    **{
        ("MailSendFunction", f"dynamodb:{verb}", "InteractionsTable"): "a letter has an offer"
        for verb in ("DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem")
    },
    ("JourneyDecideFunction", "dynamodb:Query", "InteractionsTable"): "a letter of a journey has an offer",
    ("CustomerAnnounceFunction", "dynamodb:PutItem", "DefinitionsTable"): "a node of a journey breaks",
    **{
        ("CustomerAnnounceFunction", f"dynamodb:{verb}", "InteractionsTable"): "an order has a coupon"
        for verb in ("GetItem", "UpdateItem")
    },
    **{
        ("ApiChangeFunction", f"dynamodb:{verb}", "InteractionsTable"): "an offer has codes"
        for verb in ("GetItem", "PutItem", "UpdateItem")
    },
    **{
        ("CustomerAnnounceFunction", "dynamodb:DeleteItem", f"{table}Table"): "a customer is erased"
        for table in ("Runs", "Records")
    },
    ("MailSendFunction", "dynamodb:GetItem", "RunsTable"): "the run of a letter was taken along by who was merged",
    ("MailSendFunction", "ses:GetAccount", "*"): "a mail goes before SES was asked for the first time",
    ("MailReconcileFunction", "dynamodb:GetItem", "DefinitionsTable"): "a canary goes in the name of a brand",
    **{("MailReconcileFunction", f"ses:Send{what}Email", "identity/*"): "a send is in doubt" for what in ("", "Raw")},
    **{
        (
            "MailReconcileFunction",
            f"ses:Send{what}Email",
            "MailConfiguration",
        ): "a send is in doubt"
        for what in ("", "Raw")
    },
    ("MailSendFunction", "dynamodb:UpdateItem", "RecordsTable"): "SES refuses mail for what lies with us",
    ("ClockDrainFunction", "dynamodb:PutItem", "InteractionsTable"): "a retraction whose row is still owed",
    (
        "ClockDrainFunction",
        "dynamodb:UpdateItem",
        "DefinitionsTable",
    ): "a measure that a segment waits for was given up meanwhile",
    ("SegmentScanFunction", "dynamodb:PutItem", "InteractionsTable"): "an interrupted write owes the row of an order",
    ("ApiChangeFunction", "states:StartExecution", "JourneyLegStateMachine"): "a run waits for what came of a task",
    ("ApiReadFunction", "dynamodb:GetItem", "SendsTable"): "a mail is put off of somebody who was merged",
    ("JourneySettleFunction", "dynamodb:GetItem", "RunsTable"): "a channel has not taken what a leg hands over",
    ("JourneySettleFunction", "dynamodb:PutItem", "RunsTable"): "a channel has not taken what a leg hands over",
    ("JourneyDecideFunction", "dynamodb:UpdateItem", "SendsTable"): "somebody leaves whose mail has not gone yet",
    ("ClockDrainFunction", "sqs:SendMessage", "DrainQueue"): "more is due than one run has time for",
    (
        "ConsentUnsubscribeFunction",
        "sqs:SendMessage",
        "UnsubscribesQueue",
    ): "a wish to leave that cannot be written at that moment",
    (
        "CustomerAnnounceFunction",
        "sqs:SendMessage",
        "UntoldQueue",
    ): "Lambda puts there in its name what it cannot start",
    ("IngestImportFunction", "sqs:SendMessage", "ImportsQueue"): "a file too long for one run goes on by a message",
    ("IngestImportFunction", "s3:GetObject", "FilesBucket/errors/*"): "a run goes on with the errors of the one before",
    (
        "IngestImportFunction",
        "s3:ListMultipartUploadParts",
        "FilesBucket/errors/*",
    ): "a long error file is put together",
    **{
        ("IngestImportFunction", f"s3:{verb}", "FilesBucket/notes/*"): "a run leaves its notes to the next one"
        for verb in ("GetObject", "PutObject", "AbortMultipartUpload")
    },
    ("ApiChangeFunction", "s3:ListBucket", "FilesBucket"): "without it S3 answers 403 for an upload that is not there",
    **{
        ("IngestSourceFunction", f"{service}:{verb}", part): "Athena does it in our name"
        for part, (service, verbs) in BY_ATHENA.items()
        for verb in verbs
    },
    ("IngestSourceFunction", "sqs:SendMessage", "SourcesQueue"): "a result too long for one run goes on by a message",
    ("IngestSourceFunction", "s3:ListBucket", "FilesBucket"): "without it S3 answers 403 for what is gone",
    ("IngestSourceFunction", "s3:AbortMultipartUpload", "FilesBucket/sources/*"): "a large file that fails half-way",
    (
        "IngestSourceFunction",
        "s3:AbortMultipartUpload",
        "FilesBucket/notes/source:*",
    ): "a large file that fails half-way",
    ("IngestSourceFunction", "s3:GetObject", "FilesBucket/errors/source:*"): "a run goes on with the errors so far",
    (
        "IngestSourceFunction",
        "s3:ListMultipartUploadParts",
        "FilesBucket/errors/source:*",
    ): "a long error file is put together",
    ("IngestImportFunction", "s3:ListBucket", "FilesBucket"): "without it S3 answers 403 for an upload that is gone",
}


def patterns(resource):
    """What an ARN of a policy covers, by logical id: `FilesBucket/uploads/*`, `InteractionsTable/index/by_at`."""
    if resource == "*":
        return {"*"}
    if isinstance(resource, list):
        return {pattern for each in resource for pattern in patterns(each)}
    if "Fn::Sub" in resource:
        part = re.sub(r"^arn:.*:(?:configuration-set/)?", "", resource["Fn::Sub"])
        return {re.sub(r"^\$\{(\w+)[^}]*\}", r"\1", part)}
    (named,) = resource.values()
    return {named.partition(".")[0] if isinstance(named, str) else named[0]}


def statements(function):
    """Also of what is granted on a condition; not of policies that others bring."""
    for policy in function["Properties"].get("Policies", []):
        given = policy["Fn::If"][1] if "Fn::If" in policy else policy
        yield from given.get("Statement", ())


def granted(functions):
    return {
        (name, action, pattern)
        for name, function in functions.items()
        for statement in statements(function)
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
        for pattern in patterns(statement["Resource"])
    }


def uses(call):
    service, operation = call.name.split(".")
    action = f"{service}:{operation}"
    if call.writes:
        yield from ((call.function, f"{service}:{verb}", table) for verb, table in call.writes)
        return
    for resource in call.resources + UNSAID.get(service, ()):
        plain = re.sub(r"^(KeyRing)-\w+$|^arn:.*:secret:(\w+)-\w+$", r"\1\2", resource)
        plain = re.sub(r"^.*filesbucket-\d+", "FilesBucket", plain)
        plain = re.sub(r"^.*source-results", "SourceResults", plain)
        yield from ((call.function, permission, plain) for permission in PERMISSIONS.get(action, [action]))


def covers(grant, use):
    return grant[:2] == use[:2] and fnmatchcase(use[2], grant[2])


def without_grant(used, grants):
    return {use for use in used if not any(covers(grant, use) for grant in grants)}


def without_use(used, grants):
    return {grant for grant in grants if not any(covers(grant, use) for use in used)}


def confirm(stack, as_admin):
    """An order, by a message to its customer."""
    letter = {"subject": "Order {{ message.order }}", "html": "<p>Thank you</p>", "class": "transactional"}
    assert (
        stack.request("PUT", "/v1/templates/confirmation", headers=as_admin, json=letter).status == HTTPStatus.CREATED
    )
    wanted = {"template": "confirmation", "to": f"user:{tale.REGULAR}", "brand": "shop", "facts": {"order": "o-7"}}
    headers = as_admin | {"idempotency-key": "order-o-7"}
    sent = stack.request("POST", "/v1/messages", headers=headers, json=wanted)
    assert sent.status == HTTPStatus.ACCEPTED, sent.text
    stack.settle()
    assert stack.request("GET", f"/v1/messages/{sent.json()['id']}", headers=as_admin).status == HTTPStatus.OK


def go_along(stack, as_admin):
    """A journey with somebody inside."""
    path, customer = "/v1/journeys/along", f"user:{tale.REGULAR}"
    today = clock.day(stack.clock.now())
    nodes = {"mark": {"trait": {"along_on": today}, "next": "wait"}, "wait": {"wait": {"for": "P1D"}, "next": "exit"}}
    entries = [{"on": "api"}, {"on": "business_event", "business_event": "Restocked"}]
    entries.append({"on": "date", "trait": "along_on", "time": "00:00"})
    entries.append({"on": "recurrence", "frequency": "daily", "at": "00:00"})
    said = {"entry": entries, "first": "mark", "nodes": nodes}
    assert stack.request("PUT", path, headers=as_admin, json=said).status == HTTPStatus.CREATED
    assert stack.request("POST", f"{path}/publish", headers=as_admin, json={}).status == HTTPStatus.OK
    told = stack.request("POST", "/v1/business-events", headers=as_admin, json={"name": "Restocked"})
    assert told.json()["journeys"] == ["along"], told.text
    stack.clock.advance(timedelta(seconds=3))  # How journeys stand is remembered for two seconds.
    asked = stack.request("POST", f"{path}/runs", headers=as_admin, json={"customer": customer})
    assert asked.status == HTTPStatus.ACCEPTED, asked.text
    stack.settle()
    assert stack.request("GET", f"{path}/runs/{customer}", headers=as_admin).json()["items"]
    assert stack.request("POST", f"{path}/counts", headers=as_admin, json={}).status == HTTPStatus.ACCEPTED
    assert stack.request("GET", f"{path}/runs", headers=as_admin).json()["items"]
    assert stack.request("GET", f"{path}/explain/{customer}", headers=as_admin).json()["is_inside"]
    assert (
        stack.request("POST", f"{path}/runs/{customer}/exit", headers=as_admin, json={}).status == HTTPStatus.ACCEPTED
    )
    for verb in ("pause", "resume"):
        assert stack.request("POST", f"{path}/{verb}", headers=as_admin, json={}).status == HTTPStatus.OK
    stack.settle()


def order_behind_a_letter(stack):
    """Whoever got one orders, an hour later."""
    stack.clock.advance(timedelta(hours=1))
    now = clock.to_text(stack.clock.now())
    said = ordered(f"user:{tale.REGULAR}", "behind", "behind-1", 5, at=now, received_at=now)
    queue = stack.client("sqs").get_queue_url(QueueName="InteractionsQueue")["QueueUrl"]
    stack.client("sqs").send_message(QueueUrl=queue, MessageBody=interaction.encode(said).decode())
    stack.settle()


def be_due(stack, as_admin):
    """A launch that is scheduled, and a send that was put off."""
    spring.define(stack, as_admin, schedule={"at": clock.to_text(stack.clock.now() + timedelta(hours=1))})
    launch = spring.launch(stack, as_admin)
    spring.watch(stack, as_admin)
    sends, now = Sends(stack.client("dynamodb"), "SendsTable"), stack.clock.now()
    send = planned(
        customer_id="late", activity="campaign:spring", step="letter", occurrence=launch["id"], planned_at=now
    )
    sends.plan(send)
    sends.apply(moves.defer(send, now, 1))
    stack.clock.advance(timedelta(minutes=1))
    stack.settle()


def travel(stack):
    """Somebody enters a journey, which writes to them, hears of them, waits until the clock comes, and lets them go."""
    bought = Goal(triggers=(Trigger(event="Order Completed"),), within=Span(days=30))
    planted_journey.plant(stack, planted_journey.holiday("spring", goal=bought))
    stack.clock.advance(timedelta(seconds=3))
    queue = stack.client("sqs").get_queue_url(QueueName="InteractionsQueue")["QueueUrl"]
    for name in ("Specials Subscribed", "Specials Subscribed", "Order Completed"):
        now = clock.to_text(stack.clock.now())
        told = interactions.said(f"user:{tale.REGULAR}", f"{name} {now}", name=name, at=now, received_at=now)
        stack.client("sqs").send_message(QueueUrl=queue, MessageBody=interaction.encode(told).decode())
        stack.settle()
        stack.clock.advance(timedelta(days=3, minutes=1))
        stack.settle()


def hand_over(stack, as_admin):
    """A server takes an audience and is gone at the next call; a slot is kept; and one goes to nobody at all."""
    hook = {"standard_webhooks": {"url": "https://crm.example/in"}}
    assert stack.request("PUT", "/v1/connectors/crm", headers=as_admin, json=hook).status == HTTPStatus.CREATED
    made = stack.request("POST", "/v1/connectors/crm/secret", headers=as_admin)
    assert made.json()["secret"].startswith("whsec_")
    told = {"customer_id": "somebody", "journey": "spring", "name": "spring#"}
    parts = {"run": "r", "node": "n", "visit": 1}
    stack.request("POST", "/_local/calls", json={"host": "crm.example", "respond": [204, 410]})
    for effect in (
        {"do": "audience", "name": "crm:cart"},
        {"do": "slot", "name": "mat"},
        {"do": "task", "queue": "service"},
        {"do": "webhook", "connector": "crm", "event": "left"},
        {"do": "webhook", "connector": "nobody", "event": "left"},
    ):
        body = json.dumps(told | {"key": f"r/1/n/{effect['do']}", "effect": effect | parts})
        stack.client("sqs").send_message(QueueUrl=stack.queue_url("ConnectorsQueue"), MessageBody=body)
        stack.settle()
    calls = stack.request("GET", "/_local/calls").json()["items"]
    assert [each["body"]["type"] for each in calls] == ["left", "audience.on"]
    assert stack.request("GET", "/v1/connectors/crm", headers=as_admin).json()["state"]["off"]
    for _ in range(retries.MOST_TRIES):
        stack.clock.advance(timedelta(seconds=retries.IN_VAIN_S, milliseconds=1))
        stack.settle()
    assert stack.state()["queues"]["Connectors"] == {"visible": 0, "hidden": 0, "dead": 2}


def work_tasks(stack, as_admin):
    """Somebody does one; the other is done, but who did it could tell nobody."""
    queue = {"name": "Sales", "outcomes": ["sold"]}
    assert stack.request("PUT", "/v1/queues/counter", headers=as_admin, json=queue).status == HTTPStatus.CREATED
    kept, now = Tasks(stack.client("dynamodb"), "RecordsTable", 1), stack.clock.now()
    for visit in (1, 2):
        effect = effects.Task(run="r", node="call", visit=visit, queue="counter")
        task = tasks.hand(kept, effect, RunKey("somebody", "specials#"), now)
    kept.put(tasks.complete(task, "u-1", "sold", "", now))
    (shown,) = stack.request("GET", "/v1/tasks", headers=as_admin).json()["items"]
    path = f"/v1/tasks/{shown['id']}/complete"
    assert stack.request("POST", path, headers=as_admin, json={"outcome": "sold"}).status == HTTPStatus.OK
    pass_minutes(stack, 2)


def mend(stack, as_admin):
    """Somebody without an address gets one, and a letter goes once more."""
    known = stack.request("GET", f"/v1/customers/user:{tale.REGULAR}", headers=as_admin).json()["customer_id"]
    sends, now = Sends(stack.client("dynamodb"), "SendsTable"), stack.clock.now()
    send = planned(customer_id=known, activity="campaign:spring", step="mended", occurrence="1", planned_at=now)
    sends.plan(send)
    sends.apply(moves.give_up(send, "malformed:no_address", now))
    for what, said in (("correct", {"email": "mended@shop.example"}), ("resubmit", None)):
        told = stack.request("POST", f"/v1/malformed/{send.send_id}/{what}", headers=as_admin, json=said)
        assert told.status == HTTPStatus.ACCEPTED, told.text
        stack.settle()


def live(stack):
    """A day in the shop, by every route that calls AWS."""
    group_customers(stack)
    teller = Teller(stack.base_url)
    told = [(line, stack.settle())[0] for line in tale.tell(teller, stack.clock.now())]
    assert readme_story.shape(told) == readme_story.printed()
    hers = teller.ask("GET", f"/v1/customers/user:{tale.REGULAR}/timeline")["items"]
    assert any("url" in each for each in hers)
    planted_letter.plant(stack, "somebody")
    stack.request("GET", f"/o/{planted_letter.token(stack, Kind.OPEN, 'somebody')}")
    stack.request("GET", f"/c/{planted_letter.token(stack, Kind.CLICK, 'somebody', tokens.PERSONAL)}/0")
    leave = f"/u/{planted_letter.token(stack, Kind.UNSUBSCRIBE, 'somebody')}"
    assert stack.request("GET", leave).status == HTTPStatus.OK
    assert stack.request("POST", leave, body=b"List-Unsubscribe=One-Click").status == HTTPStatus.OK
    for report in (ses_reports.delivered, ses_reports.bounced):
        tags = {"send_id": [str(ids.send_id(planted_letter.ACTIVITY, planted_letter.STEP, "somebody", "1"))]}
        feedback = stack.client("sqs").get_queue_url(QueueName="FeedbackQueue")["QueueUrl"]
        stack.client("sqs").send_message(QueueUrl=feedback, MessageBody=report(tags=tags))
    as_admin = {"authorization": f"Bearer {teller.token}", "idempotency-key": "once"}
    asked = {"kind": "secret", "name": "spare"}
    key = stack.request("POST", "/v1/keys", headers=as_admin, json=asked).json()
    assert stack.request("POST", "/v1/keys", headers=as_admin, json=asked).json()["id"] == key["id"]
    stack.request("DELETE", f"/v1/keys/{key['id']}", headers=as_admin)
    assert stack.request("GET", "/v1/keys", headers=as_admin).status == HTTPStatus.OK
    assert stack.request("GET", "/v1/imports", headers=as_admin).status == HTTPStatus.OK
    mapping = {"who": "user_id", "when": "at"}
    asked = {"id": "bad", "name": "bad rows", "kind": "orders", "mapping": mapping, "without_total": True}
    for _ in range(2):
        import_ = stack.request("POST", "/v1/imports", headers={**as_admin, "idempotency-key": ""}, json=asked).json()
    stack.request("PUT", import_["upload"]["url"], body=b"who,when\n1,never\n2,2026-01-01\n")
    look_at_a_file(stack, {**as_admin, "idempotency-key": ""})
    ask_a_source(stack, {**as_admin, "idempotency-key": ""})
    connect(stack, as_admin)
    change_its_mind(stack)
    be_one(stack, teller, as_admin)
    go_out(stack, as_admin)
    count_more(stack, teller, as_admin)
    suppress(stack, as_admin)
    look_ahead(stack, as_admin | {"idempotency-key": ""})
    publish(stack, as_admin | {"idempotency-key": ""})
    confirm(stack, as_admin)
    go_along(stack, as_admin | {"idempotency-key": ""})
    order_behind_a_letter(stack)
    be_due(stack, as_admin)
    travel(stack)
    hand_over(stack, as_admin | {"idempotency-key": ""})
    mend(stack, as_admin | {"idempotency-key": ""})
    work_tasks(stack, as_admin | {"idempotency-key": ""})
    sleep_over(stack, as_admin)
    damaged = {"customer_id": "damaged", "due_shard": "0", "due_at": clock.to_text(stack.clock.now())}
    stack.client("dynamodb").put_item(
        TableName="CustomersTable", Item={name: {"S": text} for name, text in damaged.items()}
    )
    stack.clock.advance(timedelta(minutes=1))
    stack.settle()


def group_customers(stack):
    """Whoever writes a customer says from now on whether they ordered lately, and the clock when that is long ago."""
    editions = Editions(stack.client("dynamodb"), "DefinitionsTable", UTC, stack.clock)
    window = {"rolling": {"seconds": 600}}
    lately = rule.read({"op": "count", "measure": {"event": "Order Completed"}, "window": window, "cmp": "ge", "n": 1})
    editions.put_rules([lately])
    now = clock.to_text(stack.clock.now())
    slot = Slot(number=1, segment="lately", version=1, rule=ref(lately), phase="ready", since=now)
    editions.replace(Edition(1, 2, (slot,)))


def publish(stack, as_admin):
    """A segment that takes a measure is built, found to be wrong about somebody, and deleted."""
    named = {"event": "Order Completed", "where": [{"prop": "total", "cmp": "exists"}]}
    said = {"rule": {"op": "count", "measure": named, "window": "ever", "cmp": "ge", "n": 1}}
    path = "/v1/segments/priced"
    assert stack.request("PUT", path, headers=as_admin, json=said).status == HTTPStatus.CREATED
    building = stack.request("GET", path, headers=as_admin).json()["state"]["building"]
    assert len(building["waits_for"]) == 1
    pass_minutes(stack, 12)
    state = stack.request("GET", path, headers=as_admin).json()["state"]
    assert (state["phase"], state["size"] > 0) == ("ready", True)
    assert stack.request("GET", "/v1/segments", headers=as_admin).status == HTTPStatus.OK
    forget_where_they_stand(stack)
    assert stack.request("POST", "/v1/recomputes", headers=as_admin, json={}).status == HTTPStatus.ACCEPTED
    pass_minutes(stack, 3)
    newest = stack.request("GET", "/v1/recomputes", headers=as_admin).json()["items"][0]
    assert newest["differences"], newest
    assert stack.request("GET", f"{path}/sizes", headers=as_admin).json()["items"]
    assert stack.request("DELETE", path, headers=as_admin).status == HTTPStatus.NO_CONTENT
    stack.clock.advance(timedelta(days=1))
    stack.settle()
    pass_minutes(stack, 3)
    assert stack.request("GET", "/v1/recomputes", headers=as_admin).json()["items"][0]["why"] == "schedule"


def pass_minutes(stack, count):
    for _ in range(count):
        stack.clock.advance(timedelta(minutes=1))
        stack.settle()


def forget_where_they_stand(stack):
    """Of everybody, as if a writer had made a mistake."""
    dynamodb = stack.client("dynamodb")
    for item in dynamodb.scan(TableName="CustomersTable")["Items"]:
        said = json.loads(item["document"]["S"])
        if "standing" in said and not said.get("merged_into"):
            said["standing"][1] = []
            item |= {"document": {"S": json.dumps(said)}, "version": {"N": str(int(item["version"]["N"]) + 1)}}
            dynamodb.put_item(TableName="CustomersTable", Item=item)


def sleep_over(stack, as_admin):
    """Somebody tells of an account; a night passes, and what was counted in it is looked at."""
    as_admin = as_admin | {"idempotency-key": ""}
    key = stack.request("POST", "/v1/keys", headers=as_admin, json={"kind": "secret", "name": "crm"}).json()["key"]
    group = {"userId": "42", "groupId": "acme", "traits": {"name": "Acme"}, "properties": {"role": "buyer"}}
    bought = {"order_id": "acme-1", "total": 9, "currency": "USD"}
    track = {"userId": "42", "event": "Order Completed", "properties": bought}
    for path, said in (("group", group), ("track", track)):
        assert stack.request("POST", f"/v1/{path}", json=said | {"writeKey": key}).status == HTTPStatus.OK
    stack.settle()
    for while_ in (timedelta(days=1), *[timedelta(minutes=1)] * 2):
        stack.clock.advance(while_)
        stack.settle()
    for path in ("accounts/acme", "accounts/acme/members", "fields", "events"):
        assert stack.request("GET", f"/v1/{path}", headers=as_admin).status == HTTPStatus.OK
    scored = stack.request("GET", "/v1/customers/user:42", headers=as_admin).json()["computed"]
    assert scored["rfm"]["r"] in range(1, 6)


def look_ahead(stack, as_admin):
    """A rule is tried before it is kept."""
    said = {"rule": {"op": "profile_age", "cmp": "lt", "span": {"seconds": 10**9}}}
    looked = stack.request("POST", "/v1/segments/preview", headers=as_admin, json=said).json()
    assert looked["size"]["about"] > 0
    who = {"customer": looked["sample"][0]["customer_id"]}
    assert stack.request("POST", "/v1/segments/explain", headers=as_admin, json=said | who).json()["holds"]


def ask_a_source(stack, as_admin):
    """Twice, so that what was told is known; the second time by the clock."""
    put = {"name": "Leaving", "source": "churn"}
    assert stack.request("PUT", "/v1/lists/leaving", headers=as_admin, json=put).status == HTTPStatus.CREATED
    source = {"name": "Churn", "query": "FROM churn", "key": {"column": "id", "as": "user_id"}, "mode": "membership"}
    source |= {"list": "leaving", "schedule": {"every_hours": 1}}
    assert stack.request("PUT", "/v1/sources/churn", headers=as_admin, json=source).status == HTTPStatus.CREATED
    stack.request("POST", "/_local/athena", json={"query": "FROM churn", "rows": [{"id": "7"}, {"id": None}]})
    assert stack.request("POST", "/v1/sources/churn/run", headers=as_admin, json={}).status == HTTPStatus.ACCEPTED
    for hours in (0, 1):
        stack.clock.advance(timedelta(hours=hours))
        for _ in range(3):
            stack.clock.advance(timedelta(minutes=1))
            stack.settle()
    assert stack.request("GET", "/v1/sources/churn", headers=as_admin).json()["state"]["last"]["number"] == 2


def look_at_a_file(stack, as_admin):
    """And read it on trial."""
    asked = {"id": "looked-at", "name": "looked at", "kind": "orders", "without_total": True, "dry_run": True}
    import_ = stack.request("POST", "/v1/imports", headers=as_admin, json=asked).json()
    stack.request("PUT", import_["upload"]["url"], body=b"customer,order,day\n1,A-1,2026-01-01\n")
    stack.settle()
    for verb in ("preview", "start"):
        told = stack.request("POST", f"/v1/imports/looked-at/{verb}", headers=as_admin, json={})
        assert told.status < HTTPStatus.BAD_REQUEST, told.text


def connect(stack, as_admin):
    """A page whose key is rotated speaks for who is signed in; somebody watches."""
    as_admin = {**as_admin, "idempotency-key": ""}
    page = stack.request("POST", "/v1/keys", headers=as_admin, json={"kind": "publishable", "name": "page"}).json()
    page = stack.request("POST", f"/v1/keys/{page['id']}/rotate", headers=as_admin, json={}).json()
    stack.request("PATCH", f"/v1/keys/{page['id']}", headers=as_admin, json={"name": "the page"})
    asked = stack.request("POST", f"/v1/keys/{page['id']}/identity-secret", headers=as_admin)
    said = {"userId": "1", "user_hash": user_hash(asked.json()["identity_secret"], "1"), "writeKey": page["key"]}
    assert stack.request("POST", "/v1/i", json=said).json()["success"]
    assert stack.request("GET", f"/v1/projects/{page['key']}/settings").status == HTTPStatus.OK
    assert stack.request("GET", "/v1/live", headers=as_admin).status == HTTPStatus.OK


def be_one(stack, teller, as_admin):
    """Two who said different things about one topic turn out to be one person, and to be two after all."""
    for user, word in (("twin-1", "in"), ("twin-2", "out")):
        said = {"userId": user, "event": "Consent Changed", "properties": {"topic": "news", "is": word}}
        teller.send("/v1/track", said, "secret")
    stack.settle()
    asked = {"into": "user:twin-2"}
    merged = stack.request("POST", "/v1/customers/user:twin-1/merge", headers=as_admin, json=asked)
    assert merged.status == HTTPStatus.OK, merged.text
    stack.settle()
    assert stack.request("GET", "/v1/customers/user:twin-1/merges", headers=as_admin).status == HTTPStatus.OK
    asked = {"merge": merged.json()["merge"]}
    undone = stack.request("POST", "/v1/customers/user:twin-2/unmerge", headers=as_admin, json=asked)
    assert undone.status == HTTPStatus.OK, undone.text


def count_more(stack, teller, as_admin):
    """Something new is asked for between two visits of one person."""
    teller.send("/v1/track", {"anonymousId": "early", "event": "Product Viewed"}, "secret")
    stack.settle()
    wanted = {"event": "Product Viewed", "where": [{"prop": "price", "cmp": "ge", "value": 10}]}
    assert stack.request("PUT", "/v1/measures/dear", headers=as_admin, json=wanted).status == HTTPStatus.CREATED
    stack.clock.advance(timedelta(seconds=61))
    teller.send("/v1/track", {"userId": "late", "event": "Product Viewed", "properties": {"price": 20}}, "secret")
    stack.settle()
    teller.send("/v1/identify", {"userId": "late", "anonymousId": "early"}, "secret")
    for minutes in (0, 4, 1, 1):
        stack.clock.advance(timedelta(minutes=minutes))
        stack.settle()
    state = stack.request("GET", "/v1/measures/dear", headers=as_admin).json()["state"]
    assert state["phase"] == "ready", state
    seen = stack.request("GET", "/v1/customers/user:late", headers=as_admin).json()
    assert seen["registered"]["dear"]["count"] == 1


def suppress(stack, as_admin):
    """By hand, and released; and a yes said by somebody with an address."""
    for method, wanted in (("PUT", {"reason": "asked by phone"}), ("GET", None), ("DELETE", None)):
        assert stack.request(method, "/v1/suppressions/jo@example.com", headers=as_admin, json=wanted).status < 300
    asked = {"kind": "secret", "name": "door"}
    key = stack.request("POST", "/v1/keys", headers=as_admin | {"idempotency-key": ""}, json=asked).json()["key"]
    calls = [
        {"type": "identify", "userId": "yes", "traits": {"email": "yes@example.com"}},
        {"type": "track", "userId": "yes", "event": "Consent Changed", "properties": {"topic": "news", "is": "in"}},
    ]
    assert stack.request("POST", "/v1/batch", json={"batch": calls, "writeKey": key}).status == HTTPStatus.OK
    stack.settle()


def change_its_mind(stack):
    """An order is refunded, and an interaction is taken back."""
    queue = stack.client("sqs").get_queue_url(QueueName="InteractionsQueue")["QueueUrl"]
    told = [ordered("user:1", "bought", "1"), about_order("Refunded", "user:1", "refunded", "1")]
    for each in (*told, retracted("user:1", "undone", "bought")):
        stack.client("sqs").send_message(QueueUrl=queue, MessageBody=interaction.encode(each).decode())
        stack.settle()


def go_out(stack, as_admin):
    """A campaign to a list kept by hand, by the samples of the API; then what is shown of it."""
    for name in ("brand", "topic", "list", "asset", "template"):
        told = json.loads((EVENTS / f"api_change.{name}.json").read_text())
        stack.request("PUT", told["rawPath"], headers=as_admin, json=json.loads(told["body"]))
    square = stack.request("GET", "/v1/assets/square", headers=as_admin).json()
    reworded = square["definition"] | {"alt": "A square"}
    assert stack.request("PUT", "/v1/assets/square", headers=as_admin, json=reworded).status == HTTPStatus.OK
    assert stack.request("GET", urlsplit(square["url"]).path).body.startswith(b"\x89PNG")
    audience = {"op": "in_list", "id": "friends"}
    campaign = {"audience": audience, "template": "spring", "brand": "shop", "topic": "news"}
    stack.request("PUT", "/v1/campaigns/friends", headers=as_admin, json=campaign)
    stack.request("POST", "/v1/lists/friends/members", headers=as_admin, json={"add": ["user:1"]})
    stack.settle()
    take_along(stack, as_admin | {"idempotency-key": ""})
    stack.request("POST", "/v1/campaigns/friends/launch", headers=as_admin, json={"grace": 0})
    stack.settle()
    for verb in ("cancel", "recount"):
        stack.request("POST", f"/v1/campaigns/friends/{verb}", headers=as_admin)
    for path in ("brands", "templates/spring/render", "campaigns/friends", "campaigns/friends/report"):
        assert stack.request("GET", f"/v1/{path}", headers=as_admin).status == HTTPStatus.OK


def take_along(stack, as_admin):
    """Who is on the list, as a page and as a file."""
    assert stack.request("GET", "/v1/lists/friends/members", headers=as_admin).json()["count"]["members"] == 1
    asked = stack.request("POST", "/v1/lists/friends/exports", headers=as_admin, json={}).json()
    stack.clock.advance(timedelta(minutes=1))
    stack.settle()
    done = stack.request("GET", f"/v1/exports/{asked['id']}", headers=as_admin).json()
    assert stack.request("GET", done["download"]["url"]).body.count(b"\n") == 2, done


@pytest.fixture(scope="module")
def used():
    with Stack.start() as stack, FAULTS.watch() as calls:
        live(stack)
    return {use for call in calls for use in uses(call)}


def test_each_function_may_make_every_call_it_makes(functions, used):
    assert without_grant(used, granted(functions)) == set()


def test_no_function_may_make_a_call_that_it_does_not_make(functions, used):
    assert without_use(used, granted(functions)) == set(ALSO_NEEDED)


@pytest.mark.parametrize(
    ("grant", "wrong"),
    [
        (("IngestImportFunction", "s3:GetObject", "FilesBucket/uploads/*"), "FilesBucket/errors/*"),
        (("ApiReadFunction", "dynamodb:Query", "InteractionsTable/index/by_at"), "InteractionsTable"),
        (("IngestStoreFunction", "dynamodb:PutItem", "CustomersTable"), "CustomersTable/index/*"),
    ],
)
def test_a_grant_on_the_wrong_part_of_a_resource_is_noticed(functions, used, grant, wrong):
    grants = granted(functions)
    assert grant in grants

    wronged = grants - {grant} | {(*grant[:2], wrong)}

    assert without_grant(used, wronged)


def test_every_statement_names_its_actions_and_its_resources(functions):
    for name, function in functions.items():
        for statement in statements(function):
            assert "*" not in str(statement["Action"]), name
            assert statement["Resource"] != "*" or statement["Action"] == "ses:GetAccount", name
            assert patterns(statement["Resource"]), name
