"""The pages of every public address, in the form API Gateway takes: their look, and the plain ones, none of which
repeats a byte of the request. They need no script and nothing from elsewhere."""

import hashlib
from base64 import b64encode
from functools import cache
from typing import Any

Answer = dict[str, Any]

HEADERS = {
    "Cache-Control": "no-store, no-cache, private, max-age=0",
    "Pragma": "no-cache",
    "Expires": "0",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'",
    "Strict-Transport-Security": "max-age=31536000",
}

# Both schemes keep 7:1 between text and ground, and 3:1 between a button and what surrounds it.
STYLE = """
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
form:last-child{margin-bottom:0}
button{font:inherit;font-weight:600;min-height:3rem;padding:.625rem 1.5rem;border:2px solid var(--act);
border-radius:.625rem;background:var(--act);color:var(--on);cursor:pointer}
button.quiet{background:transparent;color:var(--act)}
button:focus-visible{outline:3px solid var(--ink);outline-offset:3px}
@media(max-width:30rem){body{place-items:start stretch;padding:.75rem}main{padding:1.5rem}button{width:100%}}
"""


def missing() -> Answer:
    """The one page for every address that we never sent."""
    return page(404, "This page does not exist", "The address may be incomplete. Please try the link in the mail.")


def page(status: int, title: str, text: str, **headers: str) -> Answer:
    answer = html(status, title, f"<h1>{title}</h1>\n<p>{text}</p>\n")
    return answer | {"headers": answer["headers"] | headers}


def html(status: int, title: str, main: str, language: str = "en") -> Answer:
    """`title` and `main` are markup: what comes from elsewhere is escaped in them."""
    body = (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>{STYLE}</style>\n</head>\n'
        f"<body>\n<main>\n{main}</main>\n</body>\n</html>\n"
    )
    headers = HEADERS | {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": _policy()}
    return {"statusCode": status, "headers": headers, "body": body, "isBase64Encoded": False}


@cache
def _policy() -> str:
    """Our own style, a form that posts to ourselves, and nothing else; in nobody's frame."""
    style = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
