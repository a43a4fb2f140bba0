"""Who may call: CORS for browsers, tokens for people."""

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

ORIGIN = {"Origin": "https://shop.example"}
PREFLIGHT = {**ORIGIN, "Access-Control-Request-Method": "POST"}


def cors(reply):
    return {name.removeprefix("access-control-"): value for name, value in reply.headers.items() if "control-" in name}


def test_the_gateway_answers_a_preflight_itself(stack):
    reply = stack.request("OPTIONS", "/echo/1", headers=PREFLIGHT)
    assert (reply.status, reply.body) == (204, b"")
    assert cors(reply) == {
        "allow-origin": "https://shop.example",
        "allow-methods": "GET,POST",
        "allow-headers": "content-type",
        "max-age": "60",
    }


@pytest.mark.parametrize(
    "headers",
    [{**PREFLIGHT, "Origin": "https://else.example"}, {**PREFLIGHT, "Access-Control-Request-Method": "DELETE"}],
)
def test_a_preflight_of_a_stranger_is_answered_without_a_word(stack, headers):
    reply = stack.request("OPTIONS", "/echo/1", headers=headers)
    assert (reply.status, cors(reply)) == (204, {})


def test_an_options_request_that_is_no_preflight_reaches_the_function(stack):
    assert stack.request("OPTIONS", "/echo/1").json()["event"]["requestContext"]["http"]["method"] == "OPTIONS"


def test_what_a_function_says_about_cors_is_replaced(stack):
    result = {"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "*"}}
    assert cors(stack.request("POST", "/answer", json=result)) == {}
    assert cors(stack.request("POST", "/answer", json=result, headers=ORIGIN)) == {
        "allow-origin": ORIGIN["Origin"],
        "expose-headers": "retry-after",
    }


def test_the_claims_of_a_token_reach_the_function_as_text(stack):
    reply = stack.request("GET", "/people", headers={"Authorization": f"Bearer {stack.token('marketer')}"})
    claims = reply.json()["event"]["requestContext"]["authorizer"]["jwt"]["claims"]
    assert claims["cognito:groups"] == "[marketer]"
    assert claims["token_use"] == "access"
    assert claims["exp"].isdecimal()


def forged(**claims):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode({"iss": "https://issuer.example", "client_id": "Client", **claims}, key, algorithm="RS256")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x.y.z", forged(iat=0, exp=9_999_999_999)])
def test_without_a_good_token_nobody_comes_in(stack, header):
    reply = stack.request("GET", "/people", headers={"Authorization": header} if header else {})
    assert (reply.status, reply.json()) == (401, {"message": "Unauthorized"})
    assert reply.headers["www-authenticate"].startswith("Bearer")


def test_a_token_lasts_ten_years(stack):
    headers = {"Authorization": stack.token()}
    assert stack.request("POST", "/_local/clock", json={"advance": 9.9 * 365 * 86400}).status == 200
    assert stack.request("GET", "/people", headers=headers).status == 200
    assert stack.request("POST", "/_local/clock", json={"advance": 86400 * 60}).status == 200
    assert stack.request("GET", "/people", headers=headers).status == 401
