"""What the business knows elsewhere comes in by queries: a list is what its query says, traits are told."""

import csv
import io
from datetime import datetime, timedelta

import pytest

from tests.stories.shop import marketer, read

CHURN = {
    "name": "Likely to leave",
    "query": "SELECT id FROM churn",
    "key": {"column": "id", "as": "user_id"},
    "mode": "membership",
    "list": "leaving",
    "schedule": {"every_hours": 6, "at": "03:00"},
}
TIERS = {
    "name": "Tiers",
    "query": "SELECT * FROM tiers",
    "key": {"column": "mail", "as": "email"},
    "mode": "traits",
    "columns": {"tier": "traits.tier", "score": "traits.score:number", "since": "traits.since:date"},
}


def put(stack, path, body):
    answer = stack.request("PUT", path, json=body, headers=marketer(stack))
    assert answer.status in (200, 201), answer.text
    return answer.json()


def script(stack, query, **said):
    assert stack.request("POST", "/_local/athena", json={"query": query, **said}).status == 200


def run(stack, source, **how):
    """Ask it now, and wait until it rests."""
    answer = stack.request("POST", f"/v1/sources/{source}/run", json=how, headers=marketer(stack))
    assert answer.status == 202, answer.text
    return rest(stack, source)


def rest(stack, source):
    stack.settle()
    while (state := read(stack, f"/v1/sources/{source}")["state"])["phase"] != "resting":
        assert stack.advance_to_next()
        stack.settle()
    return state


def on_list(stack, *users):
    found = {user: read(stack, f"/v1/customers/user:{user}")["lists"] for user in users}
    return {user for user, lists in found.items() if "leaving" in [each["list"] for each in lists]}


@pytest.fixture
def churn(stack):
    put(stack, "/v1/lists/leaving", {"name": "Leaving", "source": "churn"})
    put(stack, "/v1/sources/churn", CHURN)
    return stack


def test_a_list_is_what_its_query_says(churn):
    script(churn, "FROM churn", rows=[{"id": "7"}, {"id": 8}, {"id": "8"}, {"id": None}, {"id": "guest"}])
    state = run(churn, "churn")

    assert state["origin"] == "athena:local/warehouse"
    assert {name: state["last"][name] for name in ("rows", "refused", "entered", "left", "told")} == {
        "rows": 4,
        "refused": 1,
        "entered": 2,
        "left": 0,
        "told": 2,
    }
    assert (state["trouble"], state["last"]["scanned_bytes"]) == (None, 5_000)
    assert state["age_s"] < 120
    assert on_list(churn, "7", "8") == {"7", "8"}
    assert read(churn, "/v1/customers/user:7")["traits"] == {}

    script(churn, "FROM churn", rows=[{"id": "8"}, {"id": "9"}])
    state = run(churn, "churn")
    assert (state["last"]["entered"], state["last"]["left"], state["last"]["unchanged"]) == (1, 1, 1)
    assert on_list(churn, "7", "8", "9") == {"8", "9"}

    state = run(churn, "churn")
    assert (state["last"]["told"], state["last"]["unchanged"]) == (0, 2)
    state = run(churn, "churn", whole=True)
    assert state["last"]["told"] == 2


def test_it_is_asked_at_its_times(churn):
    script(churn, "FROM churn", rows=[{"id": "7"}])
    next_at = read(churn, "/v1/sources/churn")["state"]["next_at"]
    assert datetime.fromisoformat(next_at).hour in (3, 9, 15, 21)

    churn.clock.move_to(datetime.fromisoformat(next_at) + timedelta(minutes=1))
    state = rest(churn, "churn")

    assert state["last"]["number"] == 1
    assert state["next_at"] > next_at
    assert on_list(churn, "7") == {"7"}
    put(churn, "/v1/sources/churn", CHURN | {"schedule": None})
    assert read(churn, "/v1/sources/churn")["state"]["next_at"] is None


def test_a_list_of_a_source_is_nobody_elses(churn):
    told = churn.request("POST", "/v1/lists/leaving/members", json={"add": ["user:1"]}, headers=marketer(churn))
    assert told.status == 409
    asked = {"name": "x", "kind": "customers", "mapping": {"id": "user_id"}, "constants": {"list": "leaving"}}
    told = churn.request("POST", "/v1/imports", json=asked, headers=marketer(churn))
    assert [error["field"] for error in told.json()["errors"]] == ["constants.list"]
    told = churn.request("PUT", "/v1/lists/leaving", json={"name": "Leaving"}, headers=marketer(churn))
    assert [error["field"] for error in told.json()["errors"]] == ["source"]
    told = churn.request("PUT", "/v1/sources/other", json=CHURN, headers=marketer(churn))
    assert [error["field"] for error in told.json()["errors"]] == ["list"]


