"""What people ask for, read strictly: a name that is not known is an error, and all errors are told at once."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, core_schema

from shopkeeper.customer.recurring import OF_MONTH

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_UNSAID = re.compile(r"\[[a-z_]+\]")
"""A step on the way to a field that stands in no body: that it is about a name, or which of several forms it has."""
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


@dataclass(frozen=True, slots=True)
class InWords:
    """Behind the form of a field: what is said of whatever has not that form, as a pattern tells people nothing."""

    words: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.custom_error_schema(handler(source), "in_words", custom_error_message=self.words)


ID = "[a-z0-9][a-z0-9._-]{0,63}"
IS_ID = "is 1 to 64 small letters, digits, dots, hyphens and underscores, the first a letter or digit"
Id = Annotated[str, StringConstraints(pattern=f"^{ID}$"), InWords(IS_ID)]
"""Of what people name for machines: it stands in addresses and in the keys of tables."""
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_one_line)]
"""A name, as it is shown in lists and stands in the headers of mail."""
Lines = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_lines), BeforeValidator(_as_lines)
]
"""Text of several lines, whose length its field says."""
Percent = Annotated[int, Field(ge=1, le=99)]
HoldOut = Annotated[int, Field(ge=0, le=99)]
"""A percentage too, 0 for nobody."""
Time = Annotated[
    str,
    Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["21:00"]),
    InWords("is a time of day from 00:00 to 23:59, such as 21:00"),
]


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("is a day, such as 2026-12-01") from None


Day = Annotated[str, AfterValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]


MonthDay = Annotated[
    Annotated[int, Field(ge=1, le=31)] | Annotated[str, StringConstraints(pattern=OF_MONTH)],
    InWords("is a day of the month from 1 to 31, 'last', or one such as 'last mon' or 'first tue'"),
]


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

WORDS: Mapping[str, str] = {
    "bool_type": "must be true or false",
    "dict_type": "must be an object",
    "extra_forbidden": "is not known here",
    "finite_number": "must be a number",
    "float_type": "must be a number",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "int_from_float": "must be a whole number",
    "int_type": "must be a whole number",
    "json_invalid": "is no JSON: {error}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be {le} or less",
    "list_type": "must be a list",
    "literal_error": "there is only {expected}",
    "missing": "is missing",
    "model_attributes_type": "must be an object",
    "model_type": "must be an object",
    "string_too_long": "is longer than {max_length} characters",
    "string_type": "must be text",
    "too_long": "has more than {max_length} entries",
    "too_short": "has fewer than {min_length} entries",
    "tuple_type": "must be a list",
    "value_error": "{error}",
}
"""By the type of pydantic's error, what we say of it. The words follow the name of the field."""


def read(model: type[Asked], body: str | bytes) -> Asked:
    """Raises BadRequest."""
    try:
        return model.model_validate_json(body or "{}")
    except ValidationError as error:
        errors = [dict(item) for item in error.errors()]
        raise BadRequest([_finding(each) for each in errors if not _lacks_what_is_wrong(each, errors)]) from None


def _lacks_what_is_wrong(error: dict[str, Any], errors: Iterable[dict[str, Any]]) -> bool:
    """A list that is too short as pydantic leaves out those of its items that are wrong, which is said of them."""
    at = error["loc"]
    return error["type"] == "too_short" and any(each["loc"][: len(at)] == at != each["loc"] for each in errors)


def _finding(error: dict[str, Any]) -> tuple[str, str]:
    return ".".join(str(step) for step in error["loc"] if not _UNSAID.fullmatch(str(step))), in_words(error, WORDS)


def in_words(error: dict[str, Any], words: Mapping[str, str], **about: str) -> str:
    """What one error of pydantic means; its own message where nobody has thought of it. `about` is for the words."""
    told, context = words.get(error["type"]), error.get("ctx", {})
    if error["type"] in ("string_too_short", "too_short") and context.get("min_length") == 1:
        return "must not be empty"
    return told.format(**about, **context) if told else str(error["msg"])
