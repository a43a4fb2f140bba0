"""A longer file takes more time, and no more memory."""

import json
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from shopkeeper.customer import long_files
from shopkeeper.customer.importing import chunks, lines, plain
from shopkeeper.customer.importing.sniffing import sample
from tests import import_scale

ROOT = Path(__file__).parents[2]


def traced(tmp_path, rows, way):
    """The most bytes that Python held at once while a file of so many rows was read."""
    path = tmp_path / f"{rows}"
    import_scale.write(path, rows, packed=way == "packed")
    tracemalloc.start()
    try:
        job, _ = import_scale.bring(path, way)
        assert (job.state, job.rows) == ("done", rows)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "way",
    [way if way in ("orders", "dry run") else pytest.param(way, marks=pytest.mark.prove) for way in import_scale.WAYS],
)
def test_a_file_ten_times_as_long_is_read_in_the_same_memory(tmp_path, way, monkeypatch):
    monkeypatch.setattr(chunks, "ROWS", 100)
    monkeypatch.setattr(long_files, "PART", 1 << 13)
    for module, name in ((plain, "BLOCK"), (lines, "BLOCK"), (sample, "HEAD"), (import_scale, "HEAD")):
        monkeypatch.setattr(module, name, 1 << 13)
    traced(tmp_path, 100, way)  # What is imported and remembered for good.

    short, long = traced(tmp_path, 400, way), traced(tmp_path, 4_000, way)

    assert long < short * 1.25, f"{short:,} bytes for a tenth"


def test_rows_go_to_the_queue_ten_a_call_and_the_job_is_written_once_a_thousand(tmp_path):
    path = tmp_path / "file"
    import_scale.write(path, 5_000, packed=False)

    job, aws = import_scale.bring(path, "orders")

    assert (job.interactions, aws.sent) == (5_000, 5_000)
    assert aws.calls["SendMessageBatch"] == 500
    assert aws.calls["PutItem"] == 5 + 4  # To check, to read, the end of the error file, and done.
    assert aws.calls["GetObject"] == 2


@pytest.mark.prove
@pytest.mark.parametrize("way", import_scale.WAYS)
def test_a_million_rows_are_read_in_the_memory_of_ten_thousand(way):
    def measured(rows):
        said = subprocess.run(
            [sys.executable, "-m", "tests.import_scale", str(rows), way],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"layers/core{os.pathsep}."},
            stdout=subprocess.PIPE,
            check=True,
        )
        return json.loads(said.stdout)["peak_mb"]

    # Eight megabytes of pages on disk and eight of the error file are reached by the longer file alone.
    assert measured(1_000_000) < measured(10_000) + 40
