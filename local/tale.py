"""The story `make run` tells: a small shop opens, told only through the routes that everybody has."""

import re
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from local import shop
from local.teller import StoryError, Teller

REGULAR = "1003"  # She has ordered more often than most; see `shop.orders`.
LOOKER = "1002"
ORDER = {"order_id": "A-9001", "total": 89.9, "currency": "USD", "products": [{"sku": "boots", "quantity": 1}]}
BROWSER = "a-browser-of-hers"
CONSENT = {"topic": "news", "is": "in", "basis": "asked at the till", "wording": "May we write to you now and then?"}

FORM = "application/x-www-form-urlencoded"

CUSTOMER_FILE = {
    "mapping": {
        "number": "user_id",
        "first name": "traits.firstName",
        "name": "traits.name",
        "mail": "email",
        "town": "traits.town",
        "country": "traits.country",
        "zone": "traits.timezone",
    },
    "consent": CONSENT,
}
ORDER_FILE = {
    "mapping": {"order": "order_id", "customer": "user_id", "day": "at", "dollars": "total", "what": "properties.what"},
    "constants": {"currency": "USD"},
}


def tell(teller: Teller, today: datetime) -> Iterator[str]:
    """One line per thing that happened, as it happens."""
    teller.token = teller.call("GET", "/_local/token?group=admin")["token"]
    for kind in ("publishable", "secret"):
        teller.keys[kind] = teller.ask("POST", "/v1/keys", {"kind": kind, "name": "the story"})["key"]
    yield from _remembering(teller, today)
    yield from _keeping(teller)
    yield from _writing(teller)


def _remembering(teller: Teller, today: datetime) -> Iterator[str]:
    yield _import(teller, "customers", shop.customers_csv(), CUSTOMER_FILE)
    yield f"{_import(teller, 'orders', shop.orders_csv(today), ORDER_FILE)} {_again(teller, today)}"
    her = _picture(teller)
    yield f"{her['traits']['name']} is a regular: {_orders(her)}."

    teller.send("/v1/identify", {"userId": REGULAR, "anonymousId": BROWSER}, "secret")
    teller.send("/v1/page", {"anonymousId": BROWSER, "name": "Boots"}, "publishable")
    teller.settle()
    yield f"She signed in; what her browser looks at is hers. Newest on her timeline: {_newest(teller)}."
    for _ in range(2):
        teller.send("/v1/track", {"userId": REGULAR, "event": "Order Completed", "properties": ORDER}, "secret")
    teller.settle()
    yield f"She ordered; the shop said so twice, and it counts once: {_orders(_picture(teller))}."


def _keeping(teller: Teller) -> Iterator[str]:
    """Segments; the clock goes on by an hour and some minutes."""
    shop.prepare_journeys(teller)
    for segment, definition in shop.SEGMENTS.items():
        teller.ask("PUT", f"/v1/segments/{segment}", definition)
    regulars, looking = (_built(teller, segment) for segment in shop.SEGMENTS)
    yield (
        f"Two segments are published and stay true by themselves. Regulars, at least 3 orders in 365 days: {regulars} "
        f"customers. Just looking, a product viewed in the last hour and no order: {looking}."
    )
    teller.send("/v1/track", {"userId": LOOKER, "event": "Product Viewed", "properties": {"sku": "boots"}}, "secret")
    teller.settle()
    name = teller.ask("GET", f"/v1/customers/user:{LOOKER}")["traits"]["name"]
    why = teller.ask("GET", f"/v1/segments/just-looking/explain/user:{LOOKER}")["explanation"]
    yield f"{name} looked at boots. {why['summary'].partition(', because')[0]}."

    until, inside = why["changes"]["at"], _looking(teller)
    teller.call("POST", "/_local/clock", {"to": until})
    left = _left(teller)
    if left != until:
        raise StoryError(f"{name} was to leave at {until}, and left at {left}")
    yield (
        f"Nobody did anything for an hour, and at {datetime.fromisoformat(left):%H:%M:%S} time alone took {name} out: "
        f"Just looking had {inside}, and has {_looking(teller)}."
    )


