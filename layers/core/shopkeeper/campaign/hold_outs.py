"""Who is left out of a letter by lot, so that the others can be compared with them.

The lot falls by the customer's id and the name of the hold-out: so the same people are left out of each launch of a
campaign, and by the policy's share the same people of all campaigns.
"""

import msgspec

from shopkeeper import ids

POLICY, CAMPAIGN = "policy", "campaign"


class HoldOut(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whole percents of the customers: those that the `campaign` leaves out, and those that the `policy` does."""

    campaign: int = 0
    policy: int = 0


NOBODY = HoldOut()


def by_which(hold_out: HoldOut, activity: str, customer_id: str) -> str:
    """POLICY or CAMPAIGN, the policy first; "" for somebody who gets the letter."""
    if _falls(POLICY, customer_id, hold_out.policy):
        return POLICY
    return CAMPAIGN if _falls(activity, customer_id, hold_out.campaign) else ""


def _falls(name: str, customer_id: str, percent: int) -> bool:
    return ids.place(f"hold-out/{name}/{customer_id}", 100) < percent
