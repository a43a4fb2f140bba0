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


def wait_until(stack, instant, key="a", **more):
    item = {"id": {"S": key}, "due_shard": {"S": "0"}, "due_at": {"S": clock.to_text(instant)}, **more}
    stack.client("dynamodb").put_item(TableName="WaitingTable", Item=item)


def test_the_clock_goes_to_the_schedule_that_first_sees_a_row_that_is_due(stack, printed):
    start = stack.clock.now()
    for key, days in (("late", 9), ("early", 3)):
        wait_until(stack, start + timedelta(days=days), key)
    stack.client("dynamodb").put_item(TableName="WaitingTable", Item={"id": {"S": "final"}, "due_at": {"S": "2000"}})
    moved = stack.advance_to_next()
    assert timedelta(days=3) <= moved - start <= timedelta(days=3, seconds=61)
    stack.settle()
    assert len(printed("TickFunction")) == 1
    assert abs(clock.from_text(printed("TickFunction")[0]) - moved) < timedelta(seconds=5)


def test_a_row_that_is_overdue_waits_for_the_next_schedule(stack):
    wait_until(stack, stack.clock.now() - timedelta(days=1))
    assert timedelta(0) < stack.next_due() - stack.clock.now() <= timedelta(seconds=61)
