"""A page of a shop with shopkeeper.js in it, in an engine of JavaScript that is no browser."""

import json
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import quickjs

ROOT = Path(__file__).parents[1]
SOURCE = (ROOT / "functions/ingest_snippet/shopkeeper.js").read_text()
WORLD = (ROOT / "tests/page.js").read_text()
KEY = "pk_local_key"
ADDRESS = "https://www.shop.example/boots?utm_source=news&utm_campaign=Spring&gclid=G-1#size"


def _url(address, base):
    parts = urlsplit(urljoin(base, address))
    front = f"{parts.scheme}://{parts.netloc}{parts.path or '/'}"
    return json.dumps(
        {
            "front": front,
            "origin": f"{parts.scheme}://{parts.netloc}",
            "protocol": f"{parts.scheme}:",
            "hostname": parts.hostname,
            "pathname": parts.path or "/",
            "hash": f"#{parts.fragment}" if parts.fragment else "",
            "fields": parse_qsl(parts.query, keep_blank_values=True),
        }
    )


def _query(fields):
    fields = [tuple(field) for field in json.loads(fields)]
    return f"?{urlencode(fields)}" if fields else ""


class Page:
    """`before` is what the page and the browser say ahead of the snippet; a page after `earlier` finds what that one
    left in the browser."""

    def __init__(self, before="", *, address=ADDRESS, referrer="", earlier=None, data=None, load=True):
        self._js = quickjs.Context()
        self._js.add_callable("py_url", _url)
        self._js.add_callable("py_query", _query)
        self._js.eval(WORLD)
        self.run(f"location.go({json.dumps(address)}); document.referrer = {json.dumps(referrer)}")
        if earlier:
            kept = {name: earlier.world(name) for name in ("storage", "cookies", "session")}
            self.run(f"Object.assign(world, {json.dumps(kept)})")
        self.run(before)
        self._tag = {"src": "https://t.shop.example/shopkeeper.js", "dataset": {"key": KEY} if data is None else data}
        if load:
            self.include()

    def include(self):
        self.run(f"document.currentScript = {json.dumps(self._tag)}")
        self.run(SOURCE)
        self.run("document.currentScript = null")

    def run(self, script):
        """Whatever hangs on promises has happened when this returns."""
        given = self._js.eval(script)
        while self._js.execute_pending_job():
            pass
        return given

    def say(self, *call):
        self.run(f"shopkeeper(...{json.dumps(call)})")

    def world(self, name):
        return json.loads(self.run(f"JSON.stringify(world.{name})"))

    def wait(self):
        """Until nothing is due any more, but never for long where something is tried again and again."""
        self.run("pass()")

    def leave(self):
        self.run("happen('pagehide')")

    def calls(self):
        """What has reached the door, by either way."""
        self.wait()
        return [call for each in self.world("sent") + self.world("beacons") for call in each["body"]["batch"]]
