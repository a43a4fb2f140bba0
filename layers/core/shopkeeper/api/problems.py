"""Problem documents (RFC 9457): what went wrong, in words for people, and which fields are to blame."""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """Ends a request. `errors` pairs each bad field, a dot leading inwards, with what is wrong about it."""

    def __init__(self, status: int, detail: str, errors: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = list(errors)

    def document(self) -> dict[str, Any]:
        about = {"type": "about:blank", "title": HTTPStatus(self.status).phrase, "status": self.status}
        named = [{"field": field, "reason": reason} for field, reason in self.errors]
        return about | {"detail": self.detail} | ({"errors": named} if named else {})

    def answer(self) -> dict[str, Any]:
        """As a function gives it to the gateway."""
        headers = {"content-type": MEDIA_TYPE}
        return {"statusCode": self.status, "headers": headers, "body": json.dumps(self.document())}


def bad_request(field: str, detail: str) -> Problem:
    """One field is to blame."""
    return Problem(400, detail, [(field, detail)])
