"""Events as API Gateway hands them to a function of the marketer API (payload format 2.0)."""

import json
from types import SimpleNamespace

CONTEXT = SimpleNamespace(
    function_name="f",
    memory_limit_in_mb=512,
    invoked_function_arn="arn",
    aws_request_id="r-1",
    get_remaining_time_in_millis=lambda: 300_000,
)


def request(method, path, body=None, *, group="marketer", sub="u-1", query="", **headers):
    """`idempotency_key="k"` is the header Idempotency-Key."""
    return {
        "version": "2.0",
        "routeKey": f"{method} /v1/{{proxy+}}",
        "rawPath": path,
        "rawQueryString": query,
        "queryStringParameters": dict(pair.split("=") for pair in query.split("&") if pair),
        "headers": {name.replace("_", "-"): value for name, value in headers.items()},
        "requestContext": {
            "http": {"method": method, "path": path},
            "stage": "$default",
            "requestId": "gateway-request-1",
            "authorizer": {"jwt": {"claims": {"sub": sub, "cognito:groups": f"[{group}]"}, "scopes": None}},
        },
        "body": body if body is None or isinstance(body, str) else json.dumps(body),
        "isBase64Encoded": False,
    }
