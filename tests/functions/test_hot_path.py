"""Somebody waits while these functions start: they get along with the standard library alone."""

import json
import os
import subprocess
import sys

import pytest

from tests.track_fakes import CLICK, OPEN, event

# Nothing listens on port 1: the key ring, the table and the queue are all out of reach.
PROGRAM = """
import json, sys
sys.path[:0] = [".", "layers/core"]
from functions.{name} import app
answer = app.handler(json.loads({event!r}), None)
heavy = {{"boto3", "botocore", "pydantic", "msgspec", "aws_lambda_powertools", "dataclasses", "logging"}}
sys.stderr.write(json.dumps({{"status": answer["statusCode"], "heavy": sorted(heavy & set(sys.modules))}}))
"""


@pytest.mark.parametrize(("name", "expected"), [("track_open", 200), ("track_click", 503)])
def test_a_tracking_function_starts_and_answers_with_nothing_installed_and_nobody_there(name, expected):
    segment = CLICK if name == "track_click" else OPEN
    program = PROGRAM.format(name=name, event=json.dumps(event(segment, "0")))
    env = os.environ | {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "KEY_RING_SECRET": "ring",
        "INTERACTIONS_QUEUE_URL": "http://127.0.0.1:1/1/interactions",
        "DEFINITIONS_TABLE": "definitions",
        "SENDS_TABLE": "sends",
    }

    ran = subprocess.run([sys.executable, "-S", "-c", program], env=env, check=True, capture_output=True, text=True)

    logged = {json.loads(line)["message"] for line in ran.stdout.splitlines()}
    assert logged == {"KEY_RING_UNREADABLE", "TRACK_FALLBACK" if name == "track_open" else "LINK_TABLE_UNREADABLE"}
    assert json.loads(ran.stderr) == {"status": expected, "heavy": []}
