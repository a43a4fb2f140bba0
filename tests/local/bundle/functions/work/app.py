"""Work queue -> a line per batch. A body that starts with `fail` is reported as failed, `raise` fails them all."""


def handler(event, _context):
    bodies = [record["body"] for record in event["Records"]]
    print(" ".join(bodies))
    if any(body.startswith("raise") for body in bodies):
        raise ValueError("as asked for")
    failed = [record["messageId"] for record in event["Records"] if record["body"].startswith("fail")]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}
