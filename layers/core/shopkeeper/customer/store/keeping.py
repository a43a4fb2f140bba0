"""Keep hits until it is settled who made them: first what the verdict needs, then that the send waits for one."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shopkeeper.customer import unjudged
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.store.ports import Crowds, Hits, Sends

TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Places:
    hits: Hits
    crowds: Crowds
    sends: Sends


def keep(batch: Mapping[str, Interaction], places: Places) -> dict[str, Interaction]:
    """Of hits on sends that are known, by message, those that there is no room for: nobody opens a mail and follows its
    links that often in so short a time, so they have their verdict. The same hit may be kept again."""
    by_send: dict[str, dict[str, unjudged.Hit]] = defaultdict(dict)
    for message, each in batch.items():
        by_send[each.subject.partition(":")[2]][message] = unjudged.hit_of(each)
    if not by_send:
        return {}
    hits = {send_id: tuple(kept.values()) for send_id, kept in by_send.items()}
    places.crowds.join(hits)
    refused = set(places.hits.keep(hits))
    waiting = {send_id: {hit.mark for hit in kept} for send_id, kept in hits.items() if send_id not in refused}
    places.sends.await_verdicts(waiting)
    return {message: each for send_id in refused for message, each in _machines(send_id, by_send[send_id])}


def _machines(send_id: str, hits: Mapping[str, unjudged.Hit]) -> Iterator[tuple[str, Interaction]]:
    for message, hit in hits.items():
        yield message, unjudged.interaction_of(send_id, hit, "machine", TOO_MANY)
