"""`/_local/outbox`: the mails as JSON, or as pages where a browser asks."""

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from local.emulator import tables
from local.gateway.messages import Request, Response
from local.look import asks_for_a_page
from local.outbox import pages, ways
from local.outbox.letters import Find, Letter, Row
from local.wishes import Wishes

if TYPE_CHECKING:
    from local.stack import Stack

_PAGE_LENGTH = 100


def is_for_us(path: str) -> bool:
    return path == "outbox" or path.startswith("outbox/")


def answer(stack: "Stack", request: Request, path: str, wishes: Wishes) -> Response:
    """`path` is what follows `/_local/`. Raises WishError."""
    if request.method not in ("GET", "HEAD"):
        return Response.message(405, "use GET", [("allow", "GET")])
    _, _, rest = path.partition("/")
    name, _, part = rest.partition("/")
    if not name:
        return _list(stack, request, wishes)
    wishes.close()
    letter = _find(stack, name)
    if letter is None or part not in ("", "letter"):
        return Response.message(404, f"the outbox has no {rest}; 0 is the newest mail, of {len(stack.post.mails)}")
    if part:
        return pages.letter(letter, stack.base_url)
    if asks_for_a_page(request):
        return pages.reading(letter, ways.links(letter), stack.base_url)
    return Response.json(200, _shown(letter))


def _list(stack: "Stack", request: Request, wishes: Wishes) -> Response:
    words = wishes.words("q") if wishes.has("q") else ""
    offset = wishes.number("offset") if wishes.has("offset") else 0
    limit = wishes.number("limit") if wishes.has("limit") else None
    wishes.close()
    found = [letter for letter in _letters(stack) if _has(letter, words)]
    if asks_for_a_page(request):
        shown = found[offset : offset + (limit or _PAGE_LENGTH)]
        return pages.overview(shown, pages.Place(words, offset, limit or _PAGE_LENGTH, len(found)))
    items = found[offset:] if limit is None else found[offset : offset + limit]
    return Response.json(200, {"items": [_shown(letter) for letter in items], "total": len(found)})


def _shown(letter: Letter) -> dict[str, Any]:
    return {
        "n": letter.number,
        "at": letter.at,
        "recipient": letter.recipient,
        "sender": letter.sender,
        "subject": letter.subject,
        "activity": letter.activity,
        "send_id": letter.mail.send_id,
        "message_id": letter.mail.message_id,
        "events": letter.mail.told,
        "headers": letter.headers,
        "html": letter.html,
        "text": letter.text,
        "links": [link._asdict() for link in ways.links(letter)],
        "raw": letter.raw,
    }


def _letters(stack: "Stack") -> list[Letter]:
    """Newest first."""
    find = _finder(stack)
    return [Letter(mail, number, find) for number, mail in enumerate(reversed(stack.post.mails))]


def _find(stack: "Stack", name: str) -> Letter | None:
    """By its number, or by the id that SES gave it, which stays the same when other mails come."""
    letters = _letters(stack)
    if name.isdecimal() and name.isascii() and int(name) < len(letters):
        return letters[int(name)]
    return next((letter for letter in letters if letter.mail.message_id == name), None)


def _has(letter: Letter, words: str) -> bool:
    return not words or words.casefold() in f"{letter.recipient}\n{letter.subject}".casefold()


def _finder(stack: "Stack") -> Find:
    """A campaign has one table of links, and its mails are many: what was found is kept for this one answer."""

    @cache
    def read(table: str, key: str) -> Row:
        return tables.texts(table, **json.loads(key)) if table in stack.tables else {}

    return lambda table, key: read(table, json.dumps(key))
