"""Asking for imports: who may, what is refused and why, and once means once."""

import base64
import json
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from functions.api_change import app
from tests import tables
from tests.api_world import World, hold_to_description
from tests.http_events import CONTEXT, request
from tests.import_fakes import ORDERS

EVENTS = {path.name.split(".")[1]: path for path in (Path(__file__).parents[2] / "events").glob("api_change.*.json")}


@pytest.fixture(autouse=True)
def world(monkeypatch):
    with mock_aws():
        yield World(monkeypatch)


def ask(*args, **named):
    return handle(request(*args, **named))


def handle(event):
    answer = app.handler(event, CONTEXT)
    status, body = answer["statusCode"], json.loads(answer["body"] or "null")
    hold_to_description(event, status, body)
    return status, body


def refusal(answer):
    status, problem = answer
    assert problem["status"] == status
    return status, {error["field"] for error in problem.get("errors", [])}


def test_an_import_is_answered_with_where_to_put_its_file():
    status, made = ask("POST", "/v1/imports", ORDERS | {"id": "spring"})

    assert (status, made["id"], made["state"]) == (201, "spring", "waiting")
    assert made["upload"]["method"] == "PUT"
    assert "/uploads/spring?" in made["upload"]["url"]
    assert made["upload"]["expires_at"] > made["created_at"]
    assert app.adapters.jobs.job("spring").wanted.mapping == ORDERS["mapping"]


def test_an_import_without_an_id_gets_one():
    first = ask("POST", "/v1/imports", ORDERS, idempotency_key="a")[1]
    second = ask("POST", "/v1/imports", ORDERS, idempotency_key="b")[1]

    assert len({first["id"], second["id"], ""}) == 3


def test_a_waiting_import_asked_for_again_gets_a_fresh_address_and_any_other_a_conflict():
    wanted = ORDERS | {"id": "spring"}
    ask("POST", "/v1/imports", wanted)

    assert ask("POST", "/v1/imports", wanted)[0] == 201
    assert refusal(ask("POST", "/v1/imports", wanted | {"dry_run": True})) == (409, {"id"})

    app.adapters.jobs.put(app.adapters.jobs.job("spring").finish("2026-11-21T09:30:00.000Z"))
    assert refusal(ask("POST", "/v1/imports", wanted)) == (409, {"id"})


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (ORDERS | {"mapping": {"x": "nobody"}}, {"mapping.x", "mapping"}),
        (ORDERS | {"file": {"zone": "Mars/Olympus"}}, {"file.zone"}),
        (ORDERS | {"kind": "customers", "mapping": {"x": "email"}, "constants": {"list": "gone"}}, {"constants.list"}),
        ("nonsense", {""}),
        (None, {"name", "kind"}),
    ],
)
def test_a_request_that_cannot_be_carried_out_names_its_fields_and_leaves_nothing_behind(body, fields):
    assert refusal(ask("POST", "/v1/imports", body, idempotency_key="k")) == (400, fields)
    assert app.adapters.jobs.newest(10) == ([], "")


def test_the_same_request_again_gets_the_same_answer_and_another_one_is_refused():
    first = ask("POST", "/v1/imports", ORDERS, idempotency_key="k")

    assert ask("POST", "/v1/imports", ORDERS, idempotency_key="k") == first
    assert refusal(ask("POST", "/v1/imports", ORDERS | {"name": "x"}, idempotency_key="k"))[0] == 422
    assert ask("POST", "/v1/imports", ORDERS, idempotency_key="k", sub="u-2")[1]["id"] != first[1]["id"]
    assert len(app.adapters.jobs.newest(10)[0]) == 2


def test_a_request_that_died_before_its_answer_is_carried_out_once(monkeypatch):
    answers = app.adapters.answers
    give = answers.give
    monkeypatch.setattr(answers, "give", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ask("POST", "/v1/imports", ORDERS, idempotency_key="k")
    monkeypatch.setattr(answers, "give", give)

    assert ask("POST", "/v1/imports", ORDERS, idempotency_key="k")[0] == 201
    assert len(app.adapters.jobs.newest(10)[0]) == 1


def test_an_idempotency_key_has_an_end():
    assert refusal(ask("POST", "/v1/imports", ORDERS, idempotency_key="k" * 256)) == (400, {"Idempotency-Key"})


@pytest.mark.parametrize(
    ("call", "groups"),
    [
        (("POST", "/v1/imports", ORDERS), ["viewer", "agent", "", "viewer agent"]),
    ],
)
def test_who_may_not_is_told_who_may(call, groups):
    for group in groups:
        assert refusal(ask(*call, group=group))[0] == 403


def test_an_address_without_anything_is_said_to_be_one():
    assert refusal(ask("POST", "/v1/nowhere", {}))[0] == 404
    assert refusal(ask("PUT", "/v1/imports", {}))[0] == 404


def test_an_outage_is_told_and_nothing_of_the_request_is_logged(monkeypatch, caplog):
    def busy(job):
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "PutItem")

    monkeypatch.setattr(app.adapters.jobs, "create", busy)

    assert refusal(ask("POST", "/v1/imports", ORDERS | {"name": "secret plans"}))[0] == 503
    assert refusal(ask("POST", "/v1/imports", ORDERS | {"kind": "secret plans"}))[0] == 400
    assert not any("secret plans" in str(vars(record)) for record in caplog.records)


MADE = dict.fromkeys(["import", "source", "key", "brand", "topic", "list", "template", "asset"], 201)
MADE |= {"suppress": 200, "stop_all_mail": 200}
MISSING = dict.fromkeys(
    """
    import_preview import_start source_run revoke release members launch cancel recount resume merge unmerge
    key_changed key_rotated identity_secret export
    """.split(),
    404,
)
REFUSED = {name: 400 for name in EVENTS if name.endswith("_refused")} | {"message": 400}  # To nobody known.


@pytest.mark.parametrize("name", EVENTS)
def test_each_sample_is_answered(name):
    tables.client("s3").create_bucket(Bucket="files")

    assert handle(json.loads(EVENTS[name].read_text()))[0] == (MADE | MISSING | REFUSED)[name]


def test_a_body_that_is_no_text_is_refused():
    event = request("POST", "/v1/imports", ORDERS)
    event |= {"body": base64.b64encode(b'{"name": "\xff"}').decode(), "isBase64Encoded": True}

    assert handle(event)[0] == 400
