"""A customer's picture and timeline over the API, on moto, from what the store wrote."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from moto import mock_aws

from functions.api_read import app
from functions.ingest_store import app as ingest_store
from shopkeeper import ids
from shopkeeper.aws import clients
from shopkeeper.aws.sends import Sends
from shopkeeper.mail import ledger
from tests import tables
from tests.api_world import hold_to_description
from tests.interactions import identified, ordered, said, sqs_event

EVENTS = Path(__file__).parents[2] / "events"
TABLES = ["CustomersTable", "InteractionsTable", "IdentitiesTable", "SendsTable", "DefinitionsTable", "RecordsTable"]
CACHED = [clients.client, ingest_store.store]
ADAPTERS = ["customers", "definitions", "identities", "interactions"]
CONTEXT = SimpleNamespace(
    function_name="api_read", memory_limit_in_mb=512, invoked_function_arn="arn", aws_request_id="r-1"
)
CONSENT = {"topic": "news", "is": "in", "basis": "consent", "wording": "form-3"}
PLANNED = datetime(2026, 3, 1, tzinfo=UTC)
NOON, NEXT_DAY = "2026-03-01T12:00:00.000Z", "2026-03-02T12:00:00.000Z"
WHO = {"user": "42", "anon": "f00", "email": "Jo@Example.com"}
TOLD = [
    identified("user:42", "m1", {"city": "Ulm"}, ids=WHO),
    ordered("user:42", "m2", "17", 29.3, at=NEXT_DAY),
    ordered("user:42", "m3", "18", 10),
    ordered("user:42", "m4", "19"),
    said("user:42", "m5", name="Consent Changed", properties=CONSENT),
    *(said("anon:f00", f"v{n}", name="Product Viewed") for n in range(7)),
    said("user:43", "m1"),
    said(
        "user:43",
        "m2",
        name="Consent Changed",
        source="feedback",
        properties={"topic": "*", "is": "out", "basis": "complaint"},
    ),
]


@pytest.fixture(scope="module")
def shop():
    with mock_aws(), pytest.MonkeyPatch.context() as monkeypatch:
        tables.create(*TABLES)
        for table in TABLES:
            monkeypatch.setenv(tables.variable(table), table)
        monkeypatch.setenv("DUE_SHARDS", "1")
        forget()
        told = {str(n): each for n, each in enumerate(TOLD)}
        assert ingest_store.handler(sqs_event(told), CONTEXT) == {"batchItemFailures": []}
        yield
        forget()


def forget():
    for cached in CACHED:
        cached.cache_clear()
    for name in ADAPTERS:
        vars(app.adapters).pop(name, None)


def sample(case):
    return json.loads((EVENTS / f"api_read.{case}.json").read_text())


def get(path, groups="[viewer]", **query):
    event = copy.deepcopy(sample("customer"))
    event |= {"rawPath": path, "queryStringParameters": query} if query else {"rawPath": path}
    event["requestContext"]["http"]["path"] = path
    event["requestContext"]["authorizer"]["jwt"]["claims"]["cognito:groups"] = groups
    return answer(event)


def answer(event):
    result = app.handler(event, CONTEXT)
    hold_to_description(event, result["statusCode"], json.loads(result["body"]))
    return result["statusCode"], json.loads(result["body"])


CUSTOMER = ids.customer_id("user:42")


def test_the_picture_says_what_was_said_and_counted(shop):
    status, seen = answer(sample("customer"))

    assert status == 200
    assert seen["orders"] == {
        "count": 3,
        "first_at": NOON,
        "last_at": NEXT_DAY,
        "totals": {"USD": {"amount": "39.30", "minor_units": 3930}},
        "without_amount": 1,
    }
    assert (seen["customer_id"], seen["version"], seen["traits"]) == (CUSTOMER, 1, {"city": "Ulm"})
    assert seen["consents"] == {
        "news": {"is": "in", "at": NOON, "source": "collect", "basis": "consent", "wording": "form-3"}
    }
    assert seen["measures"]["Product Viewed"] == {"count": 7, "first_at": NOON, "last_at": NOON}
    assert seen["identities"][0] == {"identity": "user:42", "last_seen_at": NEXT_DAY}
    assert {each["identity"] for each in seen["identities"]} == {"user:42", "anon:f00", "email:jo@example.com"}


def test_what_follows_from_all_of_it_is_worked_out_in_the_zone_of_the_workspace(shop, monkeypatch):
    monkeypatch.setenv("WORKSPACE_ZONE", "Asia/Tokyo")
    seen = get("/v1/customers/user:42")[1]["computed"]

    assert seen["best_hour"] == {"hour": 21, "zone": "Asia/Tokyo", "is_own_zone": False, "acts": 3, "of": 3}
    assert seen["lifetime_value"] == {"USD": {"amount": "39.30", "minor_units": 3930}}
    assert (seen["is_customer"], seen["next_event"]["intervals"]) == (True, 1)


def test_who_has_complained_is_seen_to_be_out_of_all_marketing(shop):
    _, seen = get("/v1/customers/user:43")

    assert seen["marketing"] == {"is": "out", "at": NOON, "source": "feedback", "basis": "complaint"}
    assert seen["consents"] == {}
    assert get("/v1/customers/user:42")[1]["marketing"] is None


@pytest.mark.parametrize("name", [CUSTOMER, "user:42", "anon:f00", "email:jo@example.com", "email:JO@example.com"])
def test_a_customer_is_found_by_all_its_names(shop, name):
    status, seen = get(f"/v1/customers/{name}")

    assert (status, seen["customer_id"]) == (200, CUSTOMER)


@pytest.mark.parametrize("name", ["user:nobody", "anon:42", "email:no", "user:", "0123", "send:1", "user"])
def test_an_unknown_customer_is_a_problem(shop, name):
    for path in (f"/v1/customers/{name}", f"/v1/customers/{name}/timeline"):
        status, problem = get(path)

        assert (status, problem["status"], problem["title"]) == (404, 404, "Not Found")


def test_the_pages_of_the_timeline_hold_each_row_once(shop):
    found, query, pages = [], {"limit": "4"}, 0
    while query:
        status, page = get("/v1/customers/user:42/timeline", **query)
        assert status == 200
        found += [(each["at"], each["subject"], each["message_id"]) for each in page["items"]]
        query = {"limit": "4", "cursor": page["next"]} if page["next"] else {}
        pages += 1

    told = [each for each in TOLD if each.subject != "user:43"]
    assert found == sorted(((each.at, each.subject, each.message_id) for each in told), reverse=True)
    assert pages == 3


def test_who_was_merged_into_another_is_answered_with_that_one(shop):
    """A visitor, then a user, then both at once: the visits before are part of the one picture and timeline."""
    visitor, user = ids.customer_id("anon:tab"), ids.customer_id("user:44")
    told = [said("anon:tab", "v1"), said("user:44", "m1", at=NEXT_DAY), said("user:44", "m2", ids={"anon": "tab"})]
    for place, each in enumerate(told):
        later = f"2026-03-01T12:00:0{place}.000Z"
        batch = {
            str(place): type(each)(
                **{name: getattr(each, name) for name in each.__struct_fields__} | {"received_at": later}
            )
        }
        assert ingest_store.handler(sqs_event(batch), CONTEXT) == {"batchItemFailures": []}

    answers = {name: get(f"/v1/customers/{name}") for name in (visitor, user, "user:44", "anon:tab")}
    assert {status for status, _ in answers.values()} == {200}
    pictures = {name: seen for name, (_, seen) in answers.items()}
    assert {name: seen.get("merged_into") for name, seen in pictures.items()} == {
        visitor: user,
        user: None,
        "user:44": None,
        "anon:tab": None,
    }
    assert {seen["customer_id"] for seen in pictures.values()} == {user}
    assert (pictures[user]["merged"], pictures[user]["measures"]["Product Viewed"]["count"]) == ([visitor], 3)
    for name in pictures:
        status, page = get(f"/v1/customers/{name}/timeline")
        assert (status, [each["message_id"] for each in page["items"]]) == (200, ["m1", "m2", "v1"])


def test_the_timeline_sample_is_answered(shop):
    status, page = answer(sample("timeline"))

    assert (status, len(page["items"])) == (200, 2)


@pytest.mark.parametrize(
    ("query", "field"),
    [({"limit": "501"}, "limit"), ({"limit": "0"}, "limit"), ({"cursor": "abc"}, "cursor"), ({"next": "abc"}, "next")],
)
def test_a_bad_page_is_a_problem_that_names_the_field(shop, query, field):
    status, problem = get("/v1/customers/user:42/timeline", **query)

    assert (status, problem["errors"][0]["field"]) == (400, field)
    assert answer(sample("bad_limit"))[0] == 400


@pytest.mark.parametrize(
    ("groups", "status"), [("[viewer]", 200), ("[guests]", 403), ("viewer", 403), (None, 403), ("", 403)]
)
def test_only_people_of_the_shop_may_look(shop, groups, status):
    for path in ("/v1/customers/user:42", "/v1/customers/user:42/timeline"):
        assert get(path, groups)[0] == status


def test_another_address_is_a_problem(shop):
    assert get("/v1/nowhere")[0] == 404
    assert get(f"/v1/customers/user:{'x' * 3000}")[0] == 404


def test_a_hit_on_a_letter_says_which_letter_and_where_the_link_leads(shop):
    content, links = "00000000000000ab", ["https://shop.example/tea", "https://shop.example/pots"]
    send_id = planted_send("user:45", content, links)
    hits = [
        hit(send_id, "r1"),
        *(hit(send_id, f"r{n}", content=ref, link=link) for n, (ref, link) in enumerate(LINKS, 2)),
    ]
    assert ingest_store.handler(sqs_event({str(n): each for n, each in enumerate(hits)}), CONTEXT) == STORED

    _, page = get("/v1/customers/user:45/timeline")

    letters = {each["message_id"].split("/")[-1]: each for each in page["items"] if "activity" in each}
    assert letters.keys() == {"r1", "r2", "r3", "r4"}
    assert {(each["send_id"], each["activity"], each["template"]) for each in letters.values()} == {
        (send_id, "campaign:spring", "spring#2")
    }
    assert {name: each.get("url") for name, each in letters.items()} == {
        "r1": None,
        "r2": "https://shop.example/pots",
        "r3": None,
        "r4": None,
    }


LINKS, STORED = [("00000000000000ab", 1), ("00000000000000ab", 7), ("cd", 0)], {"batchItemFailures": []}


def hit(send_id, request, **link):
    name = "Email Link Clicked" if link else "Email Opened"
    properties = {"class": "human", "rules": 1, **link}
    return said(f"send:{send_id}", f"{send_id}/hit/{request}", name=name, source="tracking", properties=properties)


def planted_send(user, content, links):
    """A letter to somebody who is known, and the table of its links."""
    assert ingest_store.handler(sqs_event({"0": said(user, "m1")}), CONTEXT) == STORED
    about = {"activity": "campaign:spring", "step": "letter", "occurrence": "o", "template": "spring#2"}
    planned = ledger.planned(customer_id=ids.customer_id(user), planned_at=PLANNED, **about)
    Sends.from_env().plan(planned)
    item = {"kind": {"S": "links"}, "id": {"S": content}, "links": {"S": json.dumps([{"url": url} for url in links])}}
    clients.client("dynamodb").put_item(TableName="DefinitionsTable", Item=item)
    return planned.send_id
