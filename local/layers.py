"""Our layer, as cold as in a new sandbox."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_OURS = "shopkeeper"


@contextmanager
def cold() -> Iterator[None]:
    """Whatever factories of our layer remember, such as clients, is forgotten before and after."""
    _forget()
    try:
        yield
    finally:
        _forget()


def _forget() -> None:
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == _OURS:
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()
