"""Where the links of a letter lead, without following them: that would count as a click."""

import json
import re
from urllib.parse import urlsplit

from local.outbox.letters import Find, Letter, Link
from shopkeeper import tokens
from shopkeeper.tokens import Kind, Token, TokenError

_TRACKED = re.compile(r"/c/([^/]+)/(\d+)$")
_PAGES = {"/u/": "the page to unsubscribe", "/p/": "the page of preferences", "/v/": "the letter in a browser"}


def links(letter: Letter) -> list[Link]:
    return [Link(text, url, _leads_to(letter, url)) for text, url in letter.anchors()]


def _leads_to(letter: Letter, url: str) -> str | None:
    path = urlsplit(url).path
    if found := _TRACKED.search(path):
        return _destination(letter, *found.groups())
    return next((words for start, words in _PAGES.items() if path.startswith(start)), None)


def _destination(letter: Letter, segment: str, place: str) -> str:
    try:
        token = tokens.read_unchecked(segment, Kind.CLICK)
        return _table(letter, token, letter.find)[place]
    except (TokenError, KeyError, ValueError):
        return "nowhere"


def _table(letter: Letter, token: Token, find: Find) -> dict[str, str]:
    """Destinations by their place. Raises KeyError, ValueError."""
    links = json.loads(find("DefinitionsTable", {"kind": "links", "id": token.content_ref})["links"])
    shared = {str(place): str(link["url"]) for place, link in enumerate(links)}
    personal = json.loads(letter.row.get("destinations", "{}")) if token.personal else {}
    return shared | personal
