"""What has become of imports, their error files, and which keys there are."""

import json
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from moto import mock_aws

from functions.api_read import app
from shopkeeper.aws.write_keys import WriteKeys
from shopkeeper.clock import Clock
from shopkeeper.customer import write_keys
from tests.api_world import hold_to_description
from tests.http_events import CONTEXT, request
from tests.import_fakes import World

BAD = "customer,day,amount\n1,2024-05-01,5\n2,soon,5\n"


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World()
        keys = WriteKeys(world.dynamodb, "DefinitionsTable", Clock())
        for name, adapter in {"jobs": world.jobs, "files": world.files, "keys": keys}.items():
            monkeypatch.setitem(vars(app.adapters), name, adapter)
        yield world


def get(path, **named):
    event = request("GET", path, **named)
    answer = app.handler(event, CONTEXT)
    hold_to_description(event, answer["statusCode"], json.loads(answer["body"]))
    return answer["statusCode"], json.loads(answer["body"]), answer["headers"]


def test_an_import_shows_how_far_it_has_come(world):
    world.ask()
    world.upload(BAD)
    waiting = get("/v1/imports/spring", group="viewer")[1]
    world.importer().run("spring", lambda: True)
    done = get("/v1/imports/spring", group="viewer")[1]

    assert (waiting["state"], waiting["rows"], waiting["started_at"]) == ("waiting", 0, None)
    assert (done["state"], done["finished_at"], done["error"]) == ("done", "2026-11-21T09:30:00.000Z", None)
    assert (done["rows_total"], done["rows"], done["accepted"], done["refused"], done["interactions"]) == (
        2,
        2,
        1,
        1,
        1,
    )


def test_imports_are_listed_newest_first_in_pages(world):
    for import_id in ("a", "c", "b"):
        world.ask(import_id)

    first = get("/v1/imports", query="limit=2")[1]
    last = get("/v1/imports", query=f"limit=2&cursor={quote(first['next'])}")[1]

    assert [job["id"] for job in first["items"] + last["items"]] == ["c", "b", "a"]
    assert last["next"] is None


def test_the_error_file_is_led_on_to_once_the_file_is_read(world):
    world.ask()
    world.upload(BAD)
    assert get("/v1/imports/spring/errors")[0] == 409
    world.importer().run("spring", lambda: True)

    status, body, headers = get("/v1/imports/spring/errors")

    assert status == 303
    assert headers["Location"] == body["url"]
    assert "/errors/spring/1.csv?" in body["url"]
    assert "attachment" in body["url"]


def test_rows_of_customers_are_shown_to_those_alone_who_may_bring_them(world):
    world.ask()

    assert get("/v1/imports/spring/errors", group="viewer agent")[0] == 403


def test_a_failed_import_has_no_error_file_but_a_reason(world):
    world.ask()
    world.upload("something;else\n")
    world.importer().run("spring", lambda: True)

    status, problem, _ = get("/v1/imports/spring/errors")

    assert status == 409
    assert "column 'customer' of the mapping is not in the header" in problem["detail"]


@pytest.mark.parametrize("path", ["/v1/imports/x", "/v1/imports/x/errors", "/v1/nowhere"])
def test_what_is_not_there_is_said_to_be_missing(world, path):
    assert get(path)[0] == 404


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "cursor=x"])
def test_a_list_is_asked_for_in_its_own_words(world, query):
    status, problem, _ = get("/v1/imports", query=query)

    assert (status, problem["errors"][0]["field"]) == (400, query.split("=")[0])


def test_keys_are_listed_without_the_keys(world):
    key = write_keys.mint("secret", "test")
    stored = write_keys.describe(key, name="server", created_at=datetime(2026, 11, 21, 9, tzinfo=UTC))
    app.adapters.keys.put(stored)
    app.adapters.keys.revoke(stored.id)

    status, listed, _ = get("/v1/keys")

    assert status == 200
    assert [(item["id"], item["kind"], item["name"]) for item in listed["items"]] == [(stored.id, "secret", "server")]
    assert listed["items"][0]["revoked_at"]
    assert key not in json.dumps(listed)
    assert get("/v1/keys", group="viewer agent")[0] == 403
