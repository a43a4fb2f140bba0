"""Two campaigns send one letter in the name of two brands; when a link in it has ended, each reader is led home."""

import json
import re

import pytest

from shopkeeper import ids
from tests.stories.letters import BRAND, LETTER, bring_customers, define, outbox
from tests.stories.shop import marketer

EVERYBODY = {"op": "not", "rule": {"op": "trait", "path": "nothing", "cmp": "exists"}}


@pytest.fixture
def letters(stack):
    """By campaign, the one that was launched first before the other."""
    bring_customers(stack, "1")
    define(stack, "/v1/topics/news", {"name": "News of the shop"})
    define(stack, "/v1/templates/news", LETTER)
    for brand, home in (("shop", "https://shop.example/"), ("outlet", "https://outlet.example/")):
        define(stack, f"/v1/brands/{brand}", BRAND | {"home_page": home})
    go_out(stack, "sale", brand="shop", fallback="https://shop.example/over")
    go_out(stack, "plain", brand="shop")
    go_out(stack, "rest", brand="outlet")
    return dict(zip(("rest", "plain", "sale"), outbox(stack), strict=True))


def go_out(stack, campaign, **said):
    whole = {"audience": EVERYBODY, "template": "news", "topic": "news", **said}
    define(stack, f"/v1/campaigns/{campaign}", whole)
    stack.request("POST", f"/v1/campaigns/{campaign}/launch", json={"grace": 0}, headers=marketer(stack))
    for _ in range(4):
        stack.settle()
        stack.advance_to_next()


def end(stack, number):
    key = {"kind": {"S": "links"}, "id": {"S": ids.content_ref("news", 1).hex()}}
    dynamodb = stack.client("dynamodb")
    links = json.loads(dynamodb.get_item(TableName="DefinitionsTable", Key=key)["Item"]["links"]["S"])
    links[number]["ended"] = True
    dynamodb.update_item(
        TableName="DefinitionsTable",
        Key=key,
        UpdateExpression="SET links = :links",
        ExpressionAttributeValues={":links": {"S": json.dumps(links)}},
    )


def led_to(stack, letter, number):
    url = next(each for each in re.findall(r'href="([^"]+/c/[^"]+)"', letter["html"]) if each.endswith(f"/{number}"))
    return stack.request("GET", url).headers["location"]


def test_an_ended_link_leads_where_the_campaign_of_the_letter_says_else_to_the_home_of_its_brand(stack, letters):
    before = {led_to(stack, letter, 1) for letter in letters.values()}
    end(stack, 1)
    stack.request("POST", "/_local/clock", json={"advance": 61})

    assert before == {"https://shop.example/sale"}
    assert {name: led_to(stack, letter, 1) for name, letter in letters.items()} == {
        "sale": "https://shop.example/over",
        "plain": "https://shop.example/",
        "rest": "https://outlet.example/",
    }
    assert {led_to(stack, letter, 0) for letter in letters.values()} == {"https://shop.example/new?q=a&copy=1#top"}
