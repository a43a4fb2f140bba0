"""What stories of campaigns have in common: a marketer who defines and launches one, and looks at what came of it;
and customers who get its letters."""

import re

from tests.stories.shop import bring, marketer, read

BRAND = {
    "name": "The Shop",
    "sender": {"name": "The Shop", "email": "hello@shop.example"},
    "reply_to": "answers@shop.example",
    "home_page": "https://shop.example/",
    "footer_address": "1 Market Street, Leeds",
}
LETTER = {
    "subject": "Something for you, {{ customer.first_name | default: 'dear customer' }} 🎁",
    "html": '<html><body><p>Dear {{ customer.first_name | default: "customer" }},</p>'
    '<p><a href="https://shop.example/new?q=a&copy=1#top">What is new</a> and '
    '<a href="https://shop.example/sale">what is less</a>.</p>'
    '<p><a href="{{ unsubscribe_url }}">No more of this</a></p></body></html>',
}
REGULARS = {
    "op": "all",
    "of": [
        {"op": "count", "measure": {"event": "Order Completed"}, "window": "ever", "cmp": "ge", "n": 3},
        {
            "op": "total",
            "measure": {"event": "Order Completed"},
            "currency": "USD",
            "fn": "sum",
            "window": "ever",
            "cmp": "ge",
            "x": "100.00",
        },
    ],
}
CONSENT = {"topic": "news", "is": "in", "basis": "asked at the till", "wording": "May we write to you?"}
CUSTOMERS = {
    "name": "customers",
    "kind": "customers",
    "mapping": {"id": "user_id", "mail": "email", "first": "traits.first_name"},
    "consent": CONSENT,
}


def customers_csv(ids):
    return "\n".join(["id,mail,first", *(f"{who},{who}@customers.example,Zoë" for who in ids)]).encode()


def bring_customers(stack, *ids):
    assert bring(stack, customers_csv(ids), **CUSTOMERS)["refused"] == 0


def link(letter, kind):
    return next(found for found in re.findall(r'(?:href|src)="([^"]+)"', letter["html"]) if f"/{kind}/" in found)


def one_click(stack, url, **headers):
    asked = {"content-type": "application/x-www-form-urlencoded"} | headers
    return stack.request("POST", url, body=b"List-Unsubscribe=One-Click", headers=asked)


def define(stack, path, body):
    answer = stack.request("PUT", path, json=body, headers=marketer(stack))
    assert answer.status in (200, 201), answer.text
    return answer.json()


def define_campaign(stack, audience=REGULARS, opt_in="required", **letter):
    define(stack, "/v1/brands/shop", BRAND)
    define(stack, "/v1/topics/news", {"name": "News of the shop", "opt_in": opt_in})
    define(stack, "/v1/templates/news", LETTER | letter)
    campaign = {"audience": audience, "template": "news", "brand": "shop", "topic": "news"}
    define(stack, "/v1/campaigns/news", campaign)


def launch(stack, campaign="news", **wish):
    """At once, unless something else is wished for."""
    wanted = {"grace": 0} | wish
    answer = stack.request("POST", f"/v1/campaigns/{campaign}/launch", json=wanted, headers=marketer(stack))
    assert answer.status == 202, answer.text
    return answer.json()


def run(stack, most=60):
    """Until the launch is done, the clock going from one due instant to the next."""
    stack.settle()
    for _ in range(most):
        state = read(stack, "/v1/campaigns/news")["launch"]["state"]
        if state in ("done", "failed", "cancelled"):
            return state
        stack.advance_to_next()
        stack.settle()
    raise AssertionError(f"the launch is still {state}")


def outbox(stack, words=""):
    return stack.request("GET", f"/_local/outbox?q={words}").json()["items"]


def report(stack, campaign="news"):
    return read(stack, f"/v1/campaigns/{campaign}/report")


def recipients(stack, outcome, campaign="news"):
    """Everybody behind a number of the report, page by page."""
    found, cursor = [], ""
    while cursor is not None:
        page = read(
            stack, f"/v1/campaigns/{campaign}/recipients?outcome={outcome}&limit=200" + (cursor and f"&cursor={cursor}")
        )
        found += page["items"]
        cursor = page["next"]
    return found