def test_a_table_that_was_empty_for_an_hour_does_not_empty_the_list(churn):
    script(churn, "FROM churn", rows=[{"id": str(n)} for n in range(1, 31)])
    run(churn, "churn")
    script(churn, "FROM churn", rows=[], columns=["id"])

    state = run(churn, "churn")
    assert "30 of 30 would leave the list, more than 50 %" in state["trouble"]["text"]
    assert (state["trouble"]["retried"], state["last"]["number"]) == (False, 1)
    assert len(on_list(churn, "1", "30")) == 2

    state = run(churn, "churn", leaving="any")
    assert (state["trouble"], state["last"]["left"]) == (None, 30)
    assert on_list(churn, "1", "30") == set()


def test_a_query_that_fails_is_seen_and_tried_again_only_if_that_may_help(churn):
    script(churn, "FROM churn", fail="SYNTAX_ERROR: line 1:8: Column 'id' cannot be resolved")
    state = run(churn, "churn")
    assert state["trouble"]["text"].startswith("SYNTAX_ERROR")
    assert not state["trouble"]["retried"]
    planned = read(churn, "/v1/sources/churn")["state"]["next_at"]

    script(churn, "FROM churn", fail="Query exhausted resources", retryable=True)
    state = run(churn, "churn")
    assert state["trouble"]["retried"]
    assert state["next_at"] <= planned
    script(churn, "FROM churn", rows=[{"id": "7"}])
    churn.clock.move_to(datetime.fromisoformat(state["next_at"]))
    assert churn.advance_to_next()
    state = rest(churn, "churn")
    assert (state["trouble"], state["last"]["entered"]) == (None, 1)


def test_traits_are_told_of_the_columns_that_are_named_and_only_what_has_changed(stack):
    put(stack, "/v1/sources/tiers", TIERS)
    rows = [
        {"mail": "jo@example.com", "tier": "gold", "score": 1.5, "since": "2024-05-01 10:00:00.000 UTC", "iban": "DE1"},
        {"mail": "al@example.com", "tier": "iron", "score": 2, "since": None, "iban": "DE2"},
        {"mail": "zoe@example.com", "tier": "iron", "score": "high", "since": None, "iban": "DE3"},
        {"mail": "al@example.com", "tier": "tin", "score": 2, "since": None, "iban": "DE2"},
    ]
    script(stack, "FROM tiers", rows=rows)
    state = run(stack, "tiers")
    assert (state["last"]["entered"], state["last"]["refused"], state["next_at"]) == (2, 2, None)
    told = read(stack, "/v1/customers/email:jo@example.com")["traits"]
    assert told == {"tier": "gold", "score": 1.5, "since": "2024-05-01T10:00:00.000Z"}
    led_on = stack.request("GET", "/v1/sources/tiers/errors", headers=marketer(stack))
    refused = list(csv.DictReader(io.StringIO(stack.request("GET", led_on.headers["location"]).text, newline="")))
    assert [(each["line"], each["column"]) for each in refused] == [("4", "score"), ("5", "mail")]

    script(stack, "FROM tiers", rows=[rows[0], rows[1] | {"tier": "gold"}])
    state = run(stack, "tiers")
    assert (state["last"]["changed"], state["last"]["unchanged"], state["last"]["told"]) == (1, 1, 1)
    assert read(stack, "/v1/customers/email:al@example.com")["traits"]["tier"] == "gold"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"columns": {}}, "columns"),
        ({"columns": {"mail": "traits.mail"}}, "columns.mail"),
        ({"columns": {"x": "list"}}, "columns.x"),
        ({"columns": {"x": "nothing"}}, "columns.x"),
        ({"list": "leaving"}, "list"),
        ({"mode": "membership", "list": None}, "list"),
        ({"schedule": {"zone": "Mars/Olympus"}}, "schedule.zone"),
        ({"schedule": {"at": "25:00"}}, "schedule.at"),
        ({"schedule": {"every_hours": 5}}, "schedule.every_hours"),
        ({"query": " "}, "query"),
    ],
)
def test_what_a_source_cannot_do_with_is_named(stack, change, field):
    told = stack.request("PUT", "/v1/sources/tiers", json=TIERS | change, headers=marketer(stack))

    assert told.status == 400
    assert field in [error["field"] for error in told.json()["errors"]]


def test_who_a_source_speaks_of_and_how_never_changes(stack):
    put(stack, "/v1/sources/tiers", TIERS)

    for change in ({"key": {"column": "id", "as": "user_id"}}, {"mode": "membership", "list": "x", "columns": {}}):
        told = stack.request("PUT", "/v1/sources/tiers", json=TIERS | change, headers=marketer(stack))
        assert told.status == 400
    put(stack, "/v1/sources/tiers", TIERS | {"query": "SELECT * FROM new_tiers"})


def test_a_source_is_for_marketers(stack):
    put(stack, "/v1/sources/tiers", TIERS)
    for group in ("viewer", "agent"):
        headers = {"Authorization": f"Bearer {stack.token(group)}"}
        assert stack.request("PUT", "/v1/sources/tiers", json=TIERS, headers=headers).status == 403
        assert stack.request("POST", "/v1/sources/tiers/run", json={}, headers=headers).status == 403
        assert stack.request("GET", "/v1/sources/tiers", headers=headers).status == 200
    assert stack.request("POST", "/v1/sources/none/run", json={}, headers=marketer(stack)).status == 404
