"""What can go wrong between a template and a mail."""

from typing import NamedTuple


class MailError(Exception):
    """The root of what can go wrong with a template, a letter or an address."""


class Problem(NamedTuple):
    """One thing to mend in a template. `part` is subject, html or text; `line` counts from 1."""

    part: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.part}, line {self.line}: {self.message}"


class UnpublishableError(MailError):
    """The template cannot be published; `problems` says all that is wrong with it, in the order of the source."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


class RenderError(MailError):
    """This template cannot be rendered with these facts. The message names no fact's value; `part` and `line` are as
    in a Problem. `short` is for reports, which count alike what reads alike: empty where it might be said in too many
    ways."""

    def __init__(self, message: str, part: str = "html", line: int = 1, short: str = "") -> None:
        super().__init__(message)
        self.part = part
        self.line = line
        self.short = short


class AbsentError(RenderError):
    """It writes a fact that is not there; `short` is its name, as the template writes it."""


class MalformedError(MailError):
    """No mail can be sent to an address like this. The message says why and does not repeat the address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DestinationError(MailError):
    """A link may not lead there."""
