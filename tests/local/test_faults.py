import pytest

from local.faults import FAULTS

CALLS = ["dynamodb.PutItem", "sqs.SendMessage"]


def call(stack, name="a"):
    return stack.request("POST", "/calls", json={"name": name})


def effects(stack):
    state = stack.state()
    return [state["rows"]["News"], state["queues"]["Work"]["visible"]]


def test_the_calls_of_a_handler_can_be_watched_whichever_client_makes_them(stack):
    with FAULTS.watch() as calls:
        assert call(stack).status == 200
        stack.client("sqs").list_queues()  # Not a handler's.
    assert [(made.function, made.name) for made in calls] == [("CallsFunction", name) for name in CALLS]


@pytest.mark.parametrize(
    ("when", "nth", "done"), [("before", 1, [0, 0]), ("after", 1, [1, 0]), ("before", 2, [1, 0]), ("after", 2, [1, 1])]
)
def test_a_handler_dies_at_any_of_its_calls_before_or_after_the_effect(stack, when, nth, done):
    FAULTS.crash(when, nth=nth)
    assert call(stack).status == 500
    assert effects(stack) == done
    assert call(stack, "b").status == 200


@pytest.mark.parametrize(("name", "done"), [("dynamodb.PutItem", [1, 0]), ("sqs.SendMessage", [1, 1])])
def test_a_crash_can_be_asked_for_over_http(stack, name, done):
    wish = {"function": "CallsFunction", "after": name}
    assert stack.request("POST", "/_local/crash", json=wish).status == 200
    assert call(stack).status == 500
    assert effects(stack) == done


def test_a_crash_of_one_function_is_none_of_another(stack):
    FAULTS.crash("before", function="EchoFunction")
    assert call(stack).status == 200


def test_after_a_crash_the_handler_remembers_nothing(stack):
    call(stack)
    first = stack.functions["CallsFunction"]._handle
    FAULTS.crash("before")
    call(stack)
    call(stack)
    assert stack.functions["CallsFunction"]._handle is not first


def test_a_service_refuses_as_often_as_asked(stack, capfd):
    stack.request("POST", "/_local/fail", json={"service": "sqs", "times": 1})
    assert call(stack).json()["sent"]["status"] == 503
    assert call(stack).json()["sent"]["status"] == 200
    stack.request("POST", "/_local/fail", json={"service": "dynamodb", "times": 1})
    assert call(stack).status == 500
    assert "ServiceUnavailable" in capfd.readouterr().err
    assert call(stack).status == 200


def test_nothing_of_it_is_left_in_a_new_world(stack):
    FAULTS.crash("before")
    FAULTS.refuse("sqs", 5)
    stack.reset()
    assert call(stack).status == 200
