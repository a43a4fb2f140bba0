"""The answers of tracking, in the form API Gateway takes. None of them repeats a byte of the request."""

from typing import Any, NamedTuple

from shopkeeper.track.hits import Hit

Answer = dict[str, Any]

_HEADERS = {
    "Cache-Control": "no-store, no-cache, private, max-age=0",
    "Pragma": "no-cache",
    "Expires": "0",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'",
    "Strict-Transport-Security": "max-age=31536000",
}
# A transparent GIF89a of one pixel: 43 bytes.
_GIF = "R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=="
_PIXEL = _HEADERS | {"Content-Type": "image/gif", "Cross-Origin-Resource-Policy": "cross-origin"}
_PAGE = _HEADERS | {"Content-Type": "text/html; charset=utf-8"}


class Decision(NamedTuple):
    """What to answer, and what to remember."""

    answer: Answer
    hit: Hit | None = None


def pixel(method: str) -> Answer:
    head = method == "HEAD"
    return {
        "statusCode": 200,
        "headers": dict(_PIXEL),
        "body": "" if head else _GIF,
        "isBase64Encoded": not head,
    }


def redirect(url: str) -> Answer:
    """302, because a permanent redirect would be cached: later clicks would vanish and a link could not be ended."""
    return {"statusCode": 302, "headers": _HEADERS | {"Location": url}, "body": "", "isBase64Encoded": False}


def missing() -> Answer:
    """The one page for every address that we never sent."""
    return _page(404, "This page does not exist", "The address may be incomplete. Please try the link in the mail.")


def gone() -> Answer:
    return _page(410, "This link is no longer available", "We have switched it off. The rest of the mail still works.")


def later() -> Answer:
    page = _page(503, "One moment, please", "We cannot look up this link right now. Please try again in half a minute.")
    page["headers"]["Retry-After"] = "30"
    return page


def not_allowed() -> Answer:
    page = _page(405, "This address can only be read", "Please open the link in the mail.")
    page["headers"]["Allow"] = "GET, HEAD"
    return page


def _page(status: int, title: str, text: str) -> Answer:
    body = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><main><h1>{title}</h1><p>{text}</p></main></html>\n'
    )
    return {"statusCode": status, "headers": dict(_PAGE), "body": body, "isBase64Encoded": False}
