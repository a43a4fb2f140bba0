"""POST /answer -> the body of the request as the function's own result."""

import json


def handler(event, _context):
    wish = json.loads(event["body"])
    if wish == "fail":
        raise ValueError("as asked for")
    if wish == "too much":
        return {"statusCode": 200, "body": "x" * 7_000_000}
    return wish
