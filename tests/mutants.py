"""Small wrongs put into the code for a moment, to see that the tests bite."""

from contextlib import contextmanager
from pathlib import Path


@contextmanager
def put_into(module, right, wrong):
    source = Path(module.__file__).read_text()
    assert source.count(right) == 1, f"{right!r} no longer stands in {module.__name__}, or more than once"
    before = dict(vars(module))
    exec(compile(source.replace(right, wrong), module.__file__, "exec"), vars(module))
    try:
        yield
    finally:
        vars(module).clear()
        vars(module).update(before)
