"""Step Functions: executions are started under names that we derive, so that starting one twice starts it once."""

import json
import os
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from shopkeeper.aws.clients import client, outages_named


class Machine:
    def __init__(self, states: Any, arn: str) -> None:
        self._states, self._arn = states, arn

    @classmethod
    def from_env(cls, name: str = "LAUNCH_STATE_MACHINE") -> "Machine":
        return cls(client("stepfunctions"), os.environ[name])

    def start(self, name: str, said: Mapping[str, Any]) -> None:
        """What was started under this name in the last 90 days is not started again. Raises Unavailable."""
        try:
            with outages_named():
                self._states.start_execution(
                    stateMachineArn=self._arn, name=name, input=json.dumps(said, sort_keys=True)
                )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ExecutionAlreadyExists":
                raise
