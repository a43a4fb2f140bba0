"""POST /calls -> an item in the News table, then a message in the Work queue, and an address to upload to."""

import json
import os
from functools import cache
from http.client import HTTPConnection
from urllib.parse import urlsplit

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials


@cache
def client(service):
    return boto3.client(service, config=Config(retries={"total_max_attempts": 1}))


def send(body):
    """As a client without an SDK does it."""
    endpoint = os.environ["AWS_ENDPOINT_URL"]
    data = json.dumps({"QueueUrl": os.environ["QUEUE"], "MessageBody": body}).encode()
    headers = {"X-Amz-Target": "AmazonSQS.SendMessage", "Content-Type": "application/x-amz-json-1.0"}
    request = AWSRequest("POST", endpoint + "/", headers, data)
    keys = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
    SigV4Auth(keys, "sqs", os.environ["AWS_REGION"]).add_auth(request)
    connection = HTTPConnection(urlsplit(endpoint).netloc, timeout=5)
    connection.request("POST", "/", data, dict(request.headers.items()))
    response = connection.getresponse()
    status, answer = response.status, response.read()
    connection.close()
    return {"status": status, "answer": json.loads(answer)}


def handler(event, _context):
    name = json.loads(event["body"])["name"]
    client("dynamodb").put_item(TableName=os.environ["TABLE"], Item={"id": {"S": name}, "bytes": {"B": b"\x00\xff"}})
    sent = send(name)
    upload = {"Bucket": os.environ["BUCKET"], "Key": f"uploads/{name}"}
    return {"sent": sent, "upload": client("s3").generate_presigned_url("put_object", Params=upload, ExpiresIn=60)}
