"""Where a customer is now who may have been merged into another one, going by documents as they were read."""

from collections.abc import Mapping

from shopkeeper.customer.document import Customer


def path(customer_id: str, loaded: Mapping[str, Customer]) -> list[str]:
    """The customer, whoever it was merged into, and so on; the last one may not have been read."""
    followed = [customer_id]
    while (seen := loaded.get(followed[-1])) and seen.document.merged_into not in ("", *followed):
        followed.append(seen.document.merged_into)
    return followed


def home(customer_id: str, loaded: Mapping[str, Customer]) -> Customer | None:
    """The living customer, who must say so, too. None where somebody merged or parted them between two reads."""
    last = loaded.get(path(customer_id, loaded)[-1])
    return last if last and not last.document.merged_into and customer_id in last.family else None


def onward(loaded: Mapping[str, Customer]) -> set[str]:
    """Who must be read as well."""
    return {each.document.merged_into for each in loaded.values()} - {"", *loaded}
