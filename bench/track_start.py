"""A cold start, in fresh processes by turns: our click function, ready to call, against boto3 with one client.

Neither side has read the trusted certificates yet: both do so at their first call.
"""

import json
import os
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.rounds import Result

ROOT = Path(__file__).parents[1]
RUNS = 9
BASELINE = "import boto3; boto3.client('sqs', region_name='eu-west-1')"
OURS = "from functions.track_click import app; app.key_ring(); app.links(); app.hits()"
HEAVY = ("boto3", "botocore", "pydantic", "msgspec", "aws_lambda_powertools")
ENV = os.environ | {
    "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'layers/core'}",
    "AWS_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "id",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "KEY_RING_SECRET": "ring",
    "DEFINITIONS_TABLE": "definitions",
    "SENDS_TABLE": "sends",
    "INTERACTIONS_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/interactions",
}


def fresh(program: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program], env=ENV, cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout


def seconds(program: str) -> float:
    """Processor time of the whole process, as in `rounds`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    fresh(program)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@dataclass(frozen=True)
class Start:
    name: str
    target: float

    def run(self, **_: bool) -> Result:
        """As many runs when in a hurry: fewer would say nothing."""
        loaded = json.loads(
            fresh(f"{OURS}\nimport json, sys; print(json.dumps(sorted(set({HEAVY}) & set(sys.modules))))")
        )
        assert loaded == [], f"a tracking function must not import {loaded}"
        fresh(BASELINE)
        pairs = [(seconds(BASELINE), seconds(OURS)) for _ in range(RUNS)]
        theirs, mine = (sorted(side)[RUNS // 2] * 1000 for side in zip(*pairs, strict=True))
        note = f"{theirs:.0f} ms against {mine:.0f} ms"
        return Result(self.name, [ours / baseline for baseline, ours in pairs], self.target, at_most=True, note=note)


CASES = [Start("cold start, boto3 + one client", target=0.30)]
