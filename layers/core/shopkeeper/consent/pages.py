"""The pages on which a recipient leaves a topic. They need no script, no cookie and nothing from elsewhere.

Whoever holds a forwarded mail can open them, so they show no more than a masked address and the name of a topic.
"""

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from html import escape

from shopkeeper.consent.wording import ENGLISH, Said, Wording
from shopkeeper.pages import HEADERS, Answer

_HIDDEN = "•••"
# Both schemes keep 7:1 between text and ground, and 3:1 between a button and what surrounds it.
_STYLE = """
:root{color-scheme:light dark;--ground:#faf7f2;--card:#fff;--ink:#2b2622;--soft:#5b534c;--line:#e6ded3;
--act:#1f5c45;--on:#fff}
@media(prefers-color-scheme:dark){:root{--ground:#1b1815;--card:#26221e;--ink:#f3ede5;--soft:#c9bfb3;--line:#3c352f;
--act:#8fd6b6;--on:#10261c}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.25rem;background:var(--ground);
color:var(--ink);font:1.0625rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{width:100%;max-width:34rem;padding:2.25rem;background:var(--card);border:1px solid var(--line);
border-radius:1rem}
h1{margin:0 0 1rem;font-size:1.625rem;line-height:1.25;text-wrap:balance;overflow-wrap:anywhere}
p{margin:0 0 1rem;overflow-wrap:anywhere}
p:last-child{margin-bottom:0}
p bdi{font-weight:600}
.brand{color:var(--soft);font-size:.9375rem;margin:0 0 .5rem}
.soft{color:var(--soft);font-size:.9375rem}
form{margin:1.5rem 0}
button{font:inherit;font-weight:600;min-height:3rem;padding:.625rem 1.5rem;border:2px solid var(--act);
border-radius:.625rem;background:var(--act);color:var(--on);cursor:pointer}
button.quiet{background:transparent;color:var(--act)}
button:focus-visible{outline:3px solid var(--ink);outline-offset:3px}
@media(max-width:30rem){body{place-items:start stretch;padding:.75rem}main{padding:1.5rem}button{width:100%}}
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page may show: the names that people know, and the address as `masked` gives it. Empty: not known."""

    topic: str = ""
    address: str = ""
    brand: str = ""


def ask(shown: Shown, wording: Wording = ENGLISH) -> Answer:
    return _page(wording.ask, shown, wording, _button("confirm", wording.leave), wording.others_still_come)


def left(shown: Shown, *, can_undo: bool, wording: Wording = ENGLISH) -> Answer:
    undo = _button("undo", wording.undo, quiet=True) if can_undo else ""
    return _page(wording.left, shown, wording, undo, wording.on_its_way, wording.others_still_come)


def back(shown: Shown, wording: Wording = ENGLISH) -> Answer:
    return _page(wording.back, shown, wording, _button("confirm", wording.leave, quiet=True))


def stays_out(shown: Shown, wording: Wording = ENGLISH) -> Answer:
    return _page(wording.stays_out, shown, wording, "", wording.others_still_come)


def only_a_test(shown: Shown, wording: Wording = ENGLISH) -> Answer:
    return _page(wording.only_a_test, shown, wording, "")


def masked(address: str) -> str:
    """`jo.doe@example.co.uk` is `j•••@e•••.uk`: how long a part is stays hidden, too. Empty for what is no address."""
    local, at, domain = address.strip().lower().rpartition("@")
    host, _, top = domain.rpartition(".")
    return f"{local[0]}{_HIDDEN}@{host[0]}{_HIDDEN}.{top}" if local and at and host and top else ""


def _page(said: Said, shown: Shown, wording: Wording, action: str, *notes: str) -> Answer:
    topic, address = escape(shown.topic or wording.any_topic), escape(shown.address)
    text = said.text if address else said.text_without_address
    words = text.format(topic=f"<bdi>{topic}</bdi>", address=f"<bdi>{address}</bdi>")
    title, heading = said.title.format(topic=topic), said.title.format(topic=f"<bdi>{topic}</bdi>")
    brand = f'<p class="brand"><bdi>{escape(shown.brand)}</bdi></p>\n' if shown.brand else ""
    small = "".join(f'<p class="soft">{note}</p>' for note in notes)
    body = (
        f'<!doctype html>\n<html lang="{wording.language}">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>{_STYLE}</style>\n</head>\n'
        f"<body>\n<main>\n{brand}<h1>{heading}</h1>\n<p>{words}</p>\n{action}{small}\n</main>\n</body>\n</html>\n"
    )
    headers = HEADERS | {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": _policy()}
    return {"statusCode": 200, "headers": headers, "body": body, "isBase64Encoded": False}


def _button(name: str, label: str, *, quiet: bool = False) -> str:
    look = ' class="quiet"' if quiet else ""
    return f'<form method="post"><button{look} name="{name}" value="1">{label}</button></form>\n'


@cache
def _policy() -> str:
    """Our own style, a form that posts to ourselves, and nothing else; in nobody's frame."""
    style = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
