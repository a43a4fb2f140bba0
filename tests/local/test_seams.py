"""One test per place where something of ours stands in for a part of moto: a new version breaks here first."""

import inspect

import boto3
import pytest
from moto.core.serialize import ResponseSerializer
from moto.dynamodb.models.table import StreamShard, Table
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser
from moto.dynamodb.parsing.expressions import UpdateExpressionParser
from moto.sqs.models import Queue

from local import emulator
from local.emulator import account, dispatch, queues, storage, tables
from tests.counting import calls


@pytest.fixture
def client(monkeypatch):
    """Of AWS, switched on and empty."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")
    with emulator.switched_on():
        yield lambda service: boto3.client(service, region_name=account.REGION)


@pytest.mark.parametrize("seam", emulator.SEAMS, ids=lambda seam: seam.name)
def test_the_part_is_still_there_takes_the_same_and_comes_back(seam):
    original = getattr(seam.owner, seam.name)
    with emulator.switched_on():
        assert getattr(seam.owner, seam.name) is seam.stand_in
    assert getattr(seam.owner, seam.name) is original


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        (StreamShard.add, ["self", "old", "new"]),
        (ResponseSerializer._serialize_type_structure, ["self", "serialized", "value", "shape", "key"]),
        (DepthFirstTraverser.traverse_node_recursively, ["self", "node", "child_id"]),
        (UpdateExpressionParser.make, ["expression_str"]),
        (Table.query, ["self", "hash_key", "range_comparison"]),
    ],
)
def test_the_part_takes_what_its_stand_in_takes(method, parameters):
    assert list(inspect.signature(method).parameters)[: len(parameters)] == parameters


def test_a_call_is_answered_without_a_socket_and_errors_are_those_of_boto3(client):
    sqs = client("sqs")
    assert sqs.get_queue_url(QueueName=sqs.create_queue(QueueName="q")["QueueUrl"].rpartition("/")[2])["QueueUrl"]
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.get_queue_url(QueueName="missing")


def test_a_service_that_is_not_run_is_an_error_that_names_it(client):
    with pytest.raises(dispatch.UnknownServiceError, match="kinesis"):
        client("kinesis").list_streams()


def test_a_queue_of_thousands_stays_quick_and_keeps_its_counts(client):
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    entries = [{"Id": str(n), "MessageBody": "x"} for n in range(10)]
    sqs.send_message_batch(QueueUrl=url, Entries=entries)
    first = calls(lambda: sqs.send_message_batch(QueueUrl=url, Entries=entries))
    for _ in range(197):
        sqs.send_message_batch(QueueUrl=url, Entries=entries)
    last = calls(lambda: sqs.send_message_batch(QueueUrl=url, Entries=entries))
    assert last < 2 * first
    wanted = ["ApproximateNumberOfMessages", "VisibilityTimeout"]
    assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=wanted)["Attributes"] == {
        "ApproximateNumberOfMessages": "2000",
        "VisibilityTimeout": "30",
    }
    assert isinstance(queues.queue("q"), Queue)
    assert len(queues.queue("q").take(500, 10**9)) == 500
    assert queues.queue("q").count() == (1500, 500)


def test_a_message_can_still_be_received_and_deleted_by_hand(client):
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="x")
    [message] = sqs.receive_message(QueueUrl=url)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert queues.queue("q").count() == (0, 0)


def _make_table(dynamodb):
    dynamodb.create_table(
        TableName="t",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("a", "b", "c")],
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}, {"AttributeName": "b", "KeyType": "RANGE"}],
        LocalSecondaryIndexes=[
            {
                "IndexName": "by_c",
                "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}, {"AttributeName": "c", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "everywhere",
                "KeySchema": [{"AttributeName": "b", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )


def _row(a, b, c):
    return {"a": {"S": a}, "b": {"S": b}, "c": {"S": c}, "bytes": {"B": b"\x00\xff"}, "map": {"M": {"x": {"N": "1"}}}}


@pytest.mark.parametrize(("index", "order"), [({}, ["1", "2", "3"]), ({"IndexName": "by_c"}, ["3", "2", "1"])])
def test_a_query_reads_one_partition_in_order_and_page_by_page(client, index, order):
    dynamodb = client("dynamodb")
    _make_table(dynamodb)
    for a in ("one", "two"):
        for b, c in (("1", "z"), ("3", "x"), ("2", "y")):
            dynamodb.put_item(TableName="t", Item=_row(a, b, c))
    pages = dynamodb.get_paginator("query").paginate(
        TableName="t",
        KeyConditionExpression="a = :a",
        ExpressionAttributeValues={":a": {"S": "one"}},
        PaginationConfig={"PageSize": 2},
        **index,
    )
    assert [item["b"]["S"] for page in pages for item in page["Items"]] == order


def test_a_query_of_a_global_index_reads_all_partitions(client):
    dynamodb = client("dynamodb")
    _make_table(dynamodb)
    for a in ("one", "two"):
        dynamodb.put_item(TableName="t", Item=_row(a, "1", "z"))
    wanted = {"IndexName": "everywhere", "KeyConditionExpression": "b = :b"}
    found = dynamodb.query(TableName="t", ExpressionAttributeValues={":b": {"S": "1"}}, **wanted)
    assert sorted(item["a"]["S"] for item in found["Items"]) == ["one", "two"]


def test_rows_come_back_as_they_were_put(client):
    dynamodb = client("dynamodb")
    _make_table(dynamodb)
    dynamodb.put_item(TableName="t", Item=_row("one", "1", "z"))
    assert dynamodb.get_item(TableName="t", Key={"a": {"S": "one"}, "b": {"S": "1"}})["Item"] == _row("one", "1", "z")


def test_an_expression_that_is_used_again_takes_its_values_anew(client):
    dynamodb = client("dynamodb")
    _make_table(dynamodb)
    asked = {
        "TableName": "t",
        "UpdateExpression": "SET #n = if_not_exists(#n, :none) + :n, words.#w = :w REMOVE gone ADD seen :seen",
        "ConditionExpression": "attribute_not_exists(#n) OR #n < :most",
        "ExpressionAttributeNames": {"#n": "n", "#w": "w"},
        "ReturnValues": "ALL_NEW",
    }
    values = {":none": {"N": "0"}, ":seen": {"SS": ["x"]}, ":most": {"N": "3"}}
    for key, wanted in (("1", "1"), ("1", "3"), ("2", "2")):
        item = _row("one", key, "z") | {"words": {"M": {}}, "gone": {"S": "x"}}
        if wanted != "3":
            dynamodb.put_item(TableName="t", Item=item)
        more = {":n": {"N": "1" if wanted == "1" else "2"}, ":w": {"S": wanted}}
        where = {"a": {"S": "one"}, "b": {"S": key}}
        found = dynamodb.update_item(Key=where, ExpressionAttributeValues=values | more, **asked)["Attributes"]
        assert (found["n"], found["words"], found["seen"]) == (
            {"N": wanted},
            {"M": {"w": {"S": wanted}}},
            {"SS": ["x"]},
        )
        assert "gone" not in found
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException):
        dynamodb.update_item(Key={"a": {"S": "one"}, "b": {"S": "1"}}, ExpressionAttributeValues=values | more, **asked)


@pytest.mark.parametrize("expression", ["SET", "SET a =", "SET c = :n, c = :n", "SET a = :n"])
def test_an_expression_that_is_no_good_is_refused_each_time(client, expression):
    dynamodb = client("dynamodb")
    _make_table(dynamodb)
    for _ in range(2):
        with pytest.raises(dynamodb.exceptions.ClientError, match="ValidationException"):
            dynamodb.update_item(
                TableName="t",
                Key={"a": {"S": "one"}, "b": {"S": "1"}},
                UpdateExpression=expression,
                ExpressionAttributeValues={":n": {"S": "x"}},
            )


@pytest.mark.parametrize(("size", "fits"), [(390_000, True), (420_000, False)])
def test_an_item_that_is_too_big_is_still_refused(client, size, fits):
    dynamodb = client("dynamodb")
    _make_table(dynamodb)
    halves = {name: {"S": "x" * (size // 2)} for name in ("left", "right")}
    if fits:
        dynamodb.put_item(TableName="t", Item=_row("one", "1", "z") | halves)
    else:
        with pytest.raises(dynamodb.exceptions.ClientError, match="size"):
            dynamodb.put_item(TableName="t", Item=_row("one", "1", "z") | halves)


def test_a_stream_record_has_the_shape_that_lambda_gets(client):
    dynamodb = client("dynamodb")
    _make_table(dynamodb)
    for _ in range(2):
        dynamodb.put_item(TableName="t", Item=_row("one", "1", "z"))
    [record] = tables.stream_records("t", 0, 10)
    assert (record["eventName"], record["eventSource"]) == ("INSERT", "aws:dynamodb")
    assert record["eventSourceARN"].startswith(f"arn:aws:dynamodb:{account.REGION}:{account.ACCOUNT}:table/t/stream/")
    assert record["dynamodb"]["Keys"] == {"a": {"S": "one"}, "b": {"S": "1"}}
    assert record["dynamodb"]["NewImage"]["bytes"] == {"B": "AP8="}
    assert isinstance(record["dynamodb"]["ApproximateCreationDateTime"], int)


def test_s3_tells_of_objects_where_the_bucket_wants_it(client):
    heard = []
    s3 = client("s3")
    for name in ("quiet", "loud"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": account.REGION})
    wish = {"EventBridgeConfiguration": {}}
    s3.put_bucket_notification_configuration(Bucket="loud", NotificationConfiguration=wish)
    storage.listeners.append(heard.append)
    for name in ("quiet", "loud"):
        s3.put_object(Bucket=name, Key="k", Body=b"x")
    s3.delete_object(Bucket="loud", Key="k")
    storage.listeners.remove(heard.append)
    assert [event["detail"]["bucket"]["name"] for event in heard] == ["loud"]