def _writing(teller: Teller) -> Iterator[str]:
    for path, definition in shop.CAMPAIGN.items():
        teller.ask("PUT", path, definition)
    yield "A campaign is defined: every regular gets a letter with three links."
    _launch(teller)
    letters = {letter["recipient"]: letter for letter in teller.call("GET", "/_local/outbox")["items"]}
    _launch(teller)
    if teller.call("GET", "/_local/outbox?limit=1")["total"] != len(letters):
        raise StoryError("launching again wrote to somebody twice")
    yield f"{len(letters)} letters went out, one to each. Launching it again wrote to nobody."

    hers, opener, bouncer, complainer, leaver, scanned, *_ = _in_turn(letters)
    status, place = teller.read(_link(hers, "c"))
    first, altered = _picture(teller)["traits"]["firstName"], _altered(teller, hers)
    yield f"{first} followed a link in hers: {status}, to {place}. Altered by one letter it is {altered}."
    teller.read(_link(opener, "o"))
    for event, letter in (("bounce", bouncer), ("complaint", complainer)):
        teller.call("POST", "/_local/ses", {"event": event, "send_id": letter["send_id"]})
    teller.read(
        _link(leaver, "u"), "POST", b"List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    for url in _links(scanned):
        teller.read(url, purpose="prefetch")
    teller.settle()
    yield (
        "One opened it, one bounced after delivery, one unsubscribed, one complained (that counts as unsubscribing, "
        "too); a scanner followed every link of a sixth."
    )
    teller.call("POST", "/_local/clock", {"advance": 600})
    teller.settle()
    numbers = _numbers(teller.ask("GET", "/v1/campaigns/hello/report"))
    yield f"Ten minutes later it is settled who was a person. The report: {numbers}."
    yield "What the two journeys of docs/journeys name is there: publish one, and see who comes in."


def epilogue(teller: Teller) -> str:
    """Where to look, and with which keys."""
    now = f"{datetime.fromisoformat(teller.call('GET', '/_local/clock')['now']):%-d %B %Y, %H:%M UTC}"
    customer = f"{teller.base}/v1/customers/user:{REGULAR}"
    return f"""
Look    {teller.base}/_local/outbox in a browser: the letters as they were sent. {teller.base}/ shows the rest.
          TOKEN=$(curl -s '{teller.base}/_local/token?group=marketer' | cut -d'"' -f4)
          curl -H "Authorization: Bearer $TOKEN" {customer}
          curl -H "Authorization: Bearer $TOKEN" {customer}/timeline
          curl -H "Authorization: Bearer $TOKEN" {teller.base}/v1/segments/regulars/explain/user:{REGULAR}
          curl -H "Authorization: Bearer $TOKEN" {teller.base}/v1/campaigns/hello/report
Send    curl {teller.base}/v1/track -u {teller.keys["secret"]}: \\
          -d '{{"userId": "{REGULAR}", "event": "Product Viewed", "properties": {{"sku": "lamp"}}}}'
Keys    {teller.keys["publishable"]}   may stand in a web page
        {teller.keys["secret"]}   belongs on a server
Clock   It is {now} here: the story moved the clock on, to see an hour pass and a launch through. To move it:
          curl -d '{{"advance": 3600}}' {teller.base}/_local/clock
Stop    Ctrl-C. Nothing is left behind."""


def _import(teller: Teller, kind: str, text: str, described: dict[str, Any]) -> str:
    started = time.perf_counter()
    made = teller.ask("POST", "/v1/imports", {"name": f"the shop's {kind}", "kind": kind, **described})
    teller.upload(made["upload"]["url"], text)
    teller.settle()
    done = teller.ask("GET", f"/v1/imports/{made['id']}")
    if done["state"] != "done" or done["refused"]:
        raise StoryError(f"the import of {kind} ended as {done}")
    return f"{done['accepted']} {kind} came in as a file, in {time.perf_counter() - started:.1f} s."


def _again(teller: Teller, today: datetime) -> str:
    before = _picture(teller)["orders"]
    _import(teller, "orders", shop.orders_csv(today), ORDER_FILE)
    if _picture(teller)["orders"] != before:
        raise StoryError("the same orders again changed the picture")
    return "The same file again changed nothing."


def _picture(teller: Teller) -> dict[str, Any]:
    picture: dict[str, Any] = teller.ask("GET", f"/v1/customers/user:{REGULAR}")
    return picture


def _orders(picture: dict[str, Any]) -> str:
    orders = picture["orders"]
    return f"{orders['count']} orders, {orders['totals']['USD']['amount']} USD"


def _newest(teller: Teller) -> str:
    (newest,) = teller.ask("GET", f"/v1/customers/user:{REGULAR}/timeline?limit=1")["items"]
    return f"{newest['type']} {newest['name']}"


def _built(teller: Teller, segment: str) -> int:
    """How many are in it when it counts; the clock goes on to whatever is due next until then."""
    for _ in range(30):
        size: int | None = teller.ask("GET", f"/v1/segments/{segment}")["state"]["size"]
        if size is not None:
            return size
        _go_on(teller)
    raise StoryError(f"the segment {segment} was not built")


def _looking(teller: Teller) -> int:
    members: int = teller.ask("GET", "/v1/segments/just-looking/members")["count"]["members"]
    return members


def _left(teller: Teller) -> str:
    """Since when that is so; the clock looks at whoever is due within a minute or two, and no further: what is
    due next may be weeks away."""
    for _ in range(10):
        teller.settle()
        newest = teller.ask("GET", f"/v1/customers/user:{LOOKER}/timeline?limit=1")["items"][0]
        if newest["name"] == "Segment Left":
            return str(newest["at"])
        teller.call("POST", "/_local/clock", {"advance": 30})
    raise StoryError("nobody left the segment, although it was time")


def _go_on(teller: Teller) -> None:
    teller.settle()
    teller.call("POST", "/_local/clock", {"advance": "next"})


def _launch(teller: Teller) -> None:
    """The clock goes on to whatever is due next until nobody is left to be written to."""
    launch = teller.ask("POST", "/v1/campaigns/hello/launch", {})
    while launch["state"] not in ("done", "failed"):
        _go_on(teller)
        launch = teller.ask("GET", "/v1/campaigns/hello")["launch"]
    if launch["state"] == "failed":
        raise StoryError(f"the launch failed: {launch['error']}")


def _in_turn(letters: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Hers first."""
    hers = next(customer.email for customer in shop.customers() if customer.number == REGULAR)
    return [letters[hers], *(letters[each] for each in sorted(letters) if each != hers)]


def _links(letter: dict[str, Any]) -> list[str]:
    return re.findall(r'(?:href|src)="(http[^"]+)"', letter["html"])


def _link(letter: dict[str, Any], kind: str) -> str:
    """`c` is the first link of the letter, `o` its pixel, `u` the way out."""
    return next(url for url in _links(letter) if f"/{kind}/" in url)


def _altered(teller: Teller, letter: dict[str, Any]) -> int:
    link = _link(letter, "c")
    at = link.index("/c/") + 30
    return teller.read(link[:at] + ("A" if link[at] != "A" else "B") + link[at + 1 :])[0]


def _numbers(report: dict[str, Any]) -> str:
    shown = ("targeted", "sent", "opened", "waiting", "bounced", "unsubscribed", "complained")
    return ", ".join(f"{report[name]} {name}" for name in shown)
