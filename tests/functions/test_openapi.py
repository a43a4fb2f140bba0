"""What the API says of itself is what it serves."""

import json
import re

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from functions.api_change import app as change
from functions.api_read import app as read
from shopkeeper.api import roles
from tests.api_world import matches
from tests.http_events import CONTEXT, request

EVERYBODY = "/openapi.json"


@pytest.fixture(scope="module")
def said():
    event = request("GET", EVERYBODY)
    del event["requestContext"]["authorizer"]
    answer = read.handler(event, CONTEXT)
    assert answer["statusCode"] == 200
    return json.loads(answer["body"])


def operations(said):
    for path, methods in said["paths"].items():
        yield from ((path, method.upper(), operation) for method, operation in methods.items())


def call(path, method, group):
    app = read if method == "GET" else change
    return app.handler(request(method, path.replace("{", "").replace("}", ""), "{}", group=group), CONTEXT)


def test_it_is_valid_openapi(said):
    assert said["openapi"] == "3.1.0"
    assert [error.message for error in OpenAPIV31SpecValidator(said).iter_errors()] == []


def test_each_operation_described_is_served_and_wants_one_of_its_groups(said):
    for path, method, operation in operations(said):
        if path == EVERYBODY:
            continue
        if operation["security"] == [{"servers": []}]:
            assert call(path, method, "admin")["statusCode"] == 401, f"{method} {path} takes no token"
            continue
        answer = call(path, method, "guests")
        assert answer["statusCode"] == 403, f"{method} {path}"
        groups = [group for group in roles.GROUPS if group in operation["description"].rpartition("Groups: ")[2]]
        assert json.loads(answer["body"])["detail"] == f"This needs one of these groups: {', '.join(groups)}."
        assert operation["security"] == [{"people": []}]


def test_each_route_served_is_described(said):
    served = {
        (method, route.path)
        for app in (read, change)
        for route in (*app.app._static_routes, *app.app._dynamic_routes)
        for method in ([route.method] if isinstance(route.method, str) else route.method)
    }

    assert {(method, path.replace("{", "<").replace("}", ">")) for path, method, _ in operations(said)} == served


BARE = tuple("/approve /claim /estimate /resubmit /identity-secret /secret /switch-on".split())


def test_each_operation_has_an_id_a_summary_and_a_schema_for_all_that_is_said(said):
    ids = [operation["operationId"] for _, _, operation in operations(said)]
    assert len(set(ids)) == len(ids)
    for path, method, operation in operations(said):
        assert operation["summary"].endswith("."), path
        is_bare = path.endswith(BARE)
        assert ("requestBody" in operation) == (method in ("POST", "PUT", "PATCH") and not is_bare), path
        for status, answer in operation["responses"].items():
            assert "content" in answer or status == "204", path


def test_problem_documents_are_described_wherever_one_can_be_given(said):
    for path, _, operation in operations(said):
        refusals = {status: each for status, each in operation["responses"].items() if status >= "400"}
        assert "503" in refusals
        assert path == EVERYBODY or {"401", "403"} <= set(refusals)
        assert list(refusals.pop("401", {"content": ["application/json"]})["content"]) == ["application/json"]
        assert all(list(each["content"]) == ["application/problem+json"] for each in refusals.values())


UNVERSIONED = ("/v1/suppressions/{address}", "/v1/mail/state", "/v1/customers/{customer}/legal-hold")


def test_each_post_takes_an_idempotency_key_and_each_put_of_a_version_an_if_match(said):
    for path, method, operation in operations(said):
        headers = {each["name"] for each in operation.get("parameters", []) if each["in"] == "header"}
        tagged = "headers" in operation["responses"].get("200", {})
        assert tagged or method != "PUT" or path in UNVERSIONED
        conditions = {"If-Match", "If-None-Match"} if tagged else set()
        gone = {"If-Match"} if path == "/v1/segments/{id}" else set()
        worked = {"If-Match"} if path.startswith("/v1/tasks/") else set()
        wanted = {"POST": {"Idempotency-Key"} | worked, "PUT": conditions, "DELETE": gone}.get(method, set())
        assert headers == wanted


def test_paths_are_told_apart_by_their_fixed_parts(said):
    """Or by their methods, as `POST /v1/segments/preview` is from `PUT /v1/segments/{id}`."""
    served = [(path, method) for path, method, _ in operations(said)]
    for path, method in served:
        assert [other for other, its in served if its == method and matches(other, path)] == [path]


def test_summaries_are_english(said):
    summaries = [operation["summary"] for _, _, operation in operations(said)]
    assert [summary for summary in summaries if re.search(r"\ba [aeio]", summary)] == []
