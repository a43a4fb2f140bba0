"""ANY /u/{token}: what each request to an unsubscribe address does and is answered. Only a POST does anything.

The one-click POST of RFC 8058 comes from a mail provider, without cookie, origin or person. It is answered with a few
bytes of plain text and never with a redirect, and the opt-out is written before it is answered.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from shopkeeper import clock, tokens
from shopkeeper import pages as plain
from shopkeeper.consent import forms, leaving, pages
from shopkeeper.consent.forms import Wish
from shopkeeper.consent.leaving import Contacts, How, Mailing
from shopkeeper.consent.pages import Shown
from shopkeeper.customer.interaction import Interaction
from shopkeeper.keyring import KeyRing
from shopkeeper.pages import HEADERS, Answer
from shopkeeper.tokens import BadTokenError, Kind, Token

RETRY_AFTER_S = "30"
_HOW: Mapping[Wish, How] = {Wish.ONE_CLICK: "one_click", Wish.CONFIRM: "page"}


class Unreachable(Exception):
    """What is stored cannot be read or written at the moment."""


@dataclass(frozen=True, slots=True)
class Request:
    """`token` is the path segment as it came, `body` the bytes as sent."""

    method: str
    token: str
    content_type: str
    body: bytes

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> "Request":
        """Reads an event of API Gateway in payload format 2.0. A body that is not what it says counts as none."""
        headers = event.get("headers") or {}
        return cls(
            event["requestContext"]["http"]["method"],
            (event.get("pathParameters") or {}).get("token", ""),
            headers.get("content-type", ""),
            _body(event),
        )


def _body(event: Mapping[str, Any]) -> bytes:
    text = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return bytes(text.encode("utf-8", "replace"))
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


class Store(Contacts, Protocol):
    """Each may raise Unreachable."""

    def mailing(self, send_id: str) -> Mailing | None:
        """None for a send that is unknown, or whose customer has been erased."""

    def shown(self, mailing: Mailing) -> Shown: ...


class Outbox(Protocol):
    def remember(self, fact: Interaction) -> None:
        """Never raises: the opt-out is written, whatever becomes of the memory of it."""

    def later(self, wish: bytes) -> None:
        """Put a wish that cannot be written now where it cannot get lost. Raises Unreachable."""


class Desk:
    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._store = store
        self._outbox = outbox

    def answer(self, request: Request, ring: KeyRing | None, now: datetime) -> Answer:
        if request.method not in ("GET", "HEAD", "POST"):
            return plain.page(
                405, "This address is for leaving", "Please open the link in the mail.", Allow="GET, HEAD, POST"
            )
        try:
            token = tokens.read(request.token, Kind.UNSUBSCRIBE, ring) if ring else None
        except BadTokenError:
            return plain.missing()
        if token is None:
            return _try_again()
        if request.method == "POST":
            return self._post(request, token, now)
        page = self._page(token, now)
        return page if request.method == "GET" else page | {"body": ""}

    def again(self, wish: bytes | str, now: datetime) -> None:
        """A wish that was put aside. Raises Unreachable."""
        said = json.loads(wish)
        mailing = self._store.mailing(said["send_id"])
        if mailing:
            word = leaving.leave_late(self._store, mailing, said["at"])
            self._outbox.remember(leaving.left(mailing, word, said["how"], now))

    def _page(self, token: Token, now: datetime) -> Answer:
        """Without what cannot be looked up, the button is there all the same, and its wish will not be lost."""
        try:
            mailing = self._store.mailing(token.send_id)
            if mailing is None:
                return pages.left(Shown(), can_undo=False, just_now=False)
            shown = self._store.shown(mailing)
            contact = self._store.load(mailing.customer_id, mailing.address_key)
        except Unreachable:
            return pages.ask(Shown())
        words = leaving.standing(contact, mailing)
        if token.test or not words:
            return pages.ask(shown)
        return pages.left(
            shown,
            can_undo=leaving.can_undo(words, mailing, now),
            just_now=leaving.just_now(words, now),
            from_all=bool(leaving.all_marketing(contact)),
        )

    def _post(self, request: Request, token: Token, now: datetime) -> Answer:
        if len(request.body) > forms.LARGEST:
            return plain.page(413, "This is too much", "Nothing was changed. The button in the mail sends a few bytes.")
        wish = forms.wish(request.content_type, request.body)
        if wish is None:
            return plain.page(
                400, "Nothing was changed", "Please use the button on the page behind the link in the mail."
            )
        if token.test:
            return _text(200, "This was a test mail.") if wish is Wish.ONE_CLICK else pages.only_a_test(Shown())
        return self._undo(token, now) if wish is Wish.UNDO else self._leave(token, wish, now)

    def _leave(self, token: Token, wish: Wish, now: datetime) -> Answer:
        try:
            mailing = self._store.mailing(token.send_id)
            words = leaving.leave(self._store, mailing, now) if mailing else ()
        except (Unreachable, leaving.Contended):
            return self._put_aside(token, wish, now)
        if mailing:
            self._outbox.remember(leaving.left(mailing, words[0], _HOW[wish], now))
        if wish is Wish.ONE_CLICK:
            return _text(200, "Unsubscribed.")
        can_undo = mailing is not None and leaving.can_undo(words, mailing, now)
        return pages.left(self._shown(mailing), can_undo=can_undo)

    def _put_aside(self, token: Token, wish: Wish, now: datetime) -> Answer:
        put = {"send_id": token.send_id, "at": clock.to_text(now), "how": _HOW[wish]}
        try:
            self._outbox.later(json.dumps(put).encode())
        except Unreachable:
            return _try_again()
        if wish is Wish.ONE_CLICK:
            return _text(202, "Unsubscribing.")
        return pages.left(Shown(), can_undo=False) | {"statusCode": 202}

    def _undo(self, token: Token, now: datetime) -> Answer:
        try:
            mailing = self._store.mailing(token.send_id)
            word = leaving.come_back(self._store, mailing, now) if mailing else None
        except (Unreachable, leaving.Contended):
            return _try_again()
        if mailing is None or word is None:
            return pages.stays_out(self._shown(mailing))
        self._outbox.remember(leaving.came_back(mailing, word, now))
        return pages.back(self._shown(mailing))

    def _shown(self, mailing: Mailing | None) -> Shown:
        """What was asked for is done: a page that says less is still a page."""
        try:
            return self._store.shown(mailing) if mailing else Shown()
        except Unreachable:
            return Shown()


def _try_again() -> Answer:
    text = "We cannot write it down right now, so nothing was changed. Please try again in half a minute."
    return plain.page(503, "One moment, please", text, **{"Retry-After": RETRY_AFTER_S})


def _text(status: int, text: str) -> Answer:
    headers = HEADERS | {"Content-Type": "text/plain; charset=utf-8"}
    return {"statusCode": status, "headers": headers, "body": text + "\n", "isBase64Encoded": False}
