"""A marketer defines what a campaign needs, edits it beside a colleague, and keeps a list by hand."""

from datetime import timedelta

from tests.stories.shop import marketer

BRAND = {
    "name": "Shop",
    "sender": {"name": "The shop", "email": "news@shop.example"},
    "reply_to": "hello@shop.example",
    "home_page": "https://shop.example/",
    "footer_address": "1 High Street, Ulm",
}
TEMPLATE = {
    "subject": "Hello {{ customer.first_name | default: 'you' }} 🎄",
    "html": '<a href="https://shop.example/?a=1&amp;b=2">Olá</a> <a href="{{ unsubscribe_url }}">leave</a>',
}
CAMPAIGN = {
    "audience": {"op": "all", "of": [{"op": "in_list", "id": "friends"}]},
    "template": "hello",
    "brand": "shop",
    "topic": "news",
}


def call(stack, method, path, body=None, status=200, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = stack.request(method, path, json=body, headers=marketer(stack) | named)
    assert answer.status == status, answer.text
    return answer


def define(stack):
    call(stack, "PUT", "/v1/brands/shop", BRAND, 201)
    call(stack, "PUT", "/v1/topics/news", {"name": "News"}, 201)
    call(stack, "PUT", "/v1/lists/friends", {"name": "Friends"}, 201)
    call(stack, "PUT", "/v1/templates/hello", TEMPLATE, 201)


def test_two_marketers_who_edit_one_template_lose_nothing_of_each_other(stack):
    define(stack)
    seen = call(stack, "GET", "/v1/templates/hello").headers["etag"]
    call(stack, "PUT", "/v1/templates/hello", TEMPLATE | {"subject": "Mine"}, if_match=seen)

    late = call(stack, "PUT", "/v1/templates/hello", TEMPLATE | {"subject": "Theirs"}, 412, if_match=seen)

    assert late.headers["content-type"] == "application/problem+json"
    newest = call(stack, "GET", "/v1/templates/hello")
    assert (newest.json()["definition"]["subject"], newest.headers["etag"]) == ("Mine", '"2"')
    assert call(stack, "GET", "/v1/templates/hello?version=1").json()["definition"]["subject"] == TEMPLATE["subject"]
    shown = call(stack, "GET", "/v1/templates/hello/render?version=1").json()
    assert (shown["subject"], shown["links"]) == ("Hello Jo 🎄", ["https://shop.example/?a=1&b=2"])


def test_whoever_is_put_on_a_list_is_on_it_until_taken_off(stack):
    define(stack)
    members = "/v1/lists/friends/members"
    call(stack, "POST", members, {"add": ["user:7", "email:jo@shop.example"]}, 202, idempotency_key="monday")
    call(stack, "POST", members, {"add": ["user:7", "email:jo@shop.example"]}, 202, idempotency_key="monday")
    stack.settle()

    picture = call(stack, "GET", "/v1/customers/user:7").json()
    assert ([each["list"] for each in picture["lists"]], picture["version"]) == (["friends"], 1)

    stack.clock.advance(timedelta(minutes=1))
    call(stack, "POST", members, {"remove": ["user:7"]}, 202)
    stack.settle()
    assert call(stack, "GET", "/v1/customers/user:7").json()["lists"] == []
    assert len(call(stack, "GET", "/v1/customers/email:jo@shop.example").json()["lists"]) == 1


def test_a_campaign_names_what_is_missing_before_it_is_kept(stack):
    refused = call(stack, "PUT", "/v1/campaigns/spring", CAMPAIGN, 400).json()
    define(stack)

    assert [each["field"] for each in refused["errors"]] == ["template", "brand", "topic", "audience.all.of[0].id"]
    assert call(stack, "PUT", "/v1/campaigns/spring", CAMPAIGN, 201).json()["version"] == 1


def test_the_description_is_open_and_nothing_else_is(stack):
    said = stack.request("GET", "/openapi.json")

    assert (said.status, said.json()["openapi"]) == (200, "3.1.0")
    assert stack.request("GET", "/v1/brands").status == 401
