"""Decide what an open is answered and what is remembered of it. Pure: the caller carries the decision out."""

from datetime import datetime

from shopkeeper.keyring import KeyRing
from shopkeeper.tokens import BadTokenError, Kind
from shopkeeper.track import answers, hits
from shopkeeper.track.answers import Decision
from shopkeeper.track.request import METHODS, Request


def decide(request: Request, ring: KeyRing | None, now: datetime) -> Decision:
    """Always the pixel: a mail must not show a broken image, whatever became of its token."""
    if request.method not in METHODS:
        return Decision(answers.not_allowed())
    pixel = answers.pixel(request.method)
    try:
        token = request.read_token(Kind.OPEN, ring)
    except BadTokenError:
        return Decision(pixel)
    return Decision(pixel, hits.note(request, token, now, verified=ring is not None))
