"""A campaign of its own to customers of its own, and what has become of each of them when nothing waits any more."""

from collections import Counter

from tests.stories import letters
from tests.stories.letters import bring_customers, define, outbox, recipients, report
from tests.stories.shop import read

QUEUES = ("visible", "hidden", "dead")


class Mailing:
    """`people` are user ids, by default two that nobody else has; they come in by a file that says they consent."""

    def __init__(self, stack, name, people=()):
        self.stack, self.name, self.activity = stack, name, f"campaign:{name}"
        self.people = people or [f"{name}-1", f"{name}-2"]
        bring_customers(stack, *self.people)
        here = [{"op": "trait", "path": "email", "cmp": "eq", "value": address(who)} for who in self.people]
        audience = {"op": "any", "of": here}
        campaign = {"audience": audience, "template": "news", "brand": "shop", "topic": "news"}
        define(stack, f"/v1/campaigns/{name}", campaign)

    def send(self):
        letters.launch(self.stack, self.name)
        self.go_on()
        return self

    def go_on(self):
        """Until nothing waits; whatever happens on the way, the numbers of the report add up."""
        self.stack.settle()
        while self._adds_up() and self._advance():
            self.stack.settle()

    def _advance(self):
        """That launches are counted again for days is no story of theirs."""
        put_recounts_aside(self.stack.client("dynamodb"))
        return self.stack.advance_to_next()

    def _adds_up(self):
        made = report(self.stack, self.name)
        assert made["broken"] == []
        assert made["targeted"] in (0, len(self.people)) or self.launch()["frozen_at"] is None
        return True

    def launch(self):
        return read(self.stack, f"/v1/campaigns/{self.name}")["launch"]

    def letters(self, who):
        sent = outbox(self.stack, address(who))
        return [each for each in sent if (each["recipient"], each["activity"]) == (address(who), self.activity)]

    def pictures(self):
        return {who: self.picture(who) for who in self.people}

    def picture(self, who):
        """What the API shows of one of them, without what differs from one to another and from day to day."""
        seen = read(self.stack, f"/v1/customers/user:{who}")
        timeline = read(self.stack, f"/v1/customers/{seen['customer_id']}/timeline")["items"]
        row = next(
            each for each in recipients(self.stack, "targeted", self.name) if each["customer_id"] == seen["customer_id"]
        )
        return {
            "letters": len(self.letters(who)),
            "row": {name: row[name] for name in ("outcome", "state", "reason")},
            "marks": sorted(name for name in row if name.endswith("_at") and row[name]),
            "consent": seen["consents"]["news"]["is"],
            "timeline": Counter(each.get("name", each["type"]) for each in timeline),
        }


def put_recounts_aside(dynamodb):
    for row in dynamodb.scan(TableName="RecordsTable")["Items"]:
        if row["record"]["S"].startswith("recount#") and "due_at" in row:
            changes = "REMOVE due_at, due_shard"
            dynamodb.update_item(TableName="RecordsTable", Key={"record": row["record"]}, UpdateExpression=changes)


def address(who):
    return f"{who}@customers.example"


def left_in_queues(stack):
    """What waits in a queue, or is dead, by queue: nothing does in the end."""
    depths = stack.state()["queues"]
    return {name: depth for name, depth in depths.items() if any(depth[where] for where in QUEUES)}
