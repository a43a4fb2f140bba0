"""The names of interactions that mean something to us, and which of them somebody may have meant by another name."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from shopkeeper.customer import known

# Commerce events of Segment's specification, version 2.
_COMMERCE = """
    Products Searched, Product List Viewed, Product List Filtered, Promotion Viewed, Promotion Clicked, Product Clicked,
    Product Viewed, Product Added, Product Removed, Cart Viewed, Checkout Started, Checkout Step Viewed,
    Checkout Step Completed, Payment Info Entered, Order Updated, Order Completed, Order Refunded, Order Cancelled,
    Coupon Entered, Coupon Applied, Coupon Denied, Coupon Removed, Product Added to Wishlist,
    Product Removed from Wishlist, Wishlist Product Added to Cart, Product Shared, Cart Shared, Product Reviewed
"""
_OURS = """
    Email Sent, Email Delivered, Email Opened, Email Link Clicked, Email Bounced, Email Marked as Spam, Unsubscribed,
    Not Sent, Segment Entered, Segment Left, List Entered, List Left, Journey Entered, Journey Left, Goal Reached,
    Task Created, Task Completed, Source Code Redeemed, Consent Changed, Reply Received, Page Viewed, Screen Viewed,
    Call Logged, Live Chat Conversation Started, Note Added, Interaction Retracted, Outcome Recorded,
    Address Blocked, Address Released
"""


def _names(text: str) -> frozenset[str]:
    return frozenset(" ".join(name.split()) for name in text.split(","))


NAMES = _names(_COMMERCE) | _names(_OURS) | known.NAMES

# Traits whose names mean the same in every shop: by name what they are for, and how much care they need.
RESERVED: Mapping[str, tuple[str, str]] = {
    "interests": ("What somebody likes: hobbies, leisure, kinds of things", "personal"),
    "birthday": ("The day to be kind on", "personal"),
    "children": ("Whether there are children in the household", "sensitive"),
    "gender": ("How somebody wants to be addressed", "sensitive"),
    "income_band": ("What somebody can afford, in bands", "sensitive"),
}

_CLOSE = 0.85  # of 1; a letter too few or too many, two letters exchanged


def _plain(name: str) -> str:
    """Without what programs write in their own ways: "order_completed" and "OrderCompleted" are the same."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _by_plain(names: Iterable[str]) -> Mapping[str, str]:
    return {_plain(name): name for name in sorted(names)}


_PLAIN = _by_plain(NAMES)


def meant(name: str) -> str:
    """The known name that this one was probably meant to be; empty where it is known itself, or like none."""
    return "" if name in NAMES else _nearest(name, _PLAIN)


def nearest(name: str, names: Iterable[str]) -> str:
    """Of these the one that it was probably meant to be, empty where it is like none."""
    return _nearest(name, _by_plain(names))


def _nearest(name: str, by_plain: Mapping[str, str]) -> str:
    near = get_close_matches(_plain(name), by_plain, n=1, cutoff=_CLOSE)
    return by_plain[near[0]] if near else ""
