"""Secrets that are made up by Secrets Manager."""

import json
from typing import TYPE_CHECKING

from local.kinds.kind import WORDS, Kind, Properties, Resource, refuse_unknown

if TYPE_CHECKING:
    from local.world import World

_OURS = {"SecretStringTemplate", "GenerateStringKey"}
_THEIRS = {"PasswordLength", "ExcludePunctuation"}


def _create(world: "World", name: str, properties: Properties) -> Resource:
    wish = properties["GenerateSecretString"]
    refuse_unknown(f"GenerateSecretString of {name}", wish, _OURS | _THEIRS)
    secrets = world.client("secretsmanager")
    password = secrets.get_random_password(**{key: wish[key] for key in wish.keys() & _THEIRS})["RandomPassword"]
    text = json.dumps(json.loads(wish["SecretStringTemplate"]) | {wish["GenerateStringKey"]: password})
    return Resource(ref=secrets.create_secret(Name=name, SecretString=text)["ARN"])


SECRET = Kind(_create, heeds=frozenset({"GenerateSecretString"}), ignores={"Description": WORDS})
