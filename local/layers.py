"""The code of the layers, on the path of this process and as cold as in a new sandbox."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

_OURS = "shopkeeper"


@contextmanager
def cold(root: Path) -> Iterator[None]:
    """Whatever factories of our layer remember, such as clients, is forgotten before and after."""
    own = str(root / "layers" / "core")
    with patch.object(sys, "path", [own, *(entry for entry in sys.path if entry != own)]):
        _forget()
        yield
        _forget()


def _forget() -> None:
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] == _OURS:
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()
