"""Decide where a click leads and what is remembered of it. Nothing is looked up before the token is verified."""

from datetime import datetime

from shopkeeper import pages
from shopkeeper.keyring import KeyRing
from shopkeeper.tokens import BadTokenError, Kind, RevokedTokenError
from shopkeeper.track import answers, hits
from shopkeeper.track.answers import Decision
from shopkeeper.track.links import Links, UnknownLinkError, UnreachableError, destination, number
from shopkeeper.track.request import METHODS, Request


def decide(request: Request, ring: KeyRing | None, links: Links, now: datetime) -> Decision:
    if request.method not in METHODS:
        return Decision(answers.not_allowed())
    try:
        return _follow(request, ring, links, now)
    except RevokedTokenError:
        return Decision(answers.gone())
    except (BadTokenError, UnknownLinkError):
        return Decision(pages.missing())
    except UnreachableError:
        return Decision(answers.later())


def _follow(request: Request, ring: KeyRing | None, links: Links, now: datetime) -> Decision:
    verified = ring is not None
    token = request.read_token(Kind.CLICK, ring)
    n = number(request.n)
    url = destination(token, n, links, now, verified=verified)
    answer = answers.redirect(url) if url else answers.gone()
    return Decision(answer, hits.note(request, token, now, verified=verified, link=n))
