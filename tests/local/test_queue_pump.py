import pytest

SETTLED = {"visible": 0, "hidden": 0, "dead": 0}


def send(stack, *bodies, **options):
    for body in bodies:
        stack.client("sqs").send_message(QueueUrl=stack.queue_url("WorkQueue"), MessageBody=body, **options)


def depth(stack):
    return stack.state()["queues"]["Work"]


def next_step(stack):
    stack.advance_to_next()
    stack.settle()


def test_messages_are_handed_over_in_batches(stack, printed):
    send(stack, *(str(n) for n in range(12)))
    assert depth(stack) == {"visible": 12, "hidden": 0, "dead": 0}
    stack.settle()
    assert printed("WorkFunction") == ["0 1 2 3 4 5 6 7 8 9", "10 11"]
    assert depth(stack) == SETTLED


def test_a_batch_holds_no_more_than_lambda_takes(stack, printed):
    send(stack, *("x" * 900_000 for _ in range(8)))
    stack.settle()
    assert [len(line.split()) for line in printed("WorkFunction")] == [5, 3]


def test_only_what_failed_comes_back_after_the_visibility_time_out(stack, printed):
    send(stack, "good", "fail")
    stack.settle()
    assert depth(stack) == {"visible": 0, "hidden": 1, "dead": 0}
    assert stack.settle() == 0
    next_step(stack)
    assert printed("WorkFunction") == ["good fail", "fail"]


def test_settling_does_not_move_the_clock(stack):
    send(stack, "fail")
    before = stack.clock.now()
    stack.settle()
    assert (stack.clock.now() - before).total_seconds() < 50
    assert 10 < (stack.next_due() - stack.clock.now()).total_seconds() <= 60.1


def test_a_batch_whose_handler_raises_comes_back_whole(stack, capfd):
    send(stack, "good", "raise")
    stack.settle()
    assert depth(stack) == {"visible": 0, "hidden": 2, "dead": 0}
    assert "WorkFunction failed" in capfd.readouterr().err


@pytest.mark.parametrize("body", ["fail", "raise"])
def test_what_fails_too_often_is_dead(stack, printed, body):
    send(stack, body)
    stack.settle()
    for _ in range(3):
        next_step(stack)
    assert printed("WorkFunction") == [body] * 3
    assert depth(stack) == {"visible": 0, "hidden": 0, "dead": 1}
    assert stack.next_due() is None


def test_a_delayed_message_waits_for_the_clock(stack, printed):
    send(stack, "later", DelaySeconds=600)
    stack.settle()
    assert printed("WorkFunction") == []
    next_step(stack)
    assert printed("WorkFunction") == ["later"]
