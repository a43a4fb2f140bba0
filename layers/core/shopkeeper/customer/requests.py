"""What people ask for, read strictly: a name that is not known is an error, and all errors are told at once."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


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
    return ".".join(str(step) for step in error["loc"] if step != "[key]"), message
