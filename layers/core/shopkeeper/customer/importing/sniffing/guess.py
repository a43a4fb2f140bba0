"""One setting of a file as it was found, or the doubt there is about it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Guess:
    """`field` is the setting's name in `file`. In doubt a person must choose among `candidates`; `why` is for them."""

    field: str
    value: Any
    why: str
    candidates: tuple[str, ...] = ()

    @property
    def is_sure(self) -> bool:
        return not self.candidates
