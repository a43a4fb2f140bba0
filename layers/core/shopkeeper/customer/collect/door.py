"""The door for interactions: which items of a request come in, and why the others do not.

A request is read as far as it can be, and each item is judged alone.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from shopkeeper.customer.collect import bodies, calls
from shopkeeper.customer.collect.bodies import Body
from shopkeeper.customer.collect.calls import KINDS, Inherited, Visit
from shopkeeper.customer.collect.json_items import Item
from shopkeeper.customer.collect.refusals import TRY_AGAIN
from shopkeeper.customer.collect.strict_json import Flaw
from shopkeeper.customer.interaction import MAX_MESSAGE_ID_BYTES, Interaction

BATCHES = frozenset({"batch", "import"})
CALLS = KINDS | BATCHES
# As Segment's browser SDK names them: by their first letter.
SHORT = {call[0]: call for call in KINDS | {"batch"}}


class Verdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the sender is told of one item; `field` is a path such as `properties.products[2].price`."""

    index: int
    status: Literal["accepted", "refused"]
    message_id: str = ""
    code: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Collected:
    """One verdict per item, in order, and the interactions of the accepted ones, in the same order.

    The items beyond the five hundredth share one verdict.
    """

    verdicts: tuple[Verdict, ...]
    interactions: tuple[Interaction, ...]

    def refusals(self) -> dict[str, int]:
        """How often each code was given."""
        return dict(Counter(verdict.code for verdict in self.verdicts if verdict.code))

    def without(self, lost: Collection[int]) -> "Collected":
        """What is left after the queue refused some of the interactions, named by their places among them."""
        accepted = [place for place, verdict in enumerate(self.verdicts) if verdict.status == "accepted"]
        places = {accepted[index] for index in lost}
        return Collected(
            tuple(_not_taken(each) if place in places else each for place, each in enumerate(self.verdicts)),
            tuple(each for index, each in enumerate(self.interactions) if index not in lost),
        )

    def answer(self) -> dict[str, Any]:
        accepted = len(self.interactions)
        return {"success": accepted == len(self.verdicts), "accepted": accepted, "items": self.verdicts}


def _not_taken(verdict: Verdict) -> Verdict:
    return Verdict(index=verdict.index, status="refused", message_id=verdict.message_id, code=TRY_AGAIN)


def read(raw: bytes, call: str) -> Body:
    """Raises Unreadable if nothing can be read."""
    return bodies.read(raw, batch=call in BATCHES)


def judge(body: Body, call: str, visit: Visit) -> Collected:
    """Refuses items, never raises for them; what `visit.secrets` raises flies on."""
    context = body.shared.get("context")
    sent_at = body.shared.get("sentAt")
    inherited = Inherited(
        kind="" if call in BATCHES else call,
        sent_at=sent_at.value if sent_at and not sent_at.flaw else None,
        context=context.value if context and isinstance(context.value, dict) else {},
    )
    verdicts: list[Verdict] = []
    interactions: list[Interaction] = []
    for index, item in enumerate(body.items):
        try:
            _check(item, context)
            interaction = calls.interaction(item.value, index, inherited, visit)
        except Flaw as flaw:
            verdicts.append(_refusal(index, item, flaw))
        else:
            interactions.append(interaction)
            verdicts.append(Verdict(index=index, status="accepted", message_id=interaction.message_id))
    return Collected(tuple(verdicts), tuple(interactions))


def _check(item: Item, context: Item | None) -> None:
    if item.flaw:
        raise item.flaw
    if not isinstance(item.value, dict):
        raise Flaw("not_an_object")
    if context:
        _check_shared(context, item)


def _check_shared(context: Item, item: Item) -> None:
    """A context shared by a batch becomes part of each item, so it must keep the rules of one."""
    if context.flaw:
        raise context.flaw.within("context")
    if not (isinstance(context.value, dict) or context.value in (None, [])):
        raise Flaw("not_an_object", "context")
    if item.size + context.size > bodies.MAX_ITEM_BYTES:
        raise Flaw("too_large", "context")


def _refusal(index: int, item: Item, flaw: Flaw) -> Verdict:
    claimed = item.value.get("messageId") if isinstance(item.value, dict) else None
    harmless = isinstance(claimed, str) and len(claimed) <= MAX_MESSAGE_ID_BYTES and claimed.isprintable()
    return Verdict(
        index=index,
        status="refused",
        message_id=str(claimed) if harmless else "",
        code=flaw.code,
        field=flaw.field,
    )
