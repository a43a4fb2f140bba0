"""Parameters, ItemSelector and ResultSelector: JSON in which a name that ends in `.$` says where its value is from."""

from functools import cache
from typing import Any

from local.machines import paths
from local.machines.intrinsics import Intrinsic

_read = cache(Intrinsic)


def fill(template: Any, data: Any, context: Any) -> Any:
    """Raises Failed."""
    if isinstance(template, list):
        return [fill(each, data, context) for each in template]
    if not isinstance(template, dict):
        return template
    return dict(_member(name, value, data, context) for name, value in template.items())


def _member(name: str, value: Any, data: Any, context: Any) -> tuple[str, Any]:
    if not name.endswith(".$"):
        return name, fill(value, data, context)
    if value.startswith("$"):
        return name[:-2], paths.find(value, data, context)
    return name[:-2], _read(value).work_out(lambda path: paths.find(path, data, context))


def check(template: Any) -> None:
    """Raises TemplateError for a path or a function that is not known."""
    if isinstance(template, list):
        for each in template:
            check(each)
    elif isinstance(template, dict):
        for name, value in template.items():
            if not name.endswith(".$"):
                check(value)
            elif value.startswith("$"):
                paths.parse(value)
            else:
                _read(value)
