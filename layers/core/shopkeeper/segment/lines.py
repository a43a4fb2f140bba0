"""Lines of a function that is being written: indented, and knowing in which of them a name has its value already."""

from collections.abc import Iterator
from contextlib import contextmanager


class Lines:
    def __init__(self) -> None:
        self.written: list[str] = []
        self._blocks: list[set[str]] = [set()]

    @property
    def depth(self) -> int:
        return len(self._blocks) - 1

    def write(self, line: str) -> int:
        """At which place it stands."""
        self.written.append("    " * self.depth + line)
        return len(self.written) - 1

    def know(self, name: str) -> None:
        self._blocks[-1].add(name)

    def knows(self, name: str) -> bool:
        return any(name in block for block in self._blocks)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """What is written meanwhile is passed over where the condition does not hold."""
        self.write(head)
        self._blocks.append(set())
        yield
        self._blocks.pop()
