"""Which letter somebody opened, and where a link they followed leads.

A hit on a letter is remembered with what its address holds: the send, the content and the number of the link. What
these stand for is looked up where people read the timeline, so no row grows by it.
"""

import json
from collections.abc import Iterable, Sequence
from typing import cast

from shopkeeper.api.adapters import Adapters
from shopkeeper.customer.outcomes import send_of
from shopkeeper.customer.rows import Row
from shopkeeper.customer.timeline import Entry
from shopkeeper.mail.ledger import Send


def with_letters(rows: Sequence[Row], entries: Iterable[Entry], aws: Adapters) -> list[Entry]:
    """The entries of these rows, those of hits on letters with `send_id`, `activity`, `template` and `url`."""
    hits = {row.key: send_id for row in rows if (send_id := send_of(row))}
    sends = aws.sends.many(hits.values())
    links: dict[str, list[str]] = {}
    shown = []
    for row, entry in zip(rows, entries, strict=True):
        if send := sends.get(hits.get(row.key, "")):
            letter = {"send_id": send.send_id, "activity": send.activity, "template": send.template}
            entry = cast(Entry, entry | letter | _followed(entry, send, links, aws))
        shown.append(entry)
    return shown


def _followed(entry: Entry, send: Send, links: dict[str, list[str]], aws: Adapters) -> dict[str, str]:
    """Where it led everybody, or this recipient alone."""
    said = entry.get("properties", {})
    content, number = said.get("content"), said.get("link")
    if not (isinstance(content, str) and isinstance(number, int)):
        return {}
    if own := json.loads(send.destinations or "{}").get(str(number)):
        return {"url": own}
    if content not in links:
        links[content] = aws.definitions.links(content)
    return {"url": links[content][number]} if 0 <= number < len(links[content]) else {}
