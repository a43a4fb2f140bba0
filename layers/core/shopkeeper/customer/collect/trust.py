"""What a publishable key may not say. It stands in a web page where anybody can read it, so it proves nothing."""

from typing import Any

from shopkeeper.customer.collect.strict_json import Flaw

# E-mail finds a customer, consent lets us write to one, roles let one act for others.
TRAITS = ("email", "consent", "suppressed", "role", "roles")
# Facts that we state ourselves, or that decide whom we may write to.
EVENTS = frozenset(
    {
        "Consent Changed",
        "Email Bounced",
        "Email Delivered",
        "Email Link Clicked",
        "Email Marked as Spam",
        "Email Opened",
        "Email Sent",
        "Goal Reached",
        "Journey Entered",
        "Journey Left",
        "Not Sent",
        "Reply Received",
        "Segment Entered",
        "Segment Left",
        "Source Code Redeemed",
        "Task Completed",
        "Task Created",
        "Unsubscribed",
    }
)


def check_unproven(kind: str, user: str, event: str, traits: dict[str, Any]) -> None:
    """Raises Flaw naming the field."""
    if user:
        raise Flaw("needs_secret_key", "userId")
    if event in EVENTS:
        raise Flaw("needs_secret_key", "event")
    if kind == "identify":
        for name in TRAITS:
            if traits.get(name) is not None:
                raise Flaw("needs_secret_key", f"traits.{name}")
