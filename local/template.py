"""template.yaml as CloudFormation gets it: translated by the SAM translator, without a network or credentials."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from local.emulator.account import REGION

CODE_BUCKET = "local"
"""Where the translated template says that code is; the key is the folder in this repository."""

_LOCAL_CODE = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}


class _NoManagedPolicies:
    """What the translator asks for the ARNs of AWS's own policies; it knows those that we use by name."""

    def load(self) -> dict[str, str]:
        return {}


def translate(path: Path, parameters: dict[str, str]) -> dict[str, Any]:
    """Must not be changed by the caller: the same text with the same parameters is translated once."""
    return _translate(path.read_text(), path.parent, tuple(sorted(parameters.items())))


@cache
def _translate(text: str, folder: Path, parameters: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    template = yaml_parse(text)
    for resource in template["Resources"].values():
        _point_to_folder(resource)
        _bring_definition(resource, folder)
    with patch.dict(os.environ, AWS_DEFAULT_REGION=REGION):
        return dict(transform(template, dict(parameters), _NoManagedPolicies()))


def _point_to_folder(resource: dict[str, Any]) -> None:
    """The translator wants code to be packaged already, as `sam package` would."""
    name = _LOCAL_CODE.get(resource["Type"])
    if name:
        resource["Properties"][name] = f"s3://{CODE_BUCKET}/{resource['Properties'][name]}"


def _bring_definition(resource: dict[str, Any], folder: Path) -> None:
    """`sam package` uploads the file of a state machine; here it stands in the template itself."""
    if resource["Type"] == "AWS::Serverless::StateMachine":
        path = folder / resource["Properties"].pop("DefinitionUri")
        resource["Properties"]["Definition"] = json.loads(path.read_text())
