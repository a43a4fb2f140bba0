"""The answers of tracking, in the form API Gateway takes. None of them repeats a byte of the request."""

from typing import NamedTuple

from shopkeeper.pages import HEADERS, Answer, page
from shopkeeper.track.hits import Hit

# A transparent GIF89a of one pixel: 43 bytes.
_GIF = "R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=="
_PIXEL = HEADERS | {"Content-Type": "image/gif", "Cross-Origin-Resource-Policy": "cross-origin"}


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
    return {"statusCode": 302, "headers": HEADERS | {"Location": url}, "body": "", "isBase64Encoded": False}


def gone() -> Answer:
    return page(410, "This link is no longer available", "We have switched it off. The rest of the mail still works.")


def later() -> Answer:
    text = "We cannot look up this link right now. Please try again in half a minute."
    return page(503, "One moment, please", text, **{"Retry-After": "30"})


def not_allowed() -> Answer:
    return page(405, "This address can only be read", "Please open the link in the mail.", Allow="GET, HEAD")
