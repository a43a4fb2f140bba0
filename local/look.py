"""How the pages of the local stack look. They need nothing from elsewhere."""

from html import escape
from pathlib import Path

from local.gateway.messages import Request, Response

_STYLE = (Path(__file__).parent / "style.css").read_text()


def page(title: str, body: str, status: int = 200) -> Response:
    text = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><title>{escape(title)}</title><style>{_STYLE}</style></head>
<body><main>{body}</main></body></html>
"""
    return Response(status, [("content-type", "text/html; charset=utf-8")], text.encode(errors="replace"))


def asks_for_a_page(request: Request) -> bool:
    return "text/html" in request.header("accept")


def sorry(status: int, why: str) -> Response:
    """For a person who followed a link; a program gets the same words as JSON."""
    return page(
        "Not here",
        f"""<h1>Not here</h1><p>{escape(why)}</p>
<p><a href="/_local/outbox">The outbox</a> &middot; <a href="/">All that the local stack shows</a></p>""",
        status,
    )
