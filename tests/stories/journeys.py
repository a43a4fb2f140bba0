"""What stories of journeys have in common: a shop with all that the two journeys of docs/journeys name, customers who
live in it side by side, and what anybody sees of them from outside."""

from datetime import timedelta
from itertools import count
from pathlib import Path

from shopkeeper import clock, ids
from shopkeeper.segment.facts import share
from tests.stories.letters import BRAND, link, outbox

DEFINITIONS = Path(__file__).parents[2] / "docs/journeys"
HTML = '<p>For you: <a href="https://shop.example/">look</a>. <a href="{{ unsubscribe_url }}">No more of this</a></p>'


def letter(subject):
    return {"subject": subject, "html": HTML}


def place(holdout, name, *, is_left_out=False):
    """A user id of that name whom the lot lets in, or leaves out."""
    named = (f"{name}-{number}" for number in count())
    return next(who for who in named if (share(holdout, ids.customer_id(f"user:{who}")) < 500) == is_left_out)


class Shop:
    """Its mornings are those of the clock of the stack; nothing here depends on the day on which it is told."""

    def __init__(self, stack, journey):
        self.stack, self.journey = stack, journey
        self.admin = {"Authorization": f"Bearer {stack.token('admin')}"}
        self.secret = self.ask("POST", "/v1/keys", {"kind": "secret", "name": "shop"})["key"]
        self.define("brands/shop", BRAND)

    def ask(self, method, path, body=None, **headers):
        answer = self.stack.request(method, path, json=body, headers=self.admin | headers)
        assert answer.status < 300, (path, answer.text)
        return answer.json()

    def define(self, path, body):
        return self.ask("PUT", f"/v1/{path}", body)

    def connect(self, *names):
        for name in names:
            self.define(f"connectors/{name}", {"standard_webhooks": {"url": f"https://{name}.example/in"}})
            self.ask("POST", f"/v1/connectors/{name}/secret")

    def publish(self, text):
        said = self.admin | {"Content-Type": "application/yaml"}
        put = self.stack.request("PUT", f"/v1/journeys/{self.journey}", body=text.encode(), headers=said)
        assert put.status == 201, put.text
        self.ask("POST", f"/v1/journeys/{self.journey}/publish", {})
        self.stack.clock.advance(timedelta(seconds=5))

    def morning(self, hour, minute=0):
        """On to that time of the next day."""
        now = self.stack.clock.now()
        today = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        self.stack.clock.move_to(today + timedelta(days=1))

    def upto(self, instant):
        """As time goes by: the clock looks each minute at what is due."""
        self.stack.settle()
        while (due := self.stack.next_due()) and due <= instant:
            self.stack.advance_to_next()
            self.stack.settle()
        self.stack.clock.advance(max(instant - self.stack.clock.now(), timedelta()))
        self.stack.settle()

    def later(self, **span):
        self.upto(self.stack.clock.now() + timedelta(**span))

    def tell(self, *calls, settle=True, times=1):
        for _ in range(times):
            taken = self.stack.request("POST", "/v1/batch", json={"writeKey": self.secret, "batch": list(calls)})
            assert taken.status == 200, taken.text
        if settle:
            self.stack.settle()

    def letters(self, who):
        """Their subjects, the oldest first."""
        return [each["subject"] for each in self.mails(who)][::-1]

    def mails(self, who):
        return outbox(self.stack, address(who))

    def click(self, who):
        """As a person does, in their newest letter."""
        headers = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
        assert self.stack.request("GET", link(self.mails(who)[0], "c"), headers=headers).status == 302

    def run(self, who):
        (only,) = self.ask("GET", f"/v1/journeys/{self.journey}/runs/user:{who}")["items"]
        return only

    def why(self, who):
        return self.ask("GET", f"/v1/journeys/{self.journey}/explain/user:{who}")

    def end(self, who):
        run = self.run(who)
        return run["reason"], run["on"], run["tasks"]

    def hours(self, who):
        """After how many hours each node was left, about."""
        run = self.run(who)
        entered = clock.from_text(run["entered_at"])
        return {each["node"]: about(clock.from_text(each["at"]) - entered) for each in run["history"]}

    def calls(self, who):
        """What connectors were told of them, the oldest first: `+facebook:cart`, `-facebook:cart`."""
        customer = ids.customer_id(f"user:{who}")
        told = self.stack.request("GET", "/_local/calls").json()["items"][::-1]
        return [switched(each) for each in told if each["body"]["data"]["customer_id"] == customer]

    def tasks(self, who):
        """All there ever were of them."""
        customer = ids.customer_id(f"user:{who}")
        listed = [self.ask("GET", f"/v1/tasks?state={state}")["items"] for state in ("open", "done", "cancelled")]
        return [each for page in listed for each in page if each["customer_id"] == customer]

    def told(self, who):
        """What journeys say of them in their memory."""
        items = self.ask("GET", f"/v1/customers/user:{who}/timeline")["items"]
        return sorted(each["name"] for each in items if each["source"] == "journey")


def about(span):
    return round(span.total_seconds() / 3600)


def switched(call):
    said = call["body"]
    connector = call["host"].removesuffix(".example")
    return f"{'+' if said['type'] == 'audience.on' else '-'}{connector}:{said['data']['audience']}"


def address(who):
    return f"{who}@customers.example"


def comes(who, **traits):
    return {"type": "identify", "userId": who, "traits": {"email": address(who), **traits}}


def does(who, event, message=None, at=None, **properties):
    said = {"type": "track", "userId": who, "event": event, "properties": properties}
    said |= {"messageId": message} if message else {}
    return said | ({"timestamp": clock.to_text(at)} if at else {})


def buys(who, **said):
    return does(who, "Order Completed", order_id=f"o-{who}", total=20, currency="USD", **said)
