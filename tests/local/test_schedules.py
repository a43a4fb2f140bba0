import json
from datetime import timedelta

from shopkeeper import clock


def ticks(printed):
    return len(printed("TickFunction"))


def received(stack, queue):
    found = stack.client("sqs").receive_message(QueueUrl=stack.queue_url(queue), MaxNumberOfMessages=10)
    return [message["Body"] for message in found.get("Messages", [])]


def break_it(stack):
    stack.client("dynamodb").put_item(TableName="NewsTable", Item={"id": {"S": "broken"}})


def test_a_schedule_fires_when_its_time_has_come(stack, printed):
    stack.settle()
    assert ticks(printed) == 0
    stack.clock.advance(timedelta(seconds=61))
    stack.settle()
    assert abs(clock.from_text(printed("TickFunction")[0]) - stack.clock.now()) < timedelta(seconds=5)


def test_after_a_jump_of_a_year_each_schedule_fires_once(stack, printed):
    stack.clock.advance(timedelta(days=365))
    stack.settle()
    stack.settle()
    assert ticks(printed) == 1
    assert [json.loads(body) for body in received(stack, "NightQueue")] == [{"count": "sheep"}]


def test_a_schedule_is_no_reason_to_move_the_clock(stack):
    assert stack.next_due() is None
    assert stack.advance_to_next() is None


def test_a_function_that_fails_at_a_schedule_is_tried_twice_more(stack, printed, capfd):
    break_it(stack)
    stack.clock.advance(timedelta(seconds=61))
    stack.settle()
    first = printed("TickFunction")[0]
    assert 50 < (stack.next_due() - stack.clock.now()).total_seconds() <= 60.1
    for _ in range(3):
        stack.clock.advance(timedelta(seconds=121))
        stack.settle()
    assert printed("TickFunction").count(first) == 3
    assert "as asked for" in capfd.readouterr().err


def test_a_function_that_fails_once_is_tried_again_and_then_left_alone(stack, printed, capfd):
    break_it(stack)
    stack.clock.advance(timedelta(seconds=61))
    stack.settle()
    stack.client("dynamodb").delete_item(TableName="NewsTable", Key={"id": {"S": "broken"}})
    first = printed("TickFunction")[0]
    for _ in range(3):
        stack.clock.advance(timedelta(seconds=121))
        stack.settle()
    assert printed("TickFunction").count(first) == 2
    assert capfd.readouterr().err.count("TickFunction failed") == 1
