"""Waiting between tries: longer each time, and not always equally long, so that two who met once do not meet again."""

import random
import time
from collections.abc import Callable


def pausing(longest_s: float, first_s: float = 0.002) -> Callable[[int], None]:
    """Waits for `first_s` at most, doubled by each try before, and never for more than `longest_s`."""

    def pause(tried: int) -> None:
        time.sleep(random.uniform(0, min(longest_s, first_s * 2**tried)))  # noqa: S311 - spreads, hides nothing

    return pause
