"""A POST with an `Idempotency-Key` is done once: the same request again gets the same answer for a day."""

import json
from collections.abc import Callable
from typing import Any

from shopkeeper import ids
from shopkeeper.api.calls import Answer, Call, Parameter
from shopkeeper.api.problems import Problem

MAX_KEY = 255
HEADER = Parameter(
    "Idempotency-Key",
    "header",
    "Any text that is new for each thing to be done. Sent again with the same request, the first answer is given again "
    "and nothing is done twice; kept for a day.",
    {"type": "string", "maxLength": MAX_KEY},
)


def once(call: Call, path: str, work: Callable[[], Answer[Any]], secret: str) -> Answer[Any]:
    """A field named `secret` is not kept, so it is in the first answer only. Raises Problem 400 and 422."""
    key = key_of(call)
    if not key:
        return work()
    request, asked = f"answer#{call.who.id}#{ids.digest(path, key)}", ids.digest(call.text)
    claim = call.aws.answers.claim(request, asked, call.now)
    if claim.body != asked:
        raise Problem(422, "This Idempotency-Key came with another request before.", [("Idempotency-Key", "is used")])
    if claim.answer:
        status, body, *headers = json.loads(claim.answer)  # Without headers where it was kept before they were.
        return Answer(body, status, *headers)
    answer = work()
    body = answer.body
    kept = {name: value for name, value in body.items() if name != secret} if isinstance(body, dict) else body
    call.aws.answers.give(request, json.dumps([answer.status, kept, dict(answer.headers)]))
    return answer


def key_of(call: Call) -> str:
    """Raises Problem 400."""
    key = call.headers.get("idempotency-key", "")
    if len(key) > MAX_KEY:
        raise Problem(400, "The Idempotency-Key is too long.", [("Idempotency-Key", f"has over {MAX_KEY} characters")])
    return key


def derived_id(call: Call, what: str) -> str:
    """The same for the same request sent again, if its sender gave it an Idempotency-Key."""
    key = key_of(call)
    return ids.digest(what, call.who.id, key) if key else ids.digest(what, call.request_id)
