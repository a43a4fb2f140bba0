"""Keep hits until it is settled who made them: first what the verdict needs, then that the send waits for one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
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
    by_send: dict[str, list[str]] = defaultdict(list)
    for message, each in batch.items():
        by_send[each.subject.partition(":")[2]].append(message)
    refused: dict[str, Interaction] = {}
    for send_id, messages in by_send.items():
        kept = [unjudged.hit_of(batch[message]) for message in messages]
        places.crowds.join(send_id, kept)
        if places.hits.keep(send_id, kept):
            places.sends.await_verdict(send_id, {hit.mark for hit in kept})
        else:
            refused |= dict(zip(messages, _machines(send_id, kept), strict=True))
    return refused


def _machines(send_id: str, hits: Iterable[unjudged.Hit]) -> list[Interaction]:
    return [unjudged.interaction_of(send_id, hit, "machine", TOO_MANY) for hit in hits]
