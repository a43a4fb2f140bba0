"""Templates that stand in files: `<id>.yaml` or `<id>.json`, in the words in which they are put."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shopkeeper.api.templates import Template
from shopkeeper.consent.classes import MARKETING, TRANSACTIONAL
from shopkeeper.customer import requests
from shopkeeper.customer.requests import BadRequest
from shopkeeper.journey.definition import writing
from shopkeeper.mail import facts, publishing
from shopkeeper.mail.content import Published, Source
from shopkeeper.mail.errors import UnpublishableError

HOST = "preview.invalid"
BRAND = facts.SOMEBODY["brand"] | {"sender": {"email": "hello@shop.example"}, "reply_to": "hello@shop.example"}


class Drawer:
    """All that is named is there, in its first version; of templates those that lie in the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def current(self, _kind: str, _id: str) -> tuple[int, Mapping[str, Any]] | None:
        return 1, {}

    def version(self, kind: str, definition_id: str, _number: int) -> Mapping[str, Any] | None:
        """Raises BadRequest for a template that cannot be put as it is."""
        if kind == "brand":
            return BRAND
        return self._template(definition_id) if kind == "template" else {}

    def said(self, template: str) -> str | None:
        """As JSON text. Raises BadRequest."""
        for ending in ("yaml", "json"):
            path = self._folder / f"{template}.{ending}"
            if path.exists():
                text = path.read_text(encoding="utf-8")
                return text if ending == "json" else writing.as_json(text)
        return None

    def _template(self, name: str) -> Mapping[str, Any] | None:
        try:
            said = self.said(name)
            return {"published": json.dumps(_published(said).to_json())} if said else None
        except BadRequest as problem:
            where = f"{self._folder.name}/{name}"
            found = [(f"{where}.{field}".rstrip("."), why) for field, why in problem.findings]
            raise BadRequest(found) from None


def _published(said: str) -> Published:
    template = requests.read(Template, said)
    if template.layout:
        raise BadRequest([("layout", "cannot be had from a file")])
    try:
        return publishing.publish(
            Source(template.subject, template.html, template.text, mjml=template.source == "mjml"),
            facts.names(template.class_),
            tracking_host=HOST,
            marketing=template.class_ == MARKETING,
            leaves=template.class_ != TRANSACTIONAL,
            least=facts.LEAST,
        )
    except UnpublishableError as problem:
        raise BadRequest([(each.part, f"line {each.line}: {each.message}") for each in problem.problems]) from None
