"""The plain pages of every public address, in the form API Gateway takes. None repeats a byte of the request."""

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


def missing() -> Answer:
    """The one page for every address that we never sent."""
    return page(404, "This page does not exist", "The address may be incomplete. Please try the link in the mail.")


def page(status: int, title: str, text: str, **headers: str) -> Answer:
    body = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><main><h1>{title}</h1><p>{text}</p></main></html>\n'
    )
    headers = HEADERS | {"Content-Type": "text/html; charset=utf-8"} | headers
    return {"statusCode": status, "headers": headers, "body": body, "isBase64Encoded": False}
