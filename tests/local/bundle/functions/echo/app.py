"""Any request -> the event of it, and what the function's environment says."""

import os

STAGE = os.environ["STAGE"]


def handler(event, context):
    own = {name: os.environ.get(name) for name in ("QUEUE", "AWS_PROFILE", "AWS_LAMBDA_FUNCTION_NAME")}
    remaining = context.get_remaining_time_in_millis()
    return {"event": event, "stage": STAGE, "environment": own, "request": context.aws_request_id, "ms": remaining}
