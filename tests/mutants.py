"""Small wrongs put into the code for a moment, to see that the tests bite."""

from contextlib import contextmanager
from pathlib import Path
from types import FunctionType


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


def noticed(faults):
    """The first of them. A mutant that does not fit the code any more breaks down by itself, which proves nothing."""
    found = next(faults, None)
    assert not found or not any(error in found for error in _MISFITS), f"a mutant that does not fit: {found}"
    return found


_MISFITS = ("TypeError", "AttributeError", "NameError", "KeyError")


@contextmanager
def swapped_into(module, right, wrong):
    """The same where others hold classes of the module: they stay as they are, and what changes is the code in them."""
    source = Path(module.__file__).read_text()
    assert source.count(right) == 1, f"{right!r} no longer stands in {module.__name__}, or more than once"
    mutant = dict(vars(module))
    exec(compile(source.replace(right, wrong), module.__file__, "exec"), mutant)
    pairs = [(held, _codes(mutant)[name]) for name, held in _codes(vars(module)).items()]
    before = [(function, function.__code__) for function, _ in pairs]
    try:
        for function, other in pairs:
            function.__code__ = other.__code__
        yield
    finally:
        for function, code in before:
            function.__code__ = code


def _codes(namespace):
    """By path, the functions that a module has made, those of its classes among them."""
    found = {}
    for name, value in namespace.items():
        if isinstance(value, FunctionType) and value.__module__ == namespace["__name__"]:
            found[name] = value
        elif isinstance(value, type) and value.__module__ == namespace["__name__"]:
            members = {key: getattr(member, "fget", member) for key, member in vars(value).items()}
            functions = {key: each for key, each in members.items() if isinstance(each, FunctionType)}
            written = {key: each for key, each in functions.items() if not each.__code__.co_filename.startswith("<")}
            found |= {f"{name}.{key}": each for key, each in written.items()}
    return found
