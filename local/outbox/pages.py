"""How the outbox looks in a browser. All that stands in a mail is escaped, or shut in a frame without scripts."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from typing import NamedTuple
from urllib.parse import quote, urlencode
from zlib import crc32

from local.gateway.messages import Response
from local.look import page
from local.outbox.letters import Letter, Link

_HOME = "/_local/outbox"
_LOOKS = dict.fromkeys(("bounced", "complained", "rejected", "unsubscribed"), " bad") | dict.fromkeys(
    ("accepted", "machine opened", "machine clicked"), " plain"
)
_BEGINNING = 140
# What stands under headings, and between parts, in plain text.
_RULE = re.compile(r"[=\-_*]{3,}")

# The frame may take its height from what is in it (same origin), and open links in a new window; nothing in it runs.
_SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
_POLICY = (
    "default-src 'none'; img-src data: 'self' {base}; style-src 'unsafe-inline'; form-action 'none'; "
    "base-uri 'none'; sandbox " + _SANDBOX
)

_SIZES = """<div class="sizes" onchange="fit()">
<input class="tab" type="radio" name="size" id="wide" checked><label for="wide">Wide</label>
<input class="tab" type="radio" name="size" id="phone"><label for="phone">Phone</label>
<span class="soft">{note}</span></div>
<p class="goes-on" hidden></p>
<script>function fit() {
const frame = document.querySelector("iframe"), note = document.querySelector(".goes-on");
frame.style.height = 0;
const page = frame.contentDocument.documentElement, over = page.scrollWidth > page.clientWidth + 1;
note.hidden = !over;
note.textContent = `It is ${page.scrollWidth} pixels wide, and goes on to the right.`;
frame.classList.toggle("cut", over);
frame.style.height = page.scrollHeight + (over ? 20 : 0) + "px" }
addEventListener("resize", fit)</script>"""
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)


class Place(NamedTuple):
    """Which part of the mails an overview shows, and how many there are."""

    words: str
    offset: int
    length: int
    total: int

    def at(self, offset: int) -> dict[str, str | int]:
        """The query for another part."""
        return {"q": self.words, "offset": max(0, offset), "limit": self.length}


def overview(letters: Sequence[Letter], place: Place) -> Response:
    items = "".join(_line(letter) for letter in letters)
    found = f'<ul class="mails card">{items}</ul>' if letters else f'<p class="card empty">{_nothing(place)}</p>'
    count = f"{place.total:,} mail{'s' if place.total != 1 else ''}" if place.total else "no mails"
    order = f'<span class="soft">{count}{", newest first" if place.total > 1 else ""}</span>' if place.total else ""
    return page(
        f"Outbox: {count}",
        f"""<div class="top"><h1>Outbox</h1>{order}
<form><input type="search" name="q" value="{escape(place.words)}" placeholder="Recipient or subject"
 aria-label="Recipient or subject"></form></div>
{found}{_turning(place)}""",
    )


def reading(letter: Letter, links: Sequence[Link], base_url: str) -> Response:
    frame = (
        f'''<iframe title="The letter" sandbox="{_SANDBOX}" src="{_address(letter)}/letter" onload="fit()"></iframe>'''
    )
    panels = {
        "Letter": _SIZES.replace("{note}", _note(letter, base_url)) + frame
        if letter.html is not None
        else _pre(letter.text),
        "Text": _pre(letter.text),
        f"Links ({len(links)})": _links(links),
        "Headers": _headers(letter),
        "Source": _pre(letter.raw),
    }
    return page(letter.subject, _head(letter) + _tabs(panels))


def letter(letter: Letter, base_url: str) -> Response:
    """The HTML of the mail alone, for the frame."""
    html = letter.html if letter.html is not None else f"<pre>{escape(letter.text or '')}</pre>"
    headers = [
        ("content-type", "text/html; charset=utf-8"),
        ("content-security-policy", _POLICY.format(base=base_url)),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
    ]
    return Response(200, headers, _opening_links_outside(html).encode(errors="replace"))


def _opening_links_outside(html: str) -> str:
    """In front of a doctype it would change how browsers lay the mail out."""
    head = _HEAD.search(html)
    place = head.end() if head else len(html)
    return f'{html[:place]}<base target="_blank">{html[place:]}'


def _line(letter: Letter) -> str:
    begin = " ".join(_RULE.sub(" ", letter.text or "").split())[:_BEGINNING]
    return f"""<li><a href="{_address(letter)}">{_face(letter)}
