import json


def put(stack, *ids, text="news"):
    for key in ids:
        stack.client("dynamodb").put_item(TableName="NewsTable", Item={"id": {"S": key}, "text": {"S": text}})


def parked(stack):
    found = stack.client("sqs").receive_message(QueueUrl=stack.queue_url("ParkedQueue"), MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in found.get("Messages", [])]


def next_step(stack):
    assert stack.advance_to_next()
    stack.settle()


def test_changes_arrive_in_order_and_in_batches(stack, printed):
    put(stack, *"abcdefghijkl")
    stack.settle()
    assert printed("NewsFunction") == ["a b c d e f g h i j", "k l"]


def test_a_change_that_changes_nothing_is_no_news(stack, printed):
    put(stack, "a")
    put(stack, "a")
    stack.settle()
    put(stack, "a", text="other")
    stack.settle()
    assert printed("NewsFunction") == ["a", "a"]


def test_a_record_that_fails_is_found_by_halving_and_parked_while_the_others_go_on(stack, printed, capfd):
    put(stack, "a", "b", "raise", "d")
    stack.settle()
    assert printed("NewsFunction") == ["a b raise d", "a b", "raise d", "raise"]
    next_step(stack)
    next_step(stack)
    assert printed("NewsFunction")[4:] == ["raise", "raise", "d"]
    [gone] = parked(stack)
    assert gone["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert gone["DDBStreamBatchInfo"]["batchSize"] == 1
    assert gone["DDBStreamBatchInfo"]["startSequenceNumber"] == gone["DDBStreamBatchInfo"]["endSequenceNumber"]
    assert capfd.readouterr().err.count("NewsFunction failed") == 5


def test_the_shard_waits_for_a_record_that_is_tried_again(stack, printed, capfd):
    put(stack, "raise")
    stack.settle()
    put(stack, "later")
    assert stack.settle() == 0
    assert printed("NewsFunction") == ["raise"]
    assert 0 < (stack.next_due() - stack.clock.now()).total_seconds() <= 1.1


def test_after_a_reported_failure_the_rest_is_tried_from_there(stack, printed):
    put(stack, "a", "b", "fail")
    stack.settle()
    assert printed("NewsFunction") == [
        "a b fail",
    ]
    next_step(stack)
    next_step(stack)
    assert printed("NewsFunction") == ["a b fail", "fail", "fail"]
    assert len(parked(stack)) == 1
