"""A campaign of the shop, defined and launched over the API of a local stack."""

LETTER = """<h1>Spring</h1>
<p><a href="https://shop.example/spring">See what is new</a></p>
<p><a href="{{ unsubscribe_url }}">No more of these</a></p>
"""
EVERYBODY = {"op": "count", "measure": {"event": "Order Completed"}, "window": "ever", "cmp": "ge", "n": 0}
DEFINITIONS = {
    "/v1/brands/shop": {
        "name": "Shop",
        "sender": {"name": "The shop", "email": "news@shop.example"},
        "reply_to": "hello@shop.example",
        "home_page": "https://shop.example/",
        "footer_address": "1 High Street, Ulm",
        "tracking_url": "https://t.shop.example",
    },
    "/v1/topics/news": {"name": "News", "description": "What is new in the shop", "opt_in": "assumed"},
    "/v1/templates/spring": {"subject": "Spring is here", "html": LETTER},
}


def define(stack, headers, campaign="spring", audience=EVERYBODY, **said):
    """What a campaign needs, and the campaign; in versions, so that it may be said again."""
    letter = {"audience": audience, "template": "spring", "brand": "shop", "topic": "news", **said}
    for path, body in (*DEFINITIONS.items(), (f"/v1/campaigns/{campaign}", letter)):
        answer = stack.request("PUT", path, headers=headers, json=body)
        assert answer.status in (200, 201), answer.body


def launch(stack, headers, campaign="spring"):
    answer = stack.request("POST", f"/v1/campaigns/{campaign}/launch", headers=headers, json={"grace": 0})
    assert answer.status == 202, answer.body
    return answer.json()


def watch(stack, headers, campaign="spring", looks=20):
    """The launch when it is over; whatever it waits for is gone to, by the clock of the stack."""
    for _ in range(looks):
        stack.settle()
        launch = stack.request("GET", f"/v1/campaigns/{campaign}", headers=headers).json()["launch"]
        if launch["finished_at"]:
            return launch
        stack.advance_to_next()
    raise AssertionError(f"not over: {launch}")
