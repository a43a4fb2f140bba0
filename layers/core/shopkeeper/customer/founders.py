"""What a merge and its undoing change about identities: at the founders alone, where a customer is, and its user.

Whoever knows a customer by its id does not know the identity it is named after: the id is a digest. So the founder is
found where the customer's identities say how they came to it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from shopkeeper.customer.identity import Change, Known, kind_of


def founder_of(customer_id: str, known: Mapping[str, Known]) -> str:
    """Empty where none of these identities was ever this customer's."""
    moves = (move for row in known.values() for move in row.moves)
    return next((move.founder for move in moves if move.customer_id == customer_id), "")


def user_of(founder: str, known: Mapping[str, Known]) -> str:
    return founder if kind_of(founder) == "user" else known[founder].user


def gone_into(gone: str, into: str, known: Mapping[str, Known]) -> list[Change]:
    """Both are founders of living customers. Whoever is a user of the one is one of the other: nobody else may join."""
    before, there = known[gone], known[into]
    changes = [Change(gone, before, replace(before, into=into))]
    user = user_of(gone, known)
    if user and not user_of(into, known):
        changes.append(Change(into, there, replace(there, user=user)))
    return changes


def parted(gone: str, into: str, theirs: Collection[str], known: Mapping[str, Known]) -> list[Change]:
    """`theirs` are the customers who go with `gone`. A user who joined in the meantime stays with whom they joined."""
    before, there = known[gone], known[into]
    joined = there.user if there.user in known and known[there.user].last.customer_id in theirs else ""
    changes = [Change(gone, before, replace(before, into="", user=before.user if user_of(gone, known) else joined))]
    if joined:
        changes.append(Change(into, there, replace(there, user="")))
    return changes


def users(founders: Iterable[str], known: Mapping[str, Known]) -> set[str]:
    """Who must be read as well to part these."""
    return {known[each].user for each in founders if each in known and known[each].user} - known.keys()
