"""The intrinsic functions and conditions of a CloudFormation template.

Lazy: a resource is asked for when something refers to it, which makes each before whatever needs it.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from local.emulator.account import ACCOUNT, PARTITION, REGION, URL_SUFFIX


class TemplateError(Exception):
    """The template says something that CloudFormation would refuse, or that the local stack cannot run."""


class Referable(Protocol):
    @property
    def ref(self) -> str: ...
    @property
    def attributes(self) -> Mapping[str, str]: ...


NO_VALUE = object()
"""What `AWS::NoValue` stands for; whatever holds it is left out."""

PSEUDO_PARAMETERS: Mapping[str, Any] = {
    "AWS::AccountId": ACCOUNT,
    "AWS::NoValue": NO_VALUE,
    "AWS::Partition": PARTITION,
    "AWS::Region": REGION,
    "AWS::StackName": "shopkeeper",
    "AWS::URLSuffix": URL_SUFFIX,
}

_PLACE = re.compile(r"\$\{(!?)([^}]+)\}")


class Evaluator:
    """`resource` makes the resource of that logical id, or finds it made."""

    def __init__(
        self, template: Mapping[str, Any], parameters: Mapping[str, str], resource: Callable[[str], Referable]
    ) -> None:
        self._resources = template["Resources"]
        self._conditions = template.get("Conditions", {})
        self._parameters = _parameters(template.get("Parameters", {}), parameters)
        self._resource = resource
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::If": self._if,
            "Fn::Equals": self._equals,
            "Fn::Not": self._not,
        }

    def value(self, node: Any) -> Any:
        """Raises TemplateError for what cannot be worked out."""
        if isinstance(node, dict):
            return self._dict(node)
        if isinstance(node, list):
            return [value for value in map(self.value, node) if value is not NO_VALUE]
        if isinstance(node, str) and "{{resolve:" in node:
            raise TemplateError(f"dynamic references are not run locally: {node}")
        return node

    def condition(self, name: str) -> bool:
        if name not in self._conditions:
            raise TemplateError(f"there is no condition {name}")
        return bool(self.value(self._conditions[name]))

    def _dict(self, node: dict[str, Any]) -> Any:
        name = next(iter(node), "")
        if len(node) == 1 and (name == "Ref" or name.startswith("Fn::")):
            if name not in self._functions:
                raise TemplateError(f"{name} is not run locally; local/evaluate.py needs it")
            return self._functions[name](node[name])
        values = {key: self.value(value) for key, value in node.items()}
        return {key: value for key, value in values.items() if value is not NO_VALUE}

    def _ref(self, name: str) -> Any:
        for known in (PSEUDO_PARAMETERS, self._parameters):
            if name in known:
                return known[name]
        return self._known(name).ref

    def _get_att(self, path: str | list[str]) -> str:
        name, _, attribute = path.partition(".") if isinstance(path, str) else (path[0], ".", path[1])
        attributes = self._known(name).attributes
        if attribute not in attributes:
            raise TemplateError(f"{name} ({self._resources[name]['Type']}) has no attribute {attribute} locally")
        return attributes[attribute]

    def _known(self, name: str) -> Referable:
        if name not in self._resources:
            raise TemplateError(f"there is no parameter or resource {name}")
        return self._resource(name)

    def _sub(self, argument: str | list[Any]) -> str:
        text, names = (argument, {}) if isinstance(argument, str) else argument
        given = {name: self.value(value) for name, value in names.items()}
        return _PLACE.sub(lambda place: self._fill(place, given), text)

    def _fill(self, place: re.Match[str], given: Mapping[str, Any]) -> str:
        literal, name = place.groups()
        if literal:
            return f"${{{name}}}"
        if name in given:
            return str(given[name])
        return str(self._get_att(name) if "." in name else self._ref(name))

    def _join(self, argument: list[Any]) -> str:
        between, parts = argument
        return str(between).join(map(str, self.value(parts)))

    def _if(self, argument: list[Any]) -> Any:
        name, then, otherwise = argument
        return self.value(then if self.condition(name) else otherwise)

    def _equals(self, argument: list[Any]) -> bool:
        left, right = map(self.value, argument)
        return str(left) == str(right)

    def _not(self, argument: list[Any]) -> bool:
        return not self.value(argument[0])


def _parameters(declared: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    unknown = given.keys() - declared.keys()
    if unknown:
        raise TemplateError(f"the template has no parameter {', '.join(sorted(unknown))}")
    missing = [name for name, wish in declared.items() if name not in given and "Default" not in wish]
    if missing:
        raise TemplateError(f"the template needs a value for {', '.join(missing)}")
    return {name: str(given.get(name, wish.get("Default"))) for name, wish in declared.items()}
