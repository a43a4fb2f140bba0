"""The same request again gets the answer of the first, whatever that was made of."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from shopkeeper.api.calls import Answer
from shopkeeper.api.once import once


@dataclass
class Answers:
    kept: dict = field(default_factory=dict)

    def claim(self, request, asked, now):
        return SimpleNamespace(body=asked, answer=self.kept.get(request, ""))

    def give(self, request, answer):
        self.kept[request] = answer


def ask(answers, work):
    who, headers = SimpleNamespace(id="u-1"), {"idempotency-key": "k"}
    call = SimpleNamespace(who=who, headers=headers, text="{}", now=None, aws=SimpleNamespace(answers=answers))
    return once(call, "/v1/x", work, "key")


@pytest.mark.parametrize(
    "answer",
    [
        Answer({"id": "1"}, 201, {"Location": "/v1/x/1", "ETag": '"1"'}),
        Answer({}, 200),
        Answer(None, 204),
        Answer(["a"], 200),
    ],
)
def test_an_answer_is_given_again_with_its_headers_and_whatever_its_body(answer):
    answers = Answers()

    assert ask(answers, lambda: answer) == answer
    assert ask(answers, pytest.fail) == answer


def test_what_is_secret_is_in_the_first_answer_only():
    answers = Answers()

    assert ask(answers, lambda: Answer({"id": "1", "key": "s"}, 201)).body == {"id": "1", "key": "s"}
    assert ask(answers, pytest.fail).body == {"id": "1"}


def test_an_answer_that_was_kept_before_headers_were_is_still_given():
    answers = Answers()
    ask(answers, lambda: Answer({"id": "1"}, 201))
    answers.kept = dict.fromkeys(answers.kept, '[201, {"id": "1"}]')

    assert ask(answers, pytest.fail) == Answer({"id": "1"}, 201)
