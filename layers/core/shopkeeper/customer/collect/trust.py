"""What may be said with a publishable key. It stands in a web page where anybody can read it, so it proves nothing.

A page can show that the shop's server vouches for who is signed in: `user_hash`, the HMAC-SHA256 of the user id in
hex, under the identity secret of the page's key. Then it speaks for that user, about whatever is theirs to say. It is
still a page: no order counts on its word, and no address identifies anybody.
"""

import hmac
from collections.abc import Iterable
from typing import Any

from shopkeeper.customer.collect.strict_json import Flaw

USER_HASH = "user_hash"

# Roles let one act for others, and what is suppressed stays so until the shop says otherwise.
TRAITS = ("role", "roles", "suppressed")
# An e-mail address says where we write to, consent whether we may: theirs to say who are signed in.
OWN_TRAITS = ("consent", "email")
# Facts that we state ourselves.
EVENTS = frozenset(
    {
        "Address Blocked",
        "Address Released",
        "Email Bounced",
        "Email Delivered",
        "Email Link Clicked",
        "Email Marked as Spam",
        "Email Opened",
        "Email Sent",
        "Goal Reached",
        "Interaction Retracted",
        "Journey Entered",
        "Journey Left",
        "List Entered",
        "List Left",
        "Not Sent",
        "Reply Received",
        "Segment Entered",
        "Segment Left",
        "Source Code Redeemed",
        "Task Completed",
        "Task Created",
    }
)
# Facts that decide whom we may write to.
OWN_EVENTS = frozenset({"Consent Changed", "Unsubscribed"})


def vouches(secrets: Iterable[str], user: str, claimed: str) -> bool:
    """Whether one of these identity secrets has signed the user id."""
    shown = claimed.lower().encode()
    return any(hmac.compare_digest(user_hash(secret, user).encode(), shown) for secret in secrets)


def user_hash(secret: str, user: str) -> str:
    return hmac.digest(secret.encode(), user.encode(), "sha256").hex()


def check_page(kind: str, event: str, traits: dict[str, Any], *, signed_in: bool) -> None:
    """Raises Flaw naming what this kind of call may not say with a publishable key."""
    if kind == "track":
        _check_event(event, signed_in=signed_in)
    if kind in {"identify", "group"}:
        _check_traits(TRAITS, traits, "needs_secret_key")
    if kind == "identify" and not signed_in:
        _check_traits(OWN_TRAITS, traits, "needs_user_hash")


def without_protected(kind: str, traits: dict[str, Any], *, signed_in: bool) -> dict[str, Any]:
    """What a page may not say it may not take away either. Pages write null where they know nothing: no refusal."""
    if kind not in {"identify", "group"}:
        return traits
    protected = TRAITS if kind == "group" or signed_in else TRAITS + OWN_TRAITS
    return {name: value for name, value in traits.items() if not (value is None and name in protected)}


def _check_event(event: str, *, signed_in: bool) -> None:
    if event in EVENTS:
        raise Flaw("needs_secret_key", "event")
    if event in OWN_EVENTS and not signed_in:
        raise Flaw("needs_user_hash", "event")


def _check_traits(names: Iterable[str], traits: dict[str, Any], code: str) -> None:
    for name in names:
        if traits.get(name) is not None:
            raise Flaw(code, f"traits.{name}")
