"""Walk through every state a small world can reach, in whatever order its actors take their turns."""

from collections.abc import Callable, Hashable, Iterable
from typing import NamedTuple, TypeVar

World = TypeVar("World", bound=Hashable)


class Walk(NamedTuple):
    """`wrong` says what was found wrong first, and is empty where every state was right."""

    wrong: str
    states: int


def explore(start: World, turns: Callable[[World], Iterable[World]], wrong: Callable[[World], str]) -> Walk:
    seen, waiting = {start}, [start]
    while waiting:
        world = waiting.pop()
        for following in turns(world):
            if following in seen:
                continue
            if fault := wrong(following):
                return Walk(fault, len(seen))
            seen.add(following)
            waiting.append(following)
    return Walk("", len(seen))
