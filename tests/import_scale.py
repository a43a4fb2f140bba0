"""How much an import takes, by size: `python -m tests.import_scale 100000 orders` prints time, memory and calls.

Everything but AWS is real. AWS is counted: what is sent is encoded and thrown away, what is put is measured.
"""

import gzip
import json
import resource
import sys
import time
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from shopkeeper.aws.queues import BYTES_PER_CALL, MESSAGES_PER_CALL
from shopkeeper.clock import Clock
from shopkeeper.customer import interaction
from shopkeeper.customer.importing import request
from shopkeeper.customer.importing.job import Job
from shopkeeper.customer.importing.run import Importer, Ports
from shopkeeper.customer.importing.sniffing.sample import HEAD, sample

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
BLOCK = 4 << 20
WAYS = {
    "orders": {"kind": "orders", "mapping": {"no": "order_id", "who": "user_id", "day": "at", "sum": "total"}},
    "without ids": {"kind": "orders", "mapping": {"who": "user_id", "day": "at", "sum": "total"}},
    "dry run": {"kind": "orders", "mapping": {"who": "user_id", "day": "at", "sum": "total"}, "dry_run": True},
    "refused": {"kind": "orders", "mapping": {"who": "user_id", "note": "at", "sum": "total"}},
    "packed": {"kind": "customers", "mapping": {"who": "user_id", "note": "traits.note"}},
}


class Aws:
    """Jobs, files, errors, notes, customs and memory in one."""

    def __init__(self, path):
        self.path, self.calls, self.stored, self.sent, self.opened = path, Counter(), None, 0, ExitStack()

    def job(self, import_id):
        self.calls["GetItem"] += 1
        return self.stored

    def put(self, job):
        self.calls["PutItem"] += 1
        self.stored = replace(job, revision=job.revision + 1)
        return self.stored

    def etag(self, import_id):
        return "etag"

    def sample(self, import_id, etag):
        with self.path.open("rb") as file:
            return sample(file.read(HEAD), (), whole=self.path.stat().st_size <= HEAD)

    def open(self, import_id, etag, start):
        self.calls["GetObject"] += -(-(self.path.stat().st_size - start) // BLOCK)
        file = self.opened.enter_context(self.path.open("rb"))
        file.seek(start)
        return file

    def begin(self, name):
        return "upload"

    def put_part(self, name, upload, number, text):
        self.calls["PutObject"] += 1

    def put_loose(self, name, start, text):
        self.calls["PutObject"] += 1

    def loose(self, name, start):
        return b""

    def put_whole(self, name, text):
        self.calls["PutObject"] += 1

    def join(self, name, upload):
        pass

    def put_notes(self, name, place, notes):
        self.calls["notes MB"] = notes.stat().st_size >> 20

    def notes(self, name, place):
        raise LookupError("one run is enough here")

    def recall(self, kind, name, signature):
        return None

    def keep(self, kind, name, signature, custom):
        pass

    def known(self, identities):
        self.calls["BatchGetItem"] += -(-len(identities) // 100)
        return set()

    def existing(self, keys):
        self.calls["BatchGetItem"] += -(-len(keys) // 100)
        return set()

    def send(self, batch):
        bodies = [len(interaction.encode(item)) for item in batch]
        self.sent += len(bodies)
        assert max(bodies, default=0) * MESSAGES_PER_CALL < BYTES_PER_CALL
        self.calls["SendMessageBatch"] += -(-len(bodies) // MESSAGES_PER_CALL)


def write(path, rows, packed):
    with gzip.open(path, "wt") if packed else path.open("w") as file:
        file.write("no,who,day,sum,note\n")
        for n in range(rows):
            who, day = n % 200_000 + 1, f"{2020 + n % 6}-{n % 12 + 1:02}-{n % 28 + 1:02}"
            file.write(f"A-{n},{who:06},{day},{n % 997}.50,row {n}\n")


def bring(path, way):
    """The job as it ends, and the calls it took."""
    asked = {"name": "scale", "constants": {"currency": "EUR"}, **WAYS[way]}
    if asked["kind"] == "customers":
        del asked["constants"]
    aws = Aws(path)
    aws.stored = Job("scale", request.read(json.dumps(asked), NOW), "2026-11-21T09:00:00.000Z")
    importer = Importer(Ports(aws, aws, aws, aws, aws, aws, aws.send, Clock(NOW.timestamp)))
    with aws.opened:
        return importer.run("scale", lambda: True), aws


def main(rows, way):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        write(path, rows, way == "packed")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.process_time()
        job, aws = bring(path, way)
        seconds = time.process_time() - started
    assert (job.state, job.rows) == ("done", rows), job
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        json.dumps(
            {
                "rows": rows,
                "way": way,
                "seconds": round(seconds, 1),
                "peak_mb": round(peak / 1024, 1),
                "before_mb": round(before / 1024, 1),
                "refused": job.refused,
                "calls": dict(aws.calls),
            }
        )
    )


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        main(int(sys.argv[1]), sys.argv[2])
