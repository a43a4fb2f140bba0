"""Servers that the bundle calls answer as they are asked to, and remember what they were told."""

import time

import pytest

from local.counterparts import PATH
from shopkeeper.connect.calling import Caller, Unreachable


def script(stack, **said):
    return stack.request("POST", "/_local/calls", json=said)


def call(stack, host="crm.example", patience_s=5.0):
    return Caller(stack.base_url + PATH, patience_s=patience_s).post(
        f"https://{host}/in?a=1", {"webhook-id": "k"}, b'{"a": 1}'
    )


def test_a_call_is_answered_as_was_asked_for_and_then_as_usual(stack):
    script(stack, host="crm.example", respond=[500, 410])

    assert [call(stack).status for _ in range(3)] == [500, 410, 200]
    assert call(stack, "other.example").status == 200
    told = stack.request("GET", "/_local/calls").json()
    assert (told["total"], [each["answered"] for each in told["items"]]) == (4, [200, 200, 410, 500])
    newest = told["items"][0]
    assert (newest["host"], newest["url"]) == ("other.example", "https://other.example/in?a=1")
    assert (newest["headers"]["webhook-id"], newest["body"]) == ("k", {"a": 1})


def test_a_call_is_answered_while_somebody_has_the_turn(stack):
    with stack.turn():
        assert call(stack).status == 200


def test_an_answer_can_take_its_time(stack):
    script(stack, host="crm.example", respond=[200], delay_s=0.3)
    began = time.perf_counter()
    with pytest.raises(Unreachable):
        call(stack, patience_s=0.1)

    assert time.perf_counter() - began < 0.3


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"respond": [200]}, "host"),
        ({"host": "a.example", "respond": []}, "respond"),
        ({"host": "a.example", "respond": [99]}, "respond"),
        ({"host": "a.example", "respond": [200], "delay_s": 60}, "delay_s"),
        ({"host": "a.example", "respond": [200], "often": 2}, "often"),
    ],
)
def test_what_cannot_be_understood_is_refused_by_its_name(stack, said, field):
    reply = script(stack, **said)
    assert (reply.status, reply.json()["field"]) == (400, field)
