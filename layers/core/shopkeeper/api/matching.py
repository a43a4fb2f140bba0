"""ETags: which version of a definition a change was made upon (RFC 9110, 13.1)."""

import re

from shopkeeper.api.calls import Call, Parameter
from shopkeeper.api.problems import Problem

IF_MATCH = Parameter(
    "If-Match",
    "header",
    'The ETag of the version that the change was made upon, such as "3": if another one counts by now, nothing is '
    "changed and the answer is 412. Without it, the last one to write is the one that counts.",
    {"type": "string"},
)
IF_NONE_MATCH = Parameter(
    "If-None-Match", "header", "`*`: only if there is none under this id so far.", {"type": "string", "const": "*"}
)
_TAGS = re.compile(r'\s*(?:W/)?"[^"]*"\s*(?:,\s*(?:W/)?"[^"]*"\s*)*')
_TAG = re.compile(r'(W/)?"([^"]*)"')


def etag(number: int) -> str:
    return f'"{number}"'


def check(call: Call, number: int) -> None:
    """`number` is the version that counts, 0 if there is none. Raises Problem 412, and 400 for what is no ETag."""
    if not _matches("If-Match", call.headers.get("if-match"), number):
        raise Problem(412, _moved_on(number), [("If-Match", "names another version")])
    unwanted = call.headers.get("if-none-match")
    if unwanted is not None and _matches("If-None-Match", unwanted, number):
        raise Problem(412, _moved_on(number), [("If-None-Match", "there is one already")])


def _moved_on(number: int) -> str:
    return f"Version {number} is the one that counts." if number else "There is none under this id."


def _matches(header: str, said: str | None, number: int) -> bool:
    if said is None or said.strip() == "*":
        return said is None or number > 0
    if not _TAGS.fullmatch(said):
        raise Problem(400, "The request cannot be understood.", [(header, 'is an ETag such as "3", or *')])
    return number > 0 and str(number) in {tag for weak, tag in _TAG.findall(said) if not weak}
