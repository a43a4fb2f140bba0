"""Who carries the work on: everybody else has a turn between one pump and the next."""

from collections.abc import Callable

from local.turns import Turns
from local.world import World

_MOST_STEPS = 1_000_000


class UnsettledError(Exception):
    """The bundle keeps itself busy: something it does causes more of the same, without end."""


class Steps:
    """`world` gives the world of now: a reset replaces it, and what was left to do in the old one is left."""

    def __init__(self, turns: Turns, world: Callable[[], World]) -> None:
        self._turns = turns
        self._world = world

    def step(self) -> bool:
        """One batch of each pump. False if there was nothing to carry."""
        world, carried = self._world(), False
        for pump in world.pumps:
            with self._turns:
                if world is not self._world():
                    return True
                carried |= pump.step()
        return carried

    def settle(self) -> int:
        """Carry all that can be carried now, and return how many steps that took. Raises UnsettledError."""
        steps = 0
        while self.step() or self._is_left():
            steps += 1
            if steps > _MOST_STEPS:
                raise UnsettledError(f"still busy after {_MOST_STEPS} steps")
        return steps

    def _is_left(self) -> bool:
        """Others may have brought a pump work after it was looked at; while nobody else is at work, nobody does."""
        with self._turns:
            return self._world().step()
