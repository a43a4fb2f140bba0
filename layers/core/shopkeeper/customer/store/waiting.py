"""Interactions that wait to be stored, and of whom they are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from shopkeeper.customer.document import Customer
from shopkeeper.customer.fold import Candidate
from shopkeeper.customer.following import home, path
from shopkeeper.customer.rows import Key

Unclear = dict[str, str]
"""Why nothing can be stored of a customer, by id."""
Failed = dict[Key, str]
"""Why an interaction could not be stored."""


class Waiting(NamedTuple):
    """What is still to be stored, and how often another writer was faster."""

    candidate: Candidate
    conflicts: int = 0


def by_living(
    waiting: Iterable[Waiting], loaded: Mapping[str, Customer], unclear: Unclear, failed: Failed
) -> tuple[dict[str, list[Waiting]], list[Waiting]]:
    """By living customer; and those of whom it must be read again where they are."""
    groups: dict[str, list[Waiting]] = defaultdict(list)
    again = []
    for each in waiting:
        living = home(each.candidate.customer_id, loaded)
        if problem := unclear_of(each.candidate, loaded, unclear):
            failed[each.candidate.interaction.key] = problem
        elif living is None or in_motion(each.candidate, loaded):
            again.append(each)
        else:
            groups[living.customer_id].append(each)
    return groups, again


def in_motion(candidate: Candidate, loaded: Mapping[str, Customer]) -> bool:
    return any(home(id_, loaded) is None for id_ in candidate.formerly)


def unclear_of(candidate: Candidate, loaded: Mapping[str, Customer], unclear: Unclear) -> str:
    """Why it is not known what its customer, or a former one who may have folded it, has folded."""
    own = [unclear[id_] for id_ in path(candidate.customer_id, loaded) if id_ in unclear]
    formerly = [unclear[id_] for former in candidate.formerly for id_ in path(former, loaded) if id_ in unclear]
    return next(iter((*own, *(f"formerly {reason}" for reason in formerly))), "")
