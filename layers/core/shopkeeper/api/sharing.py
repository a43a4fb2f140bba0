"""What templates share: the layouts, snippets, blocks and assets in them, and which template holds which version."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import Field
from typing_extensions import TypedDict

from shopkeeper.api import rules
from shopkeeper.api.calls import Call
from shopkeeper.aws.definition_items import MADE_OF
from shopkeeper.aws.definitions import Entry, Version
from shopkeeper.customer.requests import BadRequest
from shopkeeper.mail import assets, facts, layouts, pictures, publishing
from shopkeeper.mail.errors import UnpublishableError
from shopkeeper.mail.shelf import Asset, Block, Part, Piece, Shared, Shelf, Variant
from shopkeeper.segment import rule
from shopkeeper.segment.references import inlined

Source = Annotated[Literal["html", "mjml"], Field(description="What `html` is written in, beside Liquid.")]
_PAGE = 500


class Held(TypedDict):
    """A layout, a snippet, a block or an asset that a version of a template holds for ever; `kind` says which."""

    kind: str
    id: str
    version: int


class Holder(TypedDict):
    """A template whose version that counts now holds version `holds` of this one. Putting it again takes the newest."""

    template: str
    version: int
    holds: int


def shelf(call: Call, layout: str | None, *sources: str | None) -> Shelf:
    """As they are now. What is not there is left out: who puts the letter together says where it was named."""
    frame = _newest(call, "layout", layout) if layout else None
    around = (frame.html, frame.text) if frame else ()
    names = layouts.named(*sources, *around)[: layouts.MOST_SNIPPETS + 1]
    snippets = {name: each for name in names if (each := _newest(call, "snippet", name))}
    names = layouts.named(*sources, *around, kind=layouts.BLOCK)[: layouts.MOST_BLOCKS + 1]
    blocks = {name: its for name in names if (its := block(call, name))}
    held: list[Shared | Block] = [*snippets.values(), *blocks.values()]
    inside = (piece.text for whole in held for piece in _pieces(whole))
    return Shelf(frame, snippets, blocks, _assets(call, *sources, *around, *inside))


def _pieces(held: Shared | Block) -> Iterator[Piece]:
    for part in get_args(Part):
        yield from held.pieces(part)


def _assets(call: Call, *sources: str | None) -> Mapping[str, Asset]:
    names = assets.named(*sources)[: assets.MOST + 1]
    found = {name: call.aws.definitions.newest("asset", name) for name in names}
    return {name: asset_of(version) for name, version in found.items() if version}


def asset_of(version: Version) -> Asset:
    said, picture = json.loads(version.content), json.loads(version.made["picture"])
    return Asset(version.id, version.number, said["alt"], f"{pictures.kept(said['image'])}.{picture['ending']}")


def asset_address(call: Call) -> str:
    """Where assets are seen, up to the name of a file; each brand may have an address of its own beside."""
    return f"{call.aws.settings['TRACKING_ADDRESS'].rstrip('/')}/{pictures.PATH}"


def _newest(call: Call, kind: str, definition_id: str) -> Shared | None:
    version = call.aws.definitions.newest(kind, definition_id)
    return _shared(version, kind, json.loads(version.content)) if version else None


def _shared(version: Version, kind: str, said: Mapping[str, Any]) -> Shared:
    told, is_mjml = said.get("values") or {}, said.get("source") == "mjml"
    return Shared(kind, version.id, version.number, said["html"], said.get("text"), told, is_mjml)


def block(call: Call, block_id: str) -> Block | None:
    """As it is now, with the whole rules of the segments that it names. Raises Problem 409 for a segment that is still
    being built."""
    version = call.aws.definitions.newest("block", block_id)
    if version is None:
        return None
    said = json.loads(version.content)
    variants = (
        Variant(each["id"], _whole(call, each["when"], n), _shared(version, f"variant {each['id']} of block", each))
        for n, each in enumerate(said["variants"])
    )
    return Block(_shared(version, "block", said["general"]), tuple(variants))


def _whole(call: Call, when: Any, place: int) -> str:
    return rule.to_json(inlined(rule.read(when), rules.ready(call), f"variants.{place}.when"))


def layout_faults(call: Call, layout: str, source: str) -> Iterator[tuple[str, str]]:
    found = _newest(call, "layout", layout)
    if found is None:
        yield "layout", f"there is no layout {layout}"
    elif found.mjml != (source == "mjml"):
        yield "layout", f"{found.name} is written in {'MJML' if found.mjml else 'HTML'}, and this template is not"


def made_of(held: Shelf) -> Mapping[str, str]:
    """What is kept of it with the version of a template; nothing where there is nothing."""
    frame = [held.layout] if held.layout else []
    parts: list[Shared | Block | Asset] = [
        *frame,
        *held.snippets.values(),
        *held.blocks.values(),
        *held.assets.values(),
    ]
    rows = [Held(kind=each.kind, id=each.id, version=each.version) for each in parts]
    return {MADE_OF: json.dumps(rows)} if rows else {}


def held_in(version: Version) -> list[Held]:
    return _held(version.made.get(MADE_OF, ""))


def stale(call: Call, version: Version) -> bool:
    held = held_in(version)
    if any(call.aws.definitions.number(each["kind"], each["id"]) != each["version"] for each in held):
        return True
    blocks = {each["id"]: block(call, each["id"]) for each in held if each["kind"] == "block"}
    asked = {name: {each.id: each.rule for each in its.variants} for name, its in blocks.items() if its}
    return bool(asked) and asked != json.loads(version.made["published"])["blocks"]


def holders(kind: str) -> Callable[[Call, Version], Mapping[str, Any]]:
    """Of a version of what templates hold: which templates hold it, or another version of it."""

    def found(call: Call, version: Version) -> Mapping[str, Any]:
        return {
            "templates": [
                Holder(template=entry.id, version=entry.number, holds=each["version"])
                for entry in _templates(call)
                for each in _held(entry.made_of)
                if (each["kind"], each["id"]) == (kind, version.id)
            ]
        }

    return found


def _templates(call: Call) -> Iterator[Entry]:
    after, more = "", True
    while more:
        entries, after = call.aws.definitions.listed("template", _PAGE, after)
        yield from entries
        more = bool(after)


def _held(text: str) -> list[Held]:
    return [Held(kind=each["kind"], id=each["id"], version=each["version"]) for each in json.loads(text or "[]")]


def check(call: Call, shared: Shared, held: Shelf) -> None:
    """Raises BadRequest naming part and line of each problem."""
    with problems_named():
        publishing.check_shared(shared, facts.NAMES, tracking_host=host(call), shelf=held)


@contextmanager
def problems_named() -> Iterator[None]:
    try:
        yield
    except UnpublishableError as error:
        found = [(each.part, f"line {each.line}: {each.message}") for each in error.problems]
        raise BadRequest(found) from None


def host(call: Call) -> str:
    """Where our own links lead."""
    return urlsplit(call.aws.settings["TRACKING_ADDRESS"]).netloc
