"""Requests through the front door, against the bundle in miniature."""

import base64
import json
from http.client import HTTPConnection

import pytest


def echoed(stack, *args, **options):
    reply = stack.request(*args, **options)
    assert reply.status == 200, reply.text
    return reply.json()["event"]


def test_an_event_has_the_shape_of_payload_format_2(stack):
    headers = {"X-Two": "1", "Cookie": "a=1; b=2", "User-Agent": "me"}
    event = echoed(stack, "GET", "/echo/caf%C3%A9?x=1&x=2&y=a%20b", headers=headers)
    assert event["version"] == "2.0"
    assert event["routeKey"] == "ANY /echo/{id}"
    assert event["rawPath"] == "/echo/café"
    assert event["rawQueryString"] == "x=1&x=2&y=a%20b"
    assert event["queryStringParameters"] == {"x": "1,2", "y": "a b"}
    assert event["pathParameters"] == {"id": "café"}
    assert event["cookies"] == ["a=1", "b=2"]
    assert event["headers"]["x-two"] == "1"
    assert "cookie" not in event["headers"]
    assert event["isBase64Encoded"] is False
    assert "body" not in event
    context = event["requestContext"]
    assert context["http"] == {
        "method": "GET",
        "path": "/echo/café",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "me",
    }
    assert context["requestId"]
    assert "authorizer" not in context


def test_what_is_not_there_is_not_in_the_event(stack):
    event = echoed(stack, "GET", "/echo/exact")
    assert not {"cookies", "queryStringParameters", "pathParameters", "body"} & event.keys()


def test_a_header_sent_twice_is_joined_with_a_comma(stack):
    connection = HTTPConnection(stack.base_url.removeprefix("http://"))
    connection.putrequest("GET", "/echo/exact")
    connection.putheader("X-Two", "1")
    connection.putheader("x-two", "2")
    connection.endheaders()
    assert json.loads(connection.getresponse().read())["event"]["headers"]["x-two"] == "1,2"
    connection.close()


@pytest.mark.parametrize("kind", ["text/plain", "application/json; charset=utf-8", "application/xml"])
def test_text_arrives_as_text(stack, kind):
    event = echoed(stack, "POST", "/echo/1", body="né".encode(), headers={"Content-Type": kind})
    assert (event["body"], event["isBase64Encoded"]) == ("né", False)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/octet-stream"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
def test_everything_else_arrives_in_base64(stack, headers):
    event = echoed(stack, "POST", "/echo/1", body=b"a=1", headers=headers)
    assert (event["body"], event["isBase64Encoded"]) == (base64.b64encode(b"a=1").decode(), True)


def test_a_chunked_body_arrives_whole(stack):
    connection = HTTPConnection(stack.base_url.removeprefix("http://"))
    chunks = iter([b"one ", b"two"])
    connection.request("POST", "/echo/1", chunks, {"Content-Type": "text/plain"}, encode_chunked=True)
    assert json.loads(connection.getresponse().read())["event"]["body"] == "one two"
    connection.close()


@pytest.mark.parametrize(
    ("result", "status", "kind", "body"),
    [
        ({"a": 1}, 200, "application/json", b'{"a": 1}'),
        ("text", 200, "application/json", b"text"),
        ({"statusCode": 201, "body": "x"}, 201, "text/plain;charset=UTF-8", b"x"),
        ({"statusCode": 200, "headers": {"Content-Type": "image/gif"}, "body": "R0k=", "isBase64Encoded": True},
         200, "image/gif", b"GI"),
        ({"statusCode": "nothing"}, 500, "application/json", b'{"message": "Internal Server Error"}'),
        ({"statusCode": 200, "body": {"no": "text"}}, 500, "application/json", b'{"message": "Internal Server Error"}'),
        ("fail", 500, "application/json", b'{"message": "Internal Server Error"}'),
        ("too much", 500, "application/json", b'{"message": "Internal Server Error"}'),
    ],
)  # fmt: skip
def test_a_result_becomes_the_answer(stack, result, status, kind, body):
    reply = stack.request("POST", "/answer", json=result)
    assert (reply.status, reply.headers["content-type"], reply.body) == (status, kind, body)


def test_cookies_are_set_one_by_one(stack):
    reply = stack.request("POST", "/answer", json={"statusCode": 204, "cookies": ["a=1", "b=2"]})
    assert (reply.status, reply.headers.get_all("set-cookie")) == (204, ["a=1", "b=2"])


def test_head_gets_the_head_alone(stack):
    reply = stack.request("HEAD", "/echo/1")
    assert (reply.status, reply.body) == (200, b"")
    assert int(reply.headers["content-length"]) > 0


def test_a_path_of_no_api_is_not_found(stack):
    reply = stack.request("POST", "/nowhere")
    assert (reply.status, reply.json()) == (404, {"message": "Not Found"})


def test_a_path_of_the_open_api_never_reaches_the_closed_one(stack):
    reply = stack.request("GET", "/answer")
    assert (reply.status, reply.json()) == (404, {"message": "Not Found"})


@pytest.mark.parametrize("size", [10 * 1024 * 1024 + 1, 7_000_000])
def test_a_body_that_api_gateway_or_lambda_would_refuse_is_too_long(stack, size):
    reply = stack.request("POST", "/echo/1", body=b"x" * size, headers={"Content-Type": "text/plain"})
    assert reply.status == 413


def test_a_function_has_its_own_environment_and_context(stack, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "somebody")
    seen = stack.request("GET", "/echo/exact").json()
    assert seen["stage"] == "local"
    assert seen["environment"] == {
        "QUEUE": stack.queue_url("WorkQueue"),
        "AWS_PROFILE": None,
        "AWS_LAMBDA_FUNCTION_NAME": "EchoFunction",
    }
    assert seen["request"]
    assert 0 < seen["ms"] <= 10_000


def test_the_front_page_shows_what_is_there(stack):
    reply = stack.request("GET", "/")
    assert reply.status == 200
    for word in ("/_local/state", "Work", "News", "ANY</b> <code>/echo/{id}</code>"):
        assert word in reply.text