<span class="who">{escape(letter.recipient)}</span><span class="soft">{_time(letter, "%-d %b %H:%M")}</span>
<span class="what">{escape(letter.subject) or "(no subject)"}</span>
<span class="how"><span class="marks">{_marks(letter)}{_activity(letter)}</span>
<span class="begin soft">{escape(begin)}</span></span></a></li>"""


def _head(letter: Letter) -> str:
    return f"""<p><a class="soft" href="{_HOME}">&larr; Outbox</a></p>
<h1>{escape(letter.subject) or "(no subject)"}</h1>
<dl class="facts"><dt>To</dt><dd>{escape(letter.recipient)}</dd><dt>From</dt><dd>{escape(letter.sender)}</dd>
<dt>Sent</dt><dd>{_time(letter, "%-d %B %Y, %H:%M:%S UTC")}</dd>
{f"<dt>Activity</dt><dd>{escape(letter.activity)}</dd>" if letter.activity else ""}
<dt>What came of it</dt><dd class="marks">{_marks(letter)}</dd></dl>"""


def _tabs(panels: dict[str, str]) -> str:
    numbered = list(enumerate(panels.items(), 1))
    return '<div class="card">{}<div class="tabs">{}</div>{}</div>'.format(
        "".join(
            f'<input class="tab" type="radio" name="tab" id="t{n}"{" checked" if n == 1 else ""}>' for n, _ in numbered
        ),
        "".join(f'<label for="t{n}">{name}</label>' for n, (name, _) in numbered),
        "".join(f'<section class="panel p{n}">{text}</section>' for n, (_, text) in numbered),
    )


def _links(links: Iterable[Link]) -> str:
    lines = [
        f"<li>{escape(link.text) or '<i>no text</i>'}"
        + (f" <b>leads to</b> {escape(link.leads_to)}" if link.leads_to else "")
        + f'<br><span class="soft">{_anchor(link.url)}</span></li>'
        for link in links
    ]
    return f'<ol class="links">{"".join(lines)}</ol>' if lines else '<p class="soft">It has no links.</p>'


def _anchor(url: str) -> str:
    """To be followed only where it leads to the web."""
    text = escape(url)
    web = url.lower().startswith(("http://", "https://"))
    return f'<a href="{text}" target="_blank" rel="noopener noreferrer">{text}</a>' if web else text


def _note(letter: Letter, base_url: str) -> str:
    return "Reading it here counts as opening it." if base_url in (letter.html or "") else ""


def _headers(letter: Letter) -> str:
    said = (f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in letter.headers.items())
    return f"<dl>{''.join(said)}</dl>"


def _marks(letter: Letter) -> str:
    return "".join(f'<span class="mark{_LOOKS.get(mark, "")}">{escape(mark)}</span>' for mark in letter.marks)


def _activity(letter: Letter) -> str:
    return f'<span class="mark plain name">{escape(letter.activity)}</span>' if letter.activity else ""


def _face(letter: Letter) -> str:
    hue = crc32(letter.recipient.encode()) % 360
    return f'<span class="face" style="background:hsl({hue} 45% 42%)">{escape(letter.recipient[:1].upper())}</span>'


def _time(letter: Letter, form: str) -> str:
    return f'<time datetime="{letter.at}">{datetime.fromisoformat(letter.at):{form}}</time>'


def _pre(text: str | None) -> str:
    return f"<pre>{escape(text)}</pre>" if text else '<p class="soft">There is none.</p>'


def _address(letter: Letter) -> str:
    return f"{_HOME}/{quote(letter.mail.message_id)}"


def _nothing(place: Place) -> str:
    if place.total:
        return f'There are no more than {place.total:,} mails. <a href="{_HOME}">To the newest</a>'
    if place.words:
        words = escape(place.words)
        return f'No mail has <b>{words}</b> in its recipient or its subject. <a href="{_HOME}">All mails</a>'
    return "No mail has been sent yet. Whatever the bundle sends ends up here, and nowhere else."


def _turning(place: Place) -> str:
    """To the newer and the older mails, with which of them are shown."""
    if place.offset == 0 and place.total <= place.length:
        return ""
    last = min(place.offset + place.length, place.total)
    shown = f"{place.offset + 1:,}-{last:,} of {place.total:,}" if place.offset < place.total else ""
    newer = min(place.offset, place.total) - place.length
    return (
        f'<nav class="pages">{_turn("Newer", place, newer, is_there=place.offset > 0)}<span>{shown}</span>'
        f"{_turn('Older', place, place.offset + place.length, is_there=last < place.total)}</nav>"
    )


def _turn(name: str, place: Place, offset: int, *, is_there: bool) -> str:
    if not is_there:
        return f'<span class="soft" aria-disabled="true">{name}</span>'
    return f'<a href="?{escape(urlencode(place.at(offset)))}">{name}</a>'
