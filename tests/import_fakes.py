"""What an import stands on, on moto, and a way to die at each call to it."""

import json
from datetime import UTC, datetime

from shopkeeper.aws.files import Files
from shopkeeper.aws.identities import Identities
from shopkeeper.aws.import_jobs import Customs, ImportJobs, Memory
from shopkeeper.aws.interactions import Interactions
from shopkeeper.aws.queues import Queue
from shopkeeper.aws.workings import Workings
from shopkeeper.clock import Clock
from shopkeeper.customer import interaction
from shopkeeper.customer.importing import request
from shopkeeper.customer.importing.job import Job
from shopkeeper.customer.importing.run import Importer, Ports
from tests import tables

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
ORDERS = {
    "name": "spring orders",
    "kind": "orders",
    "mapping": {"customer": "user_id", "day": "at", "amount": "total"},
    "constants": {"currency": "EUR"},
}


class Crash(BaseException):
    """The end of a sandbox: nothing between the call and the test may catch it."""


class Fatal:
    """An AWS client that dies at one call. `calls` counts over all clients that share the list."""

    def __init__(self, client, calls):
        self._client, self._calls = client, calls

    def __getattr__(self, name):
        call = getattr(self._client, name)
        return (
            call if name in ("meta", "generate_presigned_url") else lambda *args, **named: self._do(call, args, named)
        )

    def _do(self, call, args, named):
        when = self._calls.next()
        if when == "before":
            raise Crash
        answer = call(*args, **named)
        if when == "after":
            raise Crash
        return answer


class Calls:
    def __init__(self, at=0, when=""):
        self.made, self._at, self._when = 0, at, when

    def next(self):
        self.made += 1
        return self._when if self.made == self._at else ""


class World:
    """Inside `mock_aws`."""

    def __init__(self):
        self.dynamodb = tables.create("RecordsTable", "DefinitionsTable", "IdentitiesTable", "InteractionsTable")
        self.s3, self.sqs = tables.client("s3"), tables.client("sqs")
        self.s3.create_bucket(Bucket="files")
        self.interactions = self.sqs.create_queue(QueueName="interactions")["QueueUrl"]
        self.imports = self.sqs.create_queue(QueueName="imports")["QueueUrl"]
        self.jobs, self.files = ImportJobs(self.dynamodb, "RecordsTable"), Files(self.s3, "files")

    def ask(self, import_id="spring", **changes):
        wanted = request.read(json.dumps(ORDERS | changes), NOW)
        return self.jobs.create(Job(import_id, wanted, created_at="2026-11-21T09:00:00.000Z"))

    def upload(self, text, import_id="spring"):
        body = text if isinstance(text, bytes) else text.encode()
        self.s3.put_object(Bucket="files", Key=f"uploads/{import_id}", Body=body)

    def importer(self, calls=None):
        calls = calls or Calls()
        dynamodb, s3, sqs = (Fatal(client, calls) for client in (self.dynamodb, self.s3, self.sqs))
        queue = Queue(sqs, self.interactions, pause=lambda _: None)
        workings = Workings(s3, "files")
        memory = Memory(Identities(dynamodb, "IdentitiesTable"), Interactions(dynamodb, "InteractionsTable", 90))
        return Importer(
            Ports(
                jobs=ImportJobs(dynamodb, "RecordsTable"),
                files=Files(s3, "files"),
                errors=workings,
                notes=workings,
                customs=Customs(dynamodb, "RecordsTable"),
                memory=memory,
                send=lambda batch: queue.send([interaction.encode(item) for item in batch]),
                clock=Clock(NOW.timestamp),
            )
        )

    def taken_in(self):
        """The interactions in the queue, by key: equal ones are one, as the store sees to it."""
        found = {}
        for message in self.messages(self.interactions):
            item = interaction.decode(message)
            assert found.setdefault(item.key, item) == item
        return found

    def messages(self, queue):
        bodies = []
        while got := self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for message in got:
                bodies.append(message["Body"])
                self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    def errors(self, import_id="spring"):
        name = self.jobs.job(import_id).name
        return self.s3.get_object(Bucket="files", Key=f"errors/{name}.csv")["Body"].read().decode()
