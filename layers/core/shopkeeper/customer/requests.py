"""What people ask for, read strictly: a name that is not known is an error, and all errors are told at once."""

import re
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_IN_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def _one_line(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("is one line, without control characters")
    return text


def _lines(text: str) -> str:
    if _CONTROL_IN_LINES.search(text):
        raise ValueError("has control characters other than line breaks and tabs")
    return text


def _as_lines(said: Any) -> Any:
    return said.replace("\r\n", "\n") if isinstance(said, str) else said


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_one_line)]
"""A name, as it is shown in lists and stands in the headers of mail."""
Lines = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_lines), BeforeValidator(_as_lines)
]
"""Text of several lines, whose length its field says."""


class BadRequest(ValueError):
    """`findings` pair each bad field, a dot leading inwards as in `file.separator`, with what is wrong about it.

    The empty field is the body as a whole.
    """

    def __init__(self, findings: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{field}: {reason}" for field, reason in findings))
        self.findings = findings


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Asked = TypeVar("Asked", bound=Strict)


def read(model: type[Asked], body: str | bytes) -> Asked:
    """Raises BadRequest."""
    try:
        return model.model_validate_json(body or "{}")
    except ValidationError as error:
        raise BadRequest([_finding(dict(item)) for item in error.errors()]) from None


def _finding(error: dict[str, Any]) -> tuple[str, str]:
    message = "is not known here" if error["type"] == "extra_forbidden" else error["msg"]
    if error["type"] == "value_error":  # One of ours, before which pydantic says so.
        message = str(error["ctx"]["error"])
    return ".".join(str(step) for step in error["loc"] if step != "[key]"), message
