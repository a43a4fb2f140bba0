"""What a launch works on, in memory; every call goes over the wire of its world, and can crash there."""

from dataclasses import replace

from shopkeeper.campaign import deciding
from shopkeeper.customer import interaction

LOYAL = {"op": "count", "measure": {"event": "Order Completed"}, "window": "ever", "cmp": "ge", "n": 3}
CAMPAIGN = {"audience": LOYAL, "template": "hello", "brand": "shop", "topic": "news", "class": "marketing"}
HOME = "https://shop.example/"


class Definitions:
    """`later` are the versions of the campaign behind the first."""

    def __init__(self, campaign=CAMPAIGN, *later, **numbers):
        self.campaigns, self.policy = [campaign, *later], numbers.pop("said", {})
        self.numbers = {"template": 3, "brand": 2, "policy": bool(self.policy)} | numbers

    def number(self, kind, definition_id):
        return self.numbers[kind]

    def version(self, kind, definition_id, number):
        if kind == "brand":
            return {"home_page": HOME}
        if kind == "policy":
            return self.policy
        return self.campaigns[number - 1] if number <= len(self.campaigns) else None


class Customers:
    def __init__(self, world):
        self.world = world

    def page(self, segment, segments, after):
        def work():
            size, all_of_them = self.world.page_size, self.world.customers
            part = [stored for place, stored in enumerate(all_of_them) if place % segments == segment]
            part = [stored for stored in part if stored.customer_id > after]
            return part[:size], part[size - 1].customer_id if len(part) > size else ""

        return self.world.wire.call("customers.page", work)


class Queue:
    def __init__(self, world):
        self.world = world

    def send(self, messages, delays=()):
        """Ten at a time, as SQS takes them: a crash may leave some of them out."""
        self.world.delays += delays
        for first in range(0, len(messages), 10):
            self.world.wire.call(
                "queue.send", lambda first=first: self.world.queue.extend(messages[first : first + 10])
            )
            self.world.requests += 1

    def is_idle(self):
        return self.world.wire.call("queue.is_idle", lambda: not self.world.queue)


class Memory:
    def __init__(self, world):
        self.world = world

    def send(self, messages):
        self.world.wire.call("memory.send", lambda: self.world.told.extend(map(interaction.decode, messages)))


class Recounts:
    def __init__(self, world):
        self.world = world

    def get(self, launch_id):
        return self.world.wire.call("recounts.get", lambda: self.world.recounts.get(launch_id))

    def put(self, recount):
        self.world.put_revision("recounts.put", self.world.recounts, recount.launch, recount)


class Links:
    def __init__(self, world):
        self.world = world

    def tag(self, *said):
        self.world.wire.call("links.tag", lambda: self.world.tagged.append(said))

    def lead_home(self, *said):
        self.world.wire.call("links.lead_home", lambda: self.world.led.append(said))


class Machine:
    def __init__(self, world):
        self.world = world

    def start(self, name, said):
        def work():
            if name not in self.world.executions:
                self.world.executions[name] = said
                self.world.waiting.append(name)

        self.world.wire.call("machine.start", work)


class Rows:
    def __init__(self, world):
        self.world = world

    def load(self, send_id):
        return self.world.wire.call("sends.load", lambda: self.world.sends.get(send_id))

    def apply(self, change):
        return self.world.apply(change)


def with_letter(row, launch):
    """As mail_send claims it; None for one of which the letter is left open."""
    letter = deciding.letter(launch)
    if row.template or launch.status == "cancelled":
        return row
    named = {"template": letter.template, "content_ref": letter.content_ref, "variant": letter.variant}
    return replace(row, **named) if letter.template else None
