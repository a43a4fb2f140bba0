"""One customer's mail from what the row names: the template's version, the brand's, and tokens of its own."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from shopkeeper import tokens
from shopkeeper.consent.classes import TRANSACTIONAL
from shopkeeper.keyring import KeyRing
from shopkeeper.mail import addresses, brands, content, mime, pictures
from shopkeeper.mail.brands import Brand
from shopkeeper.mail.choosing import Blocks
from shopkeeper.mail.content import NOWHERE, Addresses, Content, Letter, Published
from shopkeeper.mail.errors import MailError
from shopkeeper.mail.facts import SAID
from shopkeeper.mail.ledger import Send
from shopkeeper.mail.mime import Envelope, Mailbox
from shopkeeper.mail.ports import Definitions, Mail, Messages
from shopkeeper.mail.shelf import CHOSEN
from shopkeeper.mail.utm import NONE as NO_UTM
from shopkeeper.mail.utm import Utm
from shopkeeper.tokens import Kind

Choose = Callable[[Blocks], Mapping[str, str]]
TEST = "[Test] "
"""Before the subject of a test send."""
_MOST_CONTENTS = 100
_NO_LABEL = re.compile(r"[^A-Za-z0-9-]+")


class UndefinedError(MailError):
    """The row names a definition that is not there, or not whole: nothing is sent, and nothing given up."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter that knows all but its address. A transactional one belongs to no list, and has no way to leave one."""

    send_id: str
    letter: Letter
    brand: Brand
    unsubscribe: str | None
    list_id: str | None
    list_name: str
    labels: tuple[str, ...]
    destinations: str = ""
    test: str = ""
    blocks: str = ""

    def addressed(self, address: str, now: datetime) -> Mail:
        """Raises MalformedError for an address that SES would refuse."""
        recipient = addresses.check(address)
        envelope = Envelope(
            sender=self.brand.sender,
            to=Mailbox(recipient),
            reply_to=self.brand.reply_to,
            sent_at=now,
            unsubscribe=self.unsubscribe,
            list_id=self.list_id,
            list_name=self.list_name,
        )
        raw = mime.compose(self.letter, envelope)
        extra = {"destinations": self.destinations, "test": self.test, "blocks": self.blocks}
        return Mail(self.send_id, self.brand.sender.address, recipient, raw, self.labels, **extra)


class Letters:
    """`tracking_address` is where our own links lead for a brand without an address of its own; `messages` knows what a
    message says."""

    def __init__(self, definitions: Definitions, tracking_address: str, messages: Messages) -> None:
        self._definitions, self._messages = definitions, messages
        self._tracking_address = tracking_address
        self._contents: dict[str, Content] = {}

    def opt_in(self, topic: str) -> str:
        """required or assumed; of a topic that is not there, the quieter one."""
        return str(self._topic(topic).get("opt_in") or "required")

    def draft(
        self,
        send: Send,
        facts: Mapping[str, object],
        ring: KeyRing | None,
        utm: Utm = NO_UTM,
        *,
        test: str = "",
        choose: Choose = Blocks.general,
    ) -> Draft:
        """Raises RenderError for this customer's facts, UndefinedError, MintError without a key to sign with.

        `choose` says which variants of its blocks the customer gets. `test` is the name of a test send. That has no
        row, so links whose address holds facts lead where all may go.
        """
        brand = brands.brand_of(self._pinned("brand", send.brand), self._tracking_address)
        content = self._content(send.template)
        flags, personal = tokens.TEST if test else 0, tokens.PERSONAL if content.hosts and not test else 0
        ours = _addresses(send, brand.tracking_url, ring, flags, personal)
        said = {SAID: self._messages.facts(send.occurrence)} if send.is_message else {}
        chosen = choose(content.blocks)
        letter = content.render({**facts, **said, "brand": brand.facts, CHOSEN: chosen}, ours, utm)
        is_list = send.mail_class != TRANSACTIONAL
        return Draft(
            send_id=send.send_id,
            letter=replace(letter, subject=f"{TEST}{letter.subject}") if test else letter,
            brand=brand,
            unsubscribe=ours.unsubscribe if is_list else None,
            list_id=f"{_label(send.topic) or 'news'}.{brand.domain}" if is_list else None,
            list_name=str(self._topic(send.topic).get("name") or ""),
            labels=(_label(send.activity), _label(send.brand.rpartition("#")[0])),
            test=test,
            destinations=_text(letter.destinations),
            blocks=_text(chosen),
        )

    def shown(self, send: Send, facts: Mapping[str, object], choose: Choose = Blocks.general) -> Letter:
        """As it would read: links are as they are written, those of our own lead nowhere. Raises RenderError,
        UndefinedError."""
        brand = brands.brand_of(self._pinned("brand", send.brand), self._tracking_address)
        content = self._content(send.template)
        return content.render({**facts, "brand": brand.facts, CHOSEN: choose(content.blocks)}, NOWHERE)

    def _topic(self, topic: str) -> Mapping[str, Any]:
        found = self._definitions.current("topic", topic) if topic else None
        return found[1] if found else {}

    def _pinned(self, kind: str, named: str) -> Mapping[str, Any]:
        definition_id, _, number = named.rpartition("#")
        found = self._definitions.version(kind, definition_id, int(number)) if number.isdigit() else None
        if found is None:
            raise UndefinedError(f"there is no {kind} {named}")
        return found

    def _content(self, template: str) -> Content:
        """Parsed once in a process."""
        if template not in self._contents:
            published = Published.from_json(json.loads(self._pinned("template", template)["published"]))
            if len(self._contents) >= _MOST_CONTENTS:
                del self._contents[next(iter(self._contents))]
            self._contents[template] = content.load(published)
        return self._contents[template]


def _text(said: Mapping[Any, str]) -> str:
    return json.dumps(said, separators=(",", ":")) if said else ""


def _label(name: str) -> str:
    return _NO_LABEL.sub("-", name).strip("-")


def _addresses(send: Send, tracking_url: str, ring: KeyRing | None, flags: int, click_flags: int) -> Addresses:
    send_id, content_ref = UUID(send.send_id), bytes.fromhex(send.content_ref)
    kinds = {Kind.CLICK: flags | click_flags, Kind.OPEN: flags, Kind.UNSUBSCRIBE: flags}
    click, opened, leave = (tokens.mint(ring, kind, send_id, content_ref, said) for kind, said in kinds.items())
    paths = (f"c/{click}/", f"o/{opened}", f"u/{leave}", pictures.PATH)
    return Addresses(*(f"{tracking_url}/{path}" for path in paths))
