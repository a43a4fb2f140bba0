"""A visitor walks through a shop with a real browser, and Shopkeeper remembers what it should and nothing else."""

import hashlib
import hmac
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests import chromium
from tests.stories.test_collect import read, rows, write_key

pytestmark = pytest.mark.skipif(
    chromium.installed() is None, reason=f"no browser here: install one of {', '.join(chromium.NAMES)}"
)

STUB = "window.shopkeeper = window.shopkeeper || function () { (shopkeeper.q = shopkeeper.q || []).push(arguments) };"
PAGE = """<!doctype html><html lang="en"><title>{title}</title>
<script>{stub} {early}</script>
<script async src="{host}/shopkeeper.js" data-key="{key}"></script>
<h1>{title}</h1>"""
ASKS_FOR_PRIVACY = "Object.defineProperty(navigator, 'globalPrivacyControl', {get: () => true});"


class Shop(BaseHTTPRequestHandler):
    """Each address is a page; `early` is what the page says ahead of the snippet."""

    early = ""

    def __init__(self, stack, key, *how):
        self.stack, self.key = stack, key
        super().__init__(*how)

    def do_GET(self):
        title = self.path.strip("/").partition("?")[0].title() or "Home"
        text = PAGE.format(title=title, stub=STUB, early=Shop.early, host=self.stack.base_url, key=self.key).encode()
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def browser():
    with chromium.browser() as browser:
        yield browser


@pytest.fixture
def key(stack):
    return write_key(stack, "publishable")


@pytest.fixture
def shop(stack, key, monkeypatch):
    """Its address, which is not that of the door: the browser asks before it sends there."""
    monkeypatch.setattr(Shop, "early", "")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Shop, stack, key["key"]))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def visitor(tab):
    return tab.run("document.cookie.split('shopkeeper_id=')[1]")


def sent(tab):
    return tab.until("window.shopkeeper && shopkeeper.version && !localStorage.shopkeeper_waiting")


def told(stack, subject):
    stack.settle()
    return [(row["type"]["S"], row.get("name", {}).get("S", "")) for row in sorted(rows(stack, subject), key=_at)]


def _at(row):
    return row["at"]["S"], row["message_id"]["S"]


def test_a_visitor_is_remembered_from_page_to_page_until_they_sign_in_and_after(stack, shop, key, browser):
    tab = browser.open(f"{shop}/boots?utm_source=news&utm_medium=email&utm_campaign=spring")
    sent(tab)
    someone = visitor(tab)
    tab.run("shopkeeper('track', 'Product Viewed', {sku: 'boots'})")
    sent(tab)
    tab.run("history.pushState({}, '', '/tea'); new Promise((seen) => setTimeout(() => setTimeout(seen)))")
    tab.go(f"{shop}/basket")  # Before anything was sent: the browser takes it along.
    sent(tab)
    assert visitor(tab) == someone

    admin = {"authorization": f"Bearer {stack.token('admin')}"}
    asked = stack.request("POST", f"/v1/keys/{key['id']}/identity-secret", headers=admin).json()
    user_hash = hmac.new(asked["identity_secret"].encode(), b"42", hashlib.sha256).hexdigest()
    tab.run(f"shopkeeper('identify', '42', {{firstName: 'Jo'}}, {{user_hash: '{'0f' * 32}'}})")  # Of a key of old.
    sent(tab)
    tab.run(f"shopkeeper('identify', '42', {{firstName: 'Jo'}}, {{user_hash: '{user_hash}'}})")
    sent(tab)
    tab.run(f"shopkeeper('identify', '42', {{firstName: 'Jo'}}, {{user_hash: '{user_hash}'}})")
    tab.run("shopkeeper('track', 'Basket Viewed')")
    sent(tab)
    assert told(stack, f"anon:{someone}") == [("page", ""), ("track", "Product Viewed"), ("page", ""), ("page", "")]
    assert sorted(told(stack, "user:42")) == [("identify", ""), ("track", "Basket Viewed")]
    customer = read(stack, "/v1/customers/user:42")
    assert customer["traits"]["firstName"] == "Jo"
    assert customer["measures"]["Product Viewed"]["count"] == 1
    assert read(stack, f"/v1/customers/anon:{someone}")["customer_id"] == customer["customer_id"]
    first = min(rows(stack, f"anon:{someone}"), key=_at)["body"]["S"]
    assert all(word in first for word in ('"campaign":{"source":"news"', '"device_class"', '"title":"Boots"'))
    tab.close()


def test_the_door_asks_nothing_of_a_browser_before_it_sends(stack, shop, browser):
    tab = browser.open(f"{shop}/boots")
    sent(tab)
    tab.run("shopkeeper('track', 'Product Viewed')")
    tab.go(f"{shop}/tea")
    sent(tab)
    requests = [each["request"] for each in tab.said("Network.requestWillBeSent")]
    assert {each["method"] for each in requests if each["url"].endswith("/v1/b")} == {"POST"}
    assert not tab.said("Network.loadingFailed")
    scripts = [
        each["response"] for each in tab.said("Network.responseReceived") if "shopkeeper.js" in each["response"]["url"]
    ]
    assert {each["headers"]["content-encoding"] for each in scripts} == {"gzip"}
    tab.close()


def test_what_a_page_says_before_the_snippet_is_there_is_not_lost(stack, shop, browser, monkeypatch):
    monkeypatch.setattr(Shop, "early", "shopkeeper('track', 'Tea Poured');")
    tab = browser.open(f"{shop}/tea")
    sent(tab)
    assert sorted(told(stack, f"anon:{visitor(tab)}")) == [("page", ""), ("track", "Tea Poured")]
    tab.close()


def test_while_the_door_is_shut_a_page_waits_and_then_all_is_counted_once(stack, shop, browser):
    stack.request("POST", "/_local/fail", json={"service": "sqs", "times": 4})
    tab = browser.open(f"{shop}/tea")
    tab.until("window.shopkeeper && shopkeeper.version")
    tab.run("shopkeeper('track', 'Tea Poured')")
    sent(tab)
    assert told(stack, f"anon:{visitor(tab)}").count(("track", "Tea Poured")) == 1
    tab.close()


def test_who_asks_for_privacy_leaves_nothing_behind_and_nothing_here(stack, shop, browser):
    tab = browser.open(f"{shop}/tea", before=ASKS_FOR_PRIVACY)
    tab.until("window.shopkeeper && shopkeeper.version")
    tab.run("shopkeeper('track', 'Tea Poured'); shopkeeper('identify', '42', {}, {user_hash: 'x'})")
    tab.go(f"{shop}/boots")
    tab.until("window.shopkeeper && shopkeeper.version")
    requests = [each["request"]["url"] for each in tab.said("Network.requestWillBeSent")]
    stack.settle()

    assert tab.run("document.cookie + Object.keys(localStorage) + Object.keys(sessionStorage)") == ""
    assert not any("/v1/" in url for url in requests)
    assert stack.state()["rows"]["Interactions"] == 0
    tab.close()
