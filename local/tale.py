"""The story `make run` tells: a small shop opens, told only through the routes that everybody has.

One thing is planted, because no campaign writes letters yet: the ledger row and the link table of one letter, so
that its signed link can be followed.
"""

import json
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from local import shop

REGULAR = "1003"  # She has ordered more often than most; see `shop.orders`.
ORDER = {"order_id": "A-9001", "total": 89.9, "currency": "USD", "products": [{"sku": "boots", "quantity": 1}]}
VISITOR = "a-browser-of-hers"


class StoryError(Exception):
    """The stack did not answer as the story needs; the message says where."""


@dataclass
class Teller:
    """Speaks HTTP to the stack at `base`, as any client would."""

    base: str
    token: str = ""
    keys: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        url = path if path.startswith("http") else self.base + path
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(url, data=data, method=method, headers=named)
        try:
            with urllib.request.urlopen(request) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise StoryError(
                f"{method} {path} answered {error.code}: {error.read().decode(errors='replace')}"
            ) from None

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """As a marketer."""
        return self.call(method, path, body, authorization=f"Bearer {self.token}")

    def send(self, path: str, body: dict[str, Any], key: str) -> None:
        """As a shop's server or its pages, with a write key."""
        basic = b64encode(f"{self.keys[key]}:".encode()).decode()
        answer = self.call("POST", path, body, authorization=f"Basic {basic}")
        if not answer["success"]:
            raise StoryError(f"POST {path} refused: {answer}")

    def settle(self) -> None:
        self.call("POST", "/_local/settle")


def tell(teller: Teller, plant_letter: Callable[[str], str], today: datetime) -> Iterator[str]:
    """One line per thing that happened, as it happens.

    `plant_letter` takes a customer id, lays one letter into the ledger and answers the path of its first link.
    """
    teller.token = teller.call("GET", "/_local/token?group=admin")["token"]
    for kind in ("publishable", "secret"):
        teller.keys[kind] = teller.ask("POST", "/v1/keys", {"kind": kind, "name": "the story"})["key"]

    yield _import(teller, "customers", shop.customers_csv(), CUSTOMER_FILE)
    yield _import(teller, "orders", shop.orders_csv(today), ORDER_FILE)
    yield _again(teller, today)

    her = _picture(teller)
    name = her["traits"]["name"]
    yield f"{name} is a regular: {_orders(her)}."

    teller.send("/v1/page", {"anonymousId": VISITOR, "name": "Boots"}, "publishable")
    teller.send("/v1/identify", {"userId": REGULAR, "anonymousId": VISITOR}, "secret")
    yield "A browser looked at boots; then she signed in, and the browser is hers."

    teller.send("/v1/track", {"anonymousId": VISITOR, "event": "Order Completed", "properties": ORDER}, "publishable")
    teller.send("/v1/track", {"userId": REGULAR, "event": "Order Completed", "properties": ORDER}, "secret")
    teller.settle()
    yield f"She ordered; browser and server both said so, and it counts once: {_orders(_picture(teller))}."

    link = plant_letter(her["customer_id"])
    place = follow(teller.base + link)
    teller.settle()
    page = teller.ask("GET", f"/v1/customers/{her['customer_id']}/timeline?limit=3")
    yield f"She followed the signed link of a letter and came to {place}; her timeline begins: {_newest(page)}."
    yield f"The same link, altered by one letter, leads nowhere: {follow(teller.base + _altered(link))}."


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
}
ORDER_FILE = {
    "mapping": {"order": "order_id", "customer": "user_id", "day": "at", "dollars": "total", "what": "properties.what"},
    "constants": {"currency": "USD"},
}


def epilogue(teller: Teller) -> str:
    """Where to look, and with which keys."""
    customer = f"{teller.base}/v1/customers/user:{REGULAR}"
    return f"""
Look    {teller.base}/ shows what is open, and every route. Her picture and her timeline:
          TOKEN=$(curl -s '{teller.base}/_local/token?group=marketer' | cut -d'"' -f4)
          curl -H "Authorization: Bearer $TOKEN" {customer}
          curl -H "Authorization: Bearer $TOKEN" {customer}/timeline
Send    curl {teller.base}/v1/track -u {teller.keys["secret"]}: \\
          -d '{{"userId": "{REGULAR}", "event": "Product Viewed", "properties": {{"sku": "lamp"}}}}'
Keys    {teller.keys["publishable"]}   may stand in a web page
        {teller.keys["secret"]}   belongs on a server
Stop    Ctrl-C. Nothing is left behind."""


def _again(teller: Teller, today: datetime) -> str:
    before = _picture(teller)["measures"]
    _import(teller, "orders", shop.orders_csv(today), ORDER_FILE)
    if _picture(teller)["measures"] != before:
        raise StoryError("the same orders again changed the picture")
    return "The same file of orders came in again, and nothing changed."


def _import(teller: Teller, kind: str, text: str, described: dict[str, Any]) -> str:
    started = time.perf_counter()
    asked = {"name": f"the shop's {kind}", "kind": kind, **described}
    made = teller.ask("POST", "/v1/imports", asked)
    request = urllib.request.Request(made["upload"]["url"], data=text.encode(), method="PUT")
    urllib.request.urlopen(request).close()
    teller.settle()
    done = teller.ask("GET", f"/v1/imports/{made['id']}")
    if done["state"] != "done" or done["refused"]:
        raise StoryError(f"the import of {kind} ended as {done}")
    return f"{done['accepted']} {kind} came in as a file, in {time.perf_counter() - started:.1f} s."


def _picture(teller: Teller) -> dict[str, Any]:
    picture: dict[str, Any] = teller.ask("GET", f"/v1/customers/{quote(f'user:{REGULAR}')}")
    return picture


def _orders(picture: dict[str, Any]) -> str:
    orders = picture["measures"]["Order Completed"]
    return f"{orders['count']} orders, {orders['totals']['USD']['amount']} USD"


def _newest(page: dict[str, Any]) -> str:
    return ", ".join(item["name"] or item["type"] for item in page["items"])


def _altered(link: str) -> str:
    middle = len(link) // 2
    return link[:middle] + ("A" if link[middle] != "A" else "B") + link[middle + 1 :]


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def follow(url: str) -> str:
    """Where a link leads, or the status that says it leads nowhere."""
    try:
        urllib.request.build_opener(_Stay).open(url).close()
    except urllib.error.HTTPError as answer:
        return answer.headers.get("location") or str(answer.code)
    return "nowhere"
