"""What a source stands on: moto, an Athena of our own, and a way to die at each call to them."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from botocore.exceptions import ClientError

from shopkeeper.aws.athena import Athena
from shopkeeper.aws.definitions import Definitions, Version
from shopkeeper.aws.queues import Queue
from shopkeeper.aws.source_states import SourceStates, SourceVersions
from shopkeeper.aws.workings import Workings
from shopkeeper.clock import Clock
from shopkeeper.customer import interaction
from shopkeeper.customer.sources.definition import KIND, Source
from shopkeeper.customer.sources.ports import Ports
from shopkeeper.customer.sources.state import State
from shopkeeper.customer.sources.steps import Sources
from tests import tables
from tests.import_fakes import Calls, Fatal

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
CHURN = {
    "name": "Likely to leave",
    "query": "SELECT id FROM churn",
    "key": {"column": "id", "as": "user_id"},
    "mode": "membership",
    "list": "leaving",
}
TIERS = {
    "name": "Tiers",
    "query": "SELECT * FROM tiers",
    "key": {"column": "id", "as": "user_id"},
    "mode": "traits",
    "columns": {"tier": "traits.tier"},
}
RESULTS = "s3://results/shopkeeper/"


class Warehouse:
    """Athena's client: each query takes a look to run, and its result is the text that was there when it was asked."""

    def __init__(self, s3):
        self._s3, self.text, self.asked, self.status = s3, "", {}, {"State": "SUCCEEDED"}

    def start_query_execution(self, **asked):
        query = asked["ClientRequestToken"]
        if query not in self.asked:
            self.asked[query] = asked
            key = f"shopkeeper/{query}.csv"
            self._s3.put_object(Bucket="results", Key=key, Body=self.text.encode())
        return {"QueryExecutionId": query}

    def get_query_execution(self, QueryExecutionId):  # noqa: N803
        status = {"SubmissionDateTime": NOW, **self.status}
        return {
            "QueryExecution": {
                "Status": status,
                "ResultConfiguration": {"OutputLocation": f"{RESULTS}{QueryExecutionId}.csv"},
                "Statistics": {"DataScannedInBytes": 77},
            }
        }


class SourceWorld:
    """Inside `mock_aws`."""

    def __init__(self):
        self.now = NOW
        self.dynamodb = tables.create("RecordsTable", "DefinitionsTable")
        self.s3, self.sqs = tables.client("s3"), tables.client("sqs")
        for bucket in ("files", "results"):
            self.s3.create_bucket(Bucket=bucket)
        self.interactions = self.sqs.create_queue(QueueName="interactions")["QueueUrl"]
        self.sources = self.sqs.create_queue(QueueName="sources")["QueueUrl"]
        self.warehouse = Warehouse(self.s3)
        self.states = SourceStates(self.dynamodb, "RecordsTable", 1)
        self.definitions = Definitions(self.dynamodb, "DefinitionsTable", Clock())

    @property
    def clock(self):
        return Clock(lambda: self.now.timestamp())

    def define(self, source_id, said):
        wanted = Source.model_validate_json(json.dumps(said))
        number = self.definitions.number(KIND, source_id) + 1
        text = wanted.model_dump_json(by_alias=True)
        self.definitions.save(Version(KIND, source_id, number, text, "2026-11-21T09:00:00.000Z", "u-1"), "{}")
        if self.states.get(source_id) is None:
            self.states.put(State(source_id))

    def ask(self, source_id, *, whole=False, leaving=False):
        self.states.put(self.states.get(source_id).asked_for(self.now, whole=whole, leaving=leaving))

    def runner(self, calls=None):
        calls = calls or Calls()
        dynamodb, s3, sqs, athena = (
            Fatal(client, calls) for client in (self.dynamodb, self.s3, self.sqs, self.warehouse)
        )
        queue = Queue(sqs, self.interactions, pause=lambda _: None)
        workings = Workings(s3, "files")
        return Sources(
            Ports(
                states=SourceStates(dynamodb, "RecordsTable", 1),
                versions=SourceVersions(Definitions(dynamodb, "DefinitionsTable", Clock())),
                warehouse=Athena(athena, s3, "primary", "shop", RESULTS),
                known=workings,
                errors=workings,
                send=lambda batch: queue.send([interaction.encode(item) for item in batch]),
                clock=self.clock,
            )
        )

    def run(self, source_id, text, *, runner=None, has_time=lambda: True, **how):
        """Until it rests, however many visits that takes."""
        self.warehouse.text = text
        self.now += timedelta(hours=1)
        self.ask(source_id, **how)
        return self.rest(source_id, runner or self.runner(), has_time)

    def rest(self, source_id, runner, has_time=lambda: True):
        while not (state := runner.run(source_id, has_time)).is_resting:
            self.now += timedelta(minutes=1)
        return state

    def told(self):
        """The interactions in the queue, by key: equal ones are one, as the store sees to it."""
        found = {}
        while got := self.sqs.receive_message(QueueUrl=self.interactions, MaxNumberOfMessages=10).get("Messages"):
            for message in got:
                item = interaction.decode(message["Body"])
                assert found.setdefault(item.key, item) == item
                self.sqs.delete_message(QueueUrl=self.interactions, ReceiptHandle=message["ReceiptHandle"])
        return found

    def keys(self, prefix):
        listed = self.s3.list_objects_v2(Bucket="files", Prefix=prefix).get("Contents", [])
        return [each["Key"] for each in listed]


def refusal(code, message="", status=400):
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Operation"
    )


def table(*rows, header="id"):
    return "".join(f"{row}\n" for row in (header, *rows))


def context(left_ms=300_000):
    return SimpleNamespace(
        function_name="f",
        memory_limit_in_mb=1024,
        invoked_function_arn="arn",
        aws_request_id="r-1",
        get_remaining_time_in_millis=lambda: left_ms,
    )
