"""A campaign on moto: the tables, the queue of mail_send, and a launch in the state a test wants."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import boto3

from shopkeeper.aws.customers import Customers
from shopkeeper.aws.definitions import Definitions
from shopkeeper.aws.launches import Launches, Recounts
from shopkeeper.aws.queues import Queue
from shopkeeper.aws.sends import Sends
from shopkeeper.campaign import by_hand
from shopkeeper.campaign.freeze import row
from shopkeeper.campaign.pins import Pins
from shopkeeper.clock import Clock
from tests import tables
from tests.launch_fakes import LOYAL
from tests.launch_world import customer

QUEUES = ("outgoing", "receipts", "drain", "interactions")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PINS = Pins(
    version=1,
    audience=str(LOYAL).replace("'", '"'),
    template="hello#3",
    brand="shop#2",
    topic="news",
    mail_class="marketing",
    home="https://shop.example/",
    fallback="https://shop.example/over",
)


def context(left_ms=300_000, request="r-1"):
    return SimpleNamespace(
        function_name="f",
        memory_limit_in_mb=512,
        invoked_function_arn="arn",
        aws_request_id=request,
        get_remaining_time_in_millis=lambda: left_ms,
    )


class CampaignWorld:
    """Inside `mock_aws`."""

    def __init__(self):
        self.dynamodb = tables.create("CustomersTable", "SendsTable", "RecordsTable", "DefinitionsTable")
        self.sqs = boto3.client("sqs", region_name="us-east-1")
        self.now = NOON
        self.clock = Clock(lambda: self.now.timestamp())
        self.launches = Launches(self.dynamodb, "RecordsTable", self.clock)
        self.recounts = Recounts(self.dynamodb, "RecordsTable")
        self.definitions = Definitions(self.dynamodb, "DefinitionsTable", self.clock)
        self.customers = Customers(self.dynamodb, "CustomersTable")
        self.sends = Sends(self.dynamodb, "SendsTable")
        self.urls = {name: self.sqs.create_queue(QueueName=name)["QueueUrl"] for name in QUEUES}
        self.outgoing, self.receipts, self.drain, self.memory = (Queue(self.sqs, url) for url in self.urls.values())

    def put_launch(self, state, **changes):
        launch = replace(by_hand.planned("spring", PINS, NOON, NOON), state=state, **changes)
        self.launches.put(launch)
        return launch

    def put_customers(self, *orders):
        for n, count in enumerate(orders):
            self.customers.save(customer(f"c{n}", count))

    def put_rows(self, count):
        launch = self.launches.get("spring-1")
        for n in range(count):
            self.sends.plan(row(launch, f"c{n}", NOON))

    def messages(self, name="outgoing"):
        found, url = [], self.urls[name]
        while messages := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            found += [message["Body"] for message in messages]
        return found

    def launch(self):
        return self.launches.get("spring-1")
