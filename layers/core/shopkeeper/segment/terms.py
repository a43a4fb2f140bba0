"""What a rule has come to in a function that is being written."""

from typing import NamedTuple


class Term(NamedTuple):
    """Names: of the truth, or of its contrary, and of the instant it may flip at; empty where only news change it."""

    name: str
    flips_at: str = ""
    is_contrary: bool = False

    @property
    def truth(self) -> str:
        return f"(not {self.name})" if self.is_contrary else self.name

    @property
    def contrary(self) -> "Term":
        return self._replace(is_contrary=not self.is_contrary)
