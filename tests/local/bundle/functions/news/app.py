"""Stream of the News table -> a line per batch. An id that starts with `fail` is reported, `raise` fails them all."""


def handler(event, _context):
    news = {record["dynamodb"]["SequenceNumber"]: record["dynamodb"]["Keys"]["id"]["S"] for record in event["Records"]}
    print(" ".join(news.values()))
    if any(key.startswith("raise") for key in news.values()):
        raise ValueError("as asked for")
    failed = [number for number, key in news.items() if key.startswith("fail")]
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}
