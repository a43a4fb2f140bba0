"""The template as written (intrinsics as dictionaries) and as CloudFormation receives it."""

import copy
from pathlib import Path
from typing import Any

import pytest
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[2]


class _NoManagedPolicies:
    def load(self) -> dict[str, str]:
        return {}


def _as_packaged(node: Any) -> None:
    if isinstance(node, dict):
        for name, value in node.items():
            if name in {"CodeUri", "ContentUri", "DefinitionUri"} and isinstance(value, str):
                node[name] = "s3://code/package.zip"
            else:
                _as_packaged(value)
    elif isinstance(node, list):
        for value in node:
            _as_packaged(value)


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    return yaml_parse((ROOT / "template.yaml").read_text())


@pytest.fixture(scope="session")
def translated(template: dict[str, Any]) -> dict[str, Any]:
    packaged = copy.deepcopy(template)
    _as_packaged(packaged)
    return transform(packaged, {}, _NoManagedPolicies())


@pytest.fixture(scope="session")
def resources(template: dict[str, Any]) -> dict[str, Any]:
    return template["Resources"]


@pytest.fixture(scope="session")
def functions(resources: dict[str, Any]) -> dict[str, Any]:
    return {name: body for name, body in resources.items() if body["Type"] == "AWS::Serverless::Function"}
