"""The other side, a real one on loopback; and what a delivery reaches through, in memory."""

import json
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace

from shopkeeper import keyring
from shopkeeper.clock import Clock
from shopkeeper.connect import connectors
from shopkeeper.connect.calling import Reply
from shopkeeper.connect.connectors import Endpoint, State
from shopkeeper.connect.delivering import Deliverer, Overtaken
from shopkeeper.connect.messages import Handed
from shopkeeper.connect.switched import Switched

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
RING = keyring.parse(json.dumps({"mint": "1", "1": "r" * 64}))
HOOK = Endpoint("https://crm.example/in")


def handed(effect, customer="jo", journey="cart"):
    return Handed(customer_id=customer, journey=journey, name=f"{journey}#", key=effect.key, effect=effect)


class OtherSide:
    """Answers as it was told, and remembers what it was asked."""

    def __init__(self, *replies):
        self.replies, self.asked = list(replies), []

    def post(self, url, headers, body):
        self.asked.append(SimpleNamespace(url=url, headers=headers, body=body, said=json.loads(body)))
        reply = self.replies.pop(0) if self.replies else 204
        if isinstance(reply, Exception):
            raise reply
        return Reply(reply) if isinstance(reply, int) else reply


class Connectors:
    def __init__(self, **endpoints):
        self.endpoints = endpoints
        self.states = {name: State(connector=name).renewed(1, NOW) for name in endpoints}

    def endpoint(self, connector):
        return self.endpoints.get(connector)

    def state(self, connector):
        return self.states[connector]

    def put(self, state):
        if state.revision != self.states[state.connector].revision + 1:
            raise connectors.Overtaken
        self.states[state.connector] = state


class Switches:
    def __init__(self):
        self.rows, self.overtaken = {}, 0

    def load(self, kind, customer_id):
        return self.rows.get((kind, customer_id), Switched(kind=kind, customer_id=customer_id))

    def put(self, switched):
        before = self.load(switched.kind, switched.customer_id)
        if self.overtaken or switched.revision != before.revision + 1:
            self.overtaken -= 1
            raise Overtaken
        self.rows[switched.kind, switched.customer_id] = switched


class Desk:
    """All that a delivery reaches."""

    def __init__(self, *replies, **endpoints):
        self.other, self.connectors, self.switches = OtherSide(*replies), Connectors(**endpoints), Switches()
        self.ring, self.told, self.tasks = RING, [], []
        self.deliverer = Deliverer(
            connectors=self.connectors,
            switches=self.switches,
            runs=SimpleNamespace(tell=lambda key, cause, now: self.told.append((key, cause))),
            tasks=lambda said, task: self.tasks.append((said, task)),
            ring=lambda now: self.ring,
            caller=self.other,
            now=Clock(NOW.timestamp),
        )

    def deliver(self, effect, **about):
        return self.deliverer.deliver(handed(effect, **about), NOW)

    def told_the_other_side(self):
        return [each.said["type"] for each in self.other.asked]


@contextmanager
def listening(respond):
    """A server on a free port. `respond(handler)` writes the answer; requests stand in `asked`."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            asked.append(SimpleNamespace(path=self.path, headers=dict(self.headers.items()), body=body))
            respond(self)

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_):
            """Whoever hangs up in the middle is no error of ours."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield SimpleNamespace(port=server.server_address[1], asked=asked)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
